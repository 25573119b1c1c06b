/** Which call is it? First: host, method and route of a request, and what follows from them. */
import type { HostRule } from './hosts.ts'
import { isWrite } from './method.ts'
import { findClientId, findRoute, type Operation, OTHER_OPERATION, type Route } from './route.ts'

/** A call of Mangopay's API, whoever tells of it: a span or a request. */
export class Call {
  readonly rule: HostRule
  /** Upper case; undefined for what is no known method. */
  method: string | undefined
  route: Route | undefined
  operation: Operation = OTHER_OPERATION
  #path: string | undefined

  constructor(rule: HostRule) {
    this.rule = rule
  }

  /** Whether its path has been seen. */
  get isLocated(): boolean {
    return this.#path !== undefined
  }

  /**
   * Finds what is called.
   *
   * @param path - without the host's prefix, query and fragment; undefined when there is none to see
   */
  locate(method: string | undefined, path: string | undefined): void {
    this.method = method
    this.#path = path
    this.route = path === undefined ? undefined : findRoute(path)
    for (const operation of this.route?.operations ?? []) if (operation.method === method) this.operation = operation
  }

  /** Whether it can change something at Mangopay. Asking for a token changes nothing. */
  get write(): boolean {
    return isWrite(this.method) && !this.operation.token
  }

  /** The client id in its path. */
  get clientId(): string | undefined {
    return this.#path === undefined ? undefined : findClientId(this.#path, this.route)
  }
}
