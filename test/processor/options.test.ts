import { describe, expect, it } from 'vitest'
import { resolveOptions } from '../../src/options.ts'
import { MangopaySpanProcessor } from '../../src/processor.ts'

describe('options', () => {
  const wrong: [options: unknown, message: string][] = [
    [null, 'options must be an object, not null'],
    ['x', 'options must be an object, not "x"'],
    [[], 'options must be an object, not []'],
    [{ host: {} }, 'there is no option host; did you mean hosts? Its value: {}'],
    [{ onspike: 1 }, 'there is no option onspike; did you mean onSpike? Its value: 1'],
    [{ sampling: 1 }, 'there is no option sampling; there are hosts, countFrom, '],
    [Promise.resolve({}), 'options must be an object, not a Promise (await it first)'],
    [{ hosts: Promise.resolve({}) }, 'option hosts must be an object, not a Promise (await it first)'],
    [{ accounts: { a: 'shop', b: 'shop' } }, 'option accounts["b"] must be a name of its own: two accounts'],
    [{ accounts: { a: '_OTHER' } }, 'option accounts["a"] must be another name: that one stands for'],
    [
      { accounts: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`id${i}`, `alias ${i}`])) },
      'option accounts must be of at most 100 client ids, not 101',
    ],
    [
      { hosts: Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`h${i}.example`, `e${i}`])) },
      'option hosts names 25 environments; there can be 20, production and sandbox among them',
    ],
    [
      { hosts: { 'gw.example/pay/v2.01': 'production' } },
      '"gw.example/pay" without version, not "gw.example/pay/v2.01"',
    ],
    [{ hosts: { 'gw.example/V3.0/acme': 'production' } }, '"gw.example" without version'],
    [{ hosts: 'x' }, 'option hosts must be an object, not "x"'],
    [{ hosts: { 'http://x': 'production' } }, '"http://x"'],
    [{ hosts: { x: '' } }, 'option hosts["x"] must be the name of an environment, such as "production", not ""'],
    [{ countFrom: 'wire' }, 'option countFrom must be "spans" or "requests", not "wire"'],
    [{ renameSpans: 'no' }, 'option renameSpans must be true or false, not "no"'],
    [{ meterProvider: {} }, 'option meterProvider must be an object with a method getMeter, not {}'],
    [{ meterProvider: null }, 'option meterProvider must be an object with a method getMeter, not null'],
    [{ clock: 0 }, 'option clock must be a function, not 0'],
    [{ accounts: { acme: 7 } }, 'option accounts["acme"] must be a name, not 7'],
    [{ accounts: [] }, 'option accounts must be an object, not []'],
    [{ results: 'yes' }, 'option results must be true or false, not "yes"'],
    [{ webhooks: 'hooks' }, 'option webhooks must be a path such as "/hooks/mangopay", without host and query'],
    [{ webhooks: ['/a', 'https://shop.example/hooks'] }, 'or a list of them, not "https://shop.example/hooks"'],
    [{ webhooks: '/hooks?x=1' }, 'not "/hooks?x=1"'],
    [{ webhooks: '//shop.example/hooks' }, 'not "//shop.example/hooks"'],
    [{ webhooks: 7 }, 'not 7'],
    [{ webhooks: { 'hooks/mangopay': 'sandbox' } }, 'not "hooks/mangopay"'],
    [
      { webhooks: { '/hooks': 'prod' }, hosts: { 'proxy.internal': 'staging' } },
      'option webhooks["/hooks"] must be one of "production", "sandbox", "staging", not "prod"',
    ],
    [{ webhooks: null }, 'not null'],
    [{ onSpike: true }, 'option onSpike must be a function, not true'],
    [{ onQuotaLow: {} }, 'option onQuotaLow must be a function, not {}'],
    [{ spike: 5 }, 'option spike must be an object, not 5'],
    [{ spike: { window: 5 } }, 'there is no option spike.window; did you mean spike.windowSeconds? Its value: 5'],
    [
      { spike: { windowSeconds: 9 } },
      'option spike.windowSeconds must be a number of at least 10 and at most 3600, not 9',
    ],
    [{ spike: { windowSeconds: 3601 } }, 'at most 3600, not 3601'],
    [{ spike: { windowSeconds: '60' } }, 'not "60"'],
    [{ spike: { minimumCount: 0 } }, 'option spike.minimumCount must be a number of at least 1, not 0'],
    [{ spike: { minimumCount: Number.NaN } }, 'option spike.minimumCount must be a number of at least 1, not NaN'],
    [{ spike: { ratio: 0 } }, 'option spike.ratio must be a number above 0 and at most 1, not 0'],
    [{ spike: { ratio: 1.1 } }, 'not 1.1'],
    [
      { spike: { ratio: 0.1, clearRatio: 0.2 } },
      'option spike.clearRatio must be a number above 0 and at most 0.1, not 0.2',
    ],
    [{ spike: { minimumSeconds: -1 } }, 'option spike.minimumSeconds must be a number of at least 0, not -1'],
    [{ spike: { minimumSeconds: Number.POSITIVE_INFINITY } }, 'not Infinity'],
    [{ spike: { kinds: ['404'] } }, 'option spike.kinds must be a list of "429", "500", "unavailable", not ["404"]'],
    [{ quota: { lowShare: 2 } }, 'option quota.lowShare must be a number of at least 0 and at most 1, not 2'],
    [{ quota: { emptyWithinSeconds: -1 } }, 'option quota.emptyWithinSeconds must be a number of at least 0, not -1'],
    [{ quota: { low: 1 } }, 'there is no option quota.low; did you mean quota.lowShare? Its value: 1'],
  ]
  it.each(wrong)('%j throws and says which', (options, message) => {
    expect(() => new MangopaySpanProcessor(options as never)).toThrow(`opentelemetry-mangopay: `)
    expect(() => new MangopaySpanProcessor(options as never)).toThrow(message)
  })

  it('says so too of a value that has no JSON', () => {
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    expect(() => new MangopaySpanProcessor({ clock: circular } as never)).toThrow('option clock must be a function')
    expect(() => new MangopaySpanProcessor({ clock: 1n } as never)).toThrow('not 1')
  })

  it('names the one that was probably meant', () => {
    expect(() => new MangopaySpanProcessor({ quota: { lowshare: 0.2 } } as never)).toThrow(
      'there is no option quota.lowshare; did you mean quota.lowShare? Its value: 0.2',
    )
  })

  it.each(['hosts', 'accounts', 'spike'])('refuses a Map as %s, which would look like an empty object', (option) => {
    expect(() => new MangopaySpanProcessor({ [option]: new Map([['a.example', 'x']]) } as never)).toThrow(
      `option ${option} must be an object, not`,
    )
  })

  it('refuses a sampler that is none', () => {
    expect(() => new MangopaySpanProcessor().sampler('always_on' as never)).toThrow(
      'sampler() takes a Sampler, an object with a method shouldSample, or nothing, not "always_on"',
    )
    expect(() => new MangopaySpanProcessor().sampler(null as never)).toThrow('not null')
  })

  it('has the documented defaults', () => {
    const { clock, ...options } = resolveOptions({ hosts: undefined, spike: { ratio: undefined } } as never)
    expect(options).toEqual({
      hosts: {},
      countFrom: 'spans',
      renameSpans: true,
      meterProvider: undefined,
      accounts: {},
      results: false,
      webhooks: new Map(),
      spike: {
        windowSeconds: 300,
        minimumCount: 5,
        ratio: 0.05,
        clearRatio: 0.025,
        minimumSeconds: 60,
        kinds: ['429', '500', 'unavailable'],
      },
      onSpike: undefined,
      quota: { lowShare: 0.1, emptyWithinSeconds: 600 },
      onQuotaLow: undefined,
    })
    expect(Math.abs(clock() - Date.now())).toBeLessThan(60_000)
  })
})
