import type { Resources } from './resources.ts'

/**
 * What is wrong with the form of a token call, in OAuth's words (RFC 6749, 5.2); undefined when nothing is. That
 * `client_credentials` is granted is established for Mangopay; what it answers to anything else is not.
 */
export const wrongForm = (form: string): 'invalid_request' | 'unsupported_grant_type' | undefined => {
  const type = new URLSearchParams(form).get('grant_type')
  if (!type) return 'invalid_request'
  return type === 'client_credentials' ? undefined : 'unsupported_grant_type'
}

/** Client credentials and the bearer tokens given for them. */
export class Tokens {
  /** Client ids that are locked for security: 400 `unauthorized_client` for a new token. */
  readonly locked = new Set<string>()
  readonly #clients: Readonly<Record<string, string>>
  readonly #seconds: number
  readonly #resources: Resources
  readonly #issued = new Map<string, { clientId: string; expires: number }>()

  constructor(clients: Readonly<Record<string, string>>, seconds: number, resources: Resources) {
    this.#clients = clients
    this.#seconds = seconds
    this.#resources = resources
    for (const key of Object.values(clients)) resources.keep(key)
  }

  /** The client id of a Basic authorization whose API key is right. */
  credentials(authorization: string | undefined): string | undefined {
    const [scheme, encoded] = authorization?.split(' ') ?? []
    if (scheme?.toLowerCase() !== 'basic' || encoded === undefined) return undefined
    this.#resources.keep(encoded)
    const [clientId = '', ...key] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
    return Object.hasOwn(this.#clients, clientId) && this.#clients[clientId] === key.join(':') ? clientId : undefined
  }

  /** A new token and the body that hands it out. */
  issue(clientId: string, now: number): { access_token: string; token_type: string; expires_in: number } {
    const token = this.#resources.keep(this.#resources.text(40))
    for (const [old, { expires }] of this.#issued) if (expires <= now) this.#issued.delete(old)
    this.#issued.set(token, { clientId, expires: now + this.#seconds * 1_000 })
    return { access_token: token, token_type: 'Bearer', expires_in: this.#seconds }
  }

  /** Whose Bearer authorization this is; undefined when it is unknown or has expired. */
  owner(authorization: string | undefined, now: number): string | undefined {
    const [scheme, token = ''] = authorization?.split(' ') ?? []
    const found = scheme?.toLowerCase() === 'bearer' ? this.#issued.get(token) : undefined
    return found && found.expires > now ? found.clientId : undefined
  }

  /** Makes every token invalid at once, as a rotated API key does. */
  revoke(): void {
    this.#issued.clear()
  }
}
