import type { Attributes } from '@opentelemetry/api'

/** The methods of HTTP that the route table or a client uses, by the spellings met on spans. */
export const METHODS: ReadonlyMap<string, string> = new Map(
  ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'].flatMap((method) => [
    [method, method] as const,
    [method.toLowerCase(), method] as const,
  ]),
)

/** The method of a request in upper case; undefined for what is no known method, which is then taken for a write. */
export function methodOf(attributes: Attributes): string | undefined {
  const method = attributes['http.request.method'] ?? attributes['http.method']
  return typeof method === 'string' ? knownMethod(method) : undefined
}

/** The same of a request itself. */
export const knownMethod = (method: string): string | undefined => METHODS.get(method)

/** Whether a method can change something at the server. */
export const isWrite = (method: string | undefined) =>
  method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS' && method !== 'TRACE'
