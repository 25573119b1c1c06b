import type { Attributes } from '@opentelemetry/api'

/** One line of a header: text, or its bytes as undici hands them out, which are read in place. */
export type HeaderLine = string | Uint8Array

/** One or several lines of a header, as instrumentations deliver them: joined by commas, in an array, or both. */
export type HeaderValue = HeaderLine | readonly HeaderLine[]

/** The only headers that are ever read. */
export interface ResponseHeaders {
  /** `X-RateLimit`: calls made, shortest window first. Source: Mangopay's documentation, "Rate limiting". */
  readonly used: HeaderValue | undefined
  /** `X-RateLimit-Remaining`: calls left. */
  readonly remaining: HeaderValue | undefined
  /** `X-RateLimit-Reset`: unix seconds. */
  readonly reset: HeaderValue | undefined
  /** `Date`: when the server answered. */
  readonly date: HeaderValue | undefined
  /** `WWW-Authenticate`: on a 401, whether strong customer authentication is asked for. */
  readonly challenge: HeaderValue | undefined
}

const HEADERS = {
  used: 'x-ratelimit',
  remaining: 'x-ratelimit-remaining',
  reset: 'x-ratelimit-reset',
  date: 'date',
  challenge: 'www-authenticate',
} as const

/** A header that is read. */
interface Wanted {
  readonly name: string
  readonly codes: Uint8Array
  /** Position among `HEADERS`. */
  readonly index: number
}

/** The only header of each length that is read, so that most of the others are turned away unread. */
const WANTED_OF_LENGTH: (Wanted | undefined)[] = []
for (const [index, name] of Object.values(HEADERS).entries()) {
  WANTED_OF_LENGTH[name.length] = { name, codes: new TextEncoder().encode(name), index }
}

/** What the `responseHook` of the http instrumentation gets (`IncomingMessage`), as far as it is read. */
interface NodeResponse {
  readonly headers: Readonly<Record<string, HeaderValue | undefined>>
  readonly complete?: boolean
}

/** What the `responseHook` of the undici instrumentation gets: names and values in turn. */
interface UndiciResponse {
  readonly headers: readonly HeaderLine[]
}

/** Reads the headers of what either instrumentation hands to its hook; undefined for anything else. */
export function readResponseHeaders(response: unknown): ResponseHeaders | undefined {
  const { headers } = (response ?? {}) as Partial<NodeResponse | UndiciResponse>
  if (Array.isArray(headers)) return fromList(headers)
  if (typeof headers !== 'object' || headers === null) return undefined
  const {
    [HEADERS.used]: used,
    [HEADERS.remaining]: remaining,
    [HEADERS.reset]: reset,
  } = headers as NodeResponse['headers']
  const { [HEADERS.date]: date, [HEADERS.challenge]: challenge } = headers as NodeResponse['headers']
  return { used, remaining, reset, date, challenge }
}

function fromList(headers: readonly HeaderLine[]): ResponseHeaders {
  const found: (HeaderLine[] | undefined)[] = [undefined, undefined, undefined, undefined, undefined]
  for (let i = 1; i < headers.length; i += 2) {
    const name = headers[i - 1] as HeaderLine
    const wanted = WANTED_OF_LENGTH[name.length]
    if (wanted === undefined || !isNamed(wanted, name)) continue
    const value = headers[i] as HeaderLine
    const lines = found[wanted.index]
    if (lines === undefined) found[wanted.index] = [value]
    else lines.push(value)
  }
  const [used, remaining, reset, date, challenge] = found // in the order of HEADERS
  return { used, remaining, reset, date, challenge }
}

/** Whether bytes or text of that length spell a header's name, in any case. */
function isNamed({ name, codes }: Wanted, spelled: HeaderLine): boolean {
  if (typeof spelled === 'string') return spelled.toLowerCase() === name
  const { length } = spelled
  // Setting this bit makes capitals small and leaves the dash as it is.
  for (let i = 0; i < length; i++) if (((spelled[i] as number) | 0x20) !== codes[i]) return false
  return true
}

/** A line as text; of what is no line, none. */
export function textOf(line: HeaderLine): string {
  if (typeof line === 'string') return line
  return ArrayBuffer.isView(line) ? Buffer.from(line.buffer, line.byteOffset, line.length).toString('latin1') : ''
}

/**
 * Reads the headers that a user has configured the instrumentation to record (`headersToSpanAttributes`): the old
 * conventions spell them with underscores. Undefined when none of them is there.
 */
export function readHeaderAttributes(attributes: Attributes): ResponseHeaders | undefined {
  const used = attributes['http.response.header.x-ratelimit'] ?? attributes['http.response.header.x_ratelimit']
  const challenge =
    attributes['http.response.header.www-authenticate'] ?? attributes['http.response.header.www_authenticate']
  if (used === undefined && challenge === undefined) return undefined
  const read = (name: string) =>
    lines(attributes[`http.response.header.${name}`] ?? attributes[`http.response.header.${name.replaceAll('-', '_')}`])
  return {
    used: lines(used),
    remaining: read(HEADERS.remaining),
    reset: read(HEADERS.reset),
    date: read(HEADERS.date),
    challenge: lines(challenge),
  }
}

function lines(value: Attributes[string]): HeaderValue | undefined {
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.filter((line): line is string => typeof line === 'string') : undefined
}

/** Whether a 401 asks the end user for strong customer authentication. Nothing else of the header is looked at. */
export function asksForSca({ challenge }: ResponseHeaders): boolean {
  if (challenge === undefined) return false // as nearly always
  return linesOf(challenge).some((line) =>
    // One of several challenges may stand behind a comma: node:http joins the lines.
    textOf(line)
      .split(',')
      .some((part) => part.trimStart().startsWith('PendingUserAction')),
  )
}

/** The lines of a header. */
export function linesOf(header: HeaderValue | undefined): readonly HeaderLine[] {
  if (Array.isArray(header)) return header
  return header ? [header as HeaderLine] : []
}
