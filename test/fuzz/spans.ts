/** Spans as nobody should make them. */
import type { Attributes, AttributeValue } from '@opentelemetry/api'
import { type Owner, ownerOf } from './oracle.ts'
import type { Random } from './random.ts'
import { host, junk, paths, url } from './urls.ts'

/** A span, when what happens to it, and whose it is. */
export interface Hostile {
  span: Record<string, unknown>
  /** Attributes that come between start and end. */
  late: Attributes
  response: unknown
  /** Whether the SDK would call `onEnding`; whether it is started at all; whether it ends twice. */
  steps: { start: boolean; ending: boolean; twice: boolean }
  owner: Owner
}

// biome-ignore format: one a line says no more
const codes = [200, 201, 204, 302, 400, 401, 404, 408, 409, 429, 500, 502, 520, 0, -1, 99, 100, 600, 1e21, 200.5, Number.NaN]
function attributes(random: Random): Attributes {
  const made: Record<string, unknown> = {}
  const put = (key: string, share: number, value: () => unknown) => {
    if (random.chance(share)) made[key] = random.chance(0.05) ? junk(random) : value()
  }
  const stable = random.chance(0.6)
  const old = !stable || random.chance(0.2)
  const method = () => random.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'get', 'HEAD', '_OTHER', '__proto__', ''])
  if (stable) {
    put('http.request.method', 0.95, method)
    put('server.address', 0.8, () => host(random))
    put('server.port', 0.7, () => random.pick([443, 80, 8443, 4010, '443', -1]))
    put('url.full', 0.9, () => url(random))
  }
  if (old) {
    put('http.method', 0.95, method)
    put('net.peer.name', 0.7, () => host(random))
    put('http.host', 0.7, () => host(random) + random.pick(['', ':443', ':', ':8443']))
    put('http.url', 0.9, () => url(random))
    put('http.target', 0.5, () => random.pick(paths))
  }
  put('url.path', 0.1, () => random.pick(paths))
  put('url.template', 0.02, () => '/mine')
  if (random.chance(0.02))
    Object.defineProperty(made, '__proto__', { value: { 'server.address': 'api.mangopay.com' }, enumerable: true })
  return made as Attributes
}

function lateAttributes(random: Random): Attributes {
  const code = () => (random.chance(0.9) ? random.pick(codes) : (junk(random) as AttributeValue))
  const header = () =>
    random.chance(0.9)
      ? random.pick<AttributeValue>(['1, 2, 3', ['1', '2'], ',', 'S3CRET', ['']])
      : (junk(random) as AttributeValue)
  return {
    ...(random.chance(0.8) && { [random.pick(['http.response.status_code', 'http.status_code'])]: code() }),
    ...(random.chance(0.2) && {
      'error.type': random.chance(0.8)
        ? random.pick(['ECONNRESET', '23', 'TimeoutError'])
        : (junk(random) as AttributeValue),
    }),
    ...(random.chance(0.1) && { 'http.response.header.x-ratelimit': header() }),
    ...(random.chance(0.1) && { 'http.response.header.x_ratelimit_remaining': header() }),
    ...(random.chance(0.1) && { 'http.response.header.x-ratelimit-reset': header() }),
    ...(random.chance(0.05) && { 'http.response.header.www-authenticate': header() }),
  } as Attributes
}

/** Objects whose reading throws: no promise is made of what is counted with them. */
const traps = new WeakSet<object>()

/** Makes every read of a property throw, or only some. */
const throwing = <T extends object>(target: T, random: Random): T => {
  const share = random.pick([1, 0.3])
  const trap = new Proxy(target, {
    get: (it, key) => {
      if (random.chance(share)) throw new Error('S3CRET getter')
      return Reflect.get(it, key)
    },
  })
  traps.add(trap)
  return trap
}

function response(random: Random): unknown {
  const value = () =>
    random.pick(['1, 2, 3', '', ',', 'S3CRET', 'PendingUserAction RedirectUrl=https://S3CRET', '99999999999999999999'])
  const names = [
    'x-ratelimit',
    'X-RateLimit-Remaining',
    'x-ratelimit-reset',
    'date',
    'www-authenticate',
    '__proto__',
    '',
  ]
  const pairs = Array.from({ length: random.below(6) }, () => [random.pick(names), value()] as const)
  return random.pick<() => unknown>([
    () => ({ headers: Object.fromEntries(pairs), complete: random.chance(0.8) }),
    () => ({
      request: { completed: random.chance(0.8) },
      response: { headers: pairs.flat().map((it) => Buffer.from(it)) },
    }),
    () => ({ response: { headers: [Buffer.from('x-ratelimit')] } }),
    () => junk(random),
    () => throwing({ headers: Object.fromEntries(pairs) }, random),
    () => ({ headers: junk(random) }),
  ])()
}

/** One span. */
export function hostile(random: Random): Hostile {
  const plain = attributes(random)
  const late = lateAttributes(random)
  const broken = random.chance(0.05)
  const kind = random.chance(0.93) ? 2 : random.pick<unknown>([0, 1, 3, 4, '2', undefined, Number.NaN])
  const events = random.chance(0.2)
    ? [
        {
          name: 'exception',
          attributes: {
            'exception.type': random.chance(0.8) ? 'ECONNRESET' : junk(random),
            'exception.message': 'connect ECONNREFUSED S3CRET',
          },
        },
      ]
    : random.chance(0.05)
      ? junk(random)
      : []
  const base: Record<string, unknown> = {
    kind,
    name: 'GET',
    attributes: random.chance(0.01) ? junk(random) : plain,
    status: random.chance(0.05)
      ? junk(random)
      : { code: random.below(3), message: random.pick([undefined, 'timeout S3CRET', 'S3CRET']) },
    events,
    duration: random.chance(0.05) ? junk(random) : [0, 5_000_000],
    instrumentationScope: {
      name: random.pick(['@opentelemetry/instrumentation-http', '@opentelemetry/instrumentation-undici', '']),
    },
    spanContext: () => ({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }),
    isRecording: () => true,
    setAttribute: (key: string, value: AttributeValue) => {
      if (broken && random.chance(0.5)) throw new Error('S3CRET setter')
      plain[key] = value
    },
    setAttributes: (values: Attributes) => {
      if (broken && random.chance(0.5)) throw new Error('S3CRET setter')
      Object.assign(plain, values)
    },
    updateName: (name: string) => {
      base['name'] = name
    },
  }
  const span = broken ? throwing(base, random) : random.chance(0.03) ? Object.freeze(base) : base
  const answer = random.chance(0.4) ? response(random) : undefined
  const trapped = broken || (typeof answer === 'object' && answer !== null && traps.has(answer))
  const intact = base['attributes'] === plain
  const owner = intact && kind === 2 ? ownerOf(plain) : 'foreign'
  return {
    span: span as Record<string, unknown>,
    late,
    response: answer,
    steps: { start: random.chance(0.97), ending: random.chance(0.7), twice: random.chance(0.03) },
    // A trap may hide what is ours, and never makes ours of what is foreign.
    owner: trapped && owner === 'ours' ? 'open' : owner,
  }
}
