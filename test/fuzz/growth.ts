/**
 * How the time for one span grows with the length of what is in it: in proportion at the most, whatever the text, and not
 * at all where only the beginning is read.
 */
import { type Attributes, ROOT_CONTEXT } from '@opentelemetry/api'
import { MangopaySpanProcessor } from 'opentelemetry-mangopay'
import { endless } from './urls.ts'

/** One shape of text. */
export interface Growth {
  shape: string
  /** What is promised. */
  promise: 'in proportion' | 'flat'
  /** How many times longer the long text is. */
  times: number
  /** Microseconds of CPU for a span with the short text, and with the long one. */
  short: number
  long: number
}

/** Whether it grows faster than promised, beyond doubt: four times as much as allowed, and not by a fraction of a millisecond. */
export const isTooFast = ({ promise, times, short, long }: Growth): boolean =>
  long > 4 * short * (promise === 'flat' ? 1 : times) + 200

interface Parts {
  attributes?: Attributes
  message?: string
  exception?: Attributes
}

const url = 'https://api.mangopay.com/v2.01/acme/users/1'
/** What the words that are looked for begin with, again and again. */
const almost = (length: number) => 'timed ou timeou handshake failur '.repeat(length / 33)

/** Texts of errors, of which the first words are evidence and the rest is not read. */
const messages: Readonly<Record<string, (text: string) => Parts>> = {
  'a message of the status': (text) => ({ message: text }),
  'a message of an exception': (text) => ({ exception: { 'exception.message': text } }),
  'a message in an attribute': (text) => ({ attributes: { 'http.error_message': text } }),
}

/** Other texts that are read. */
const others: Readonly<Record<string, (text: string) => Parts>> = {
  'a name of an error': (text) => ({ attributes: { 'error.type': text }, exception: { 'exception.type': text } }),
  'a method': (text) => ({ attributes: { 'http.request.method': text } }),
  'a header of the quota': (text) => ({
    attributes: { 'http.response.header.x-ratelimit': text, 'http.response.header.x-ratelimit-remaining': text },
  }),
}

/** Measures every shape with texts of these lengths. */
export function growth(short: number, long: number): Growth[] {
  const times = long / short
  const measured = (shape: string, promise: Growth['promise'], parts: (length: number) => Parts): Growth => ({
    shape,
    promise,
    times,
    short: time(parts(short), 2_000),
    long: time(parts(long), 50),
  })
  return [
    ...Object.entries(endless).map(([shape, make]) =>
      measured(`a URL: ${shape}`, 'in proportion', (length) => ({ attributes: { 'url.full': make(length) } })),
    ),
    ...Object.entries(messages).map(([shape, of]) => measured(shape, 'flat', (length) => of(almost(length)))),
    ...Object.entries(others).map(([shape, of]) =>
      measured(shape, 'in proportion', (length) => of('1,'.repeat(length / 2))),
    ),
  ]
}

/** The least of five rounds: other work makes a round slower, nothing makes it faster. */
function time(parts: Parts, spans: number): number {
  const processor = new MangopaySpanProcessor()
  const once = () => {
    for (const host of [{ 'server.address': 'api.mangopay.com' }, {}]) {
      const span = {
        kind: 2,
        name: 'GET',
        attributes: { 'http.request.method': 'GET', 'url.full': url, ...host, ...parts.attributes },
        status: { code: 2, message: parts.message },
        events: parts.exception ? [{ name: 'exception', attributes: parts.exception }] : [],
        spanContext: () => ({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }),
        setAttribute: () => span,
        setAttributes: () => span,
        updateName: () => span,
      }
      processor.onStart(span as never, ROOT_CONTEXT)
      processor.onEnding(span as never)
      processor.onEnd(span as never)
    }
  }
  const rounds = Array.from({ length: 6 }, () => {
    const before = process.cpuUsage()
    for (let made = 0; made < spans / 3; made += 1) once()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / (spans / 3) / 2
  })
  // The first warms up.
  return Math.min(...rounds.slice(1))
}
