/** Spans as nobody should make them. */
import type { Attributes, AttributeValue } from '@opentelemetry/api'
import { attributes, lateAttributes } from './attributes.ts'
import { type Owner, ownerOf } from './oracle.ts'
import type { Random } from './random.ts'
import { junk } from './urls.ts'

/** A span, when what happens to it, and whose it is. */
export interface Hostile {
  span: Record<string, unknown>
  /** The same without its traps, and the attributes that it writes to. */
  base: Readonly<Record<string, unknown>>
  plain: Attributes
  /** Attributes that come between start and end. */
  late: Attributes
  response: unknown
  /** Whether the SDK would call `onEnding`; whether it is started at all; whether it ends twice. */
  steps: { start: boolean; ending: boolean; twice: boolean }
  owner: Owner
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
    base,
    plain,
    late,
    response: answer,
    steps: { start: random.chance(0.97), ending: random.chance(0.7), twice: random.chance(0.03) },
    // A trap may hide what is ours, and never makes ours of what is foreign.
    owner: trapped && owner === 'ours' ? 'open' : owner,
  }
}
