import { type Attributes, ROOT_CONTEXT } from '@opentelemetry/api'
import { MangopaySpanProcessor } from 'opentelemetry-mangopay'
import { describe, expect, it } from 'vitest'
import { growth, isTooFast } from '../fuzz/growth.ts'
import { foreignUrls, hosts, lookAlikes, ours, ourUrls } from '../fuzz/look-alikes.ts'
import { ownerOf } from '../fuzz/oracle.ts'
import { fuzz } from '../fuzz/run.ts'

type Started = Parameters<MangopaySpanProcessor['onStart']>[0]

/** The environment that a span with these attributes is put into. */
function environmentOf(attributes: Attributes): unknown {
  const processor = new MangopaySpanProcessor({ hosts })
  const span = {
    kind: 2,
    name: 'GET',
    attributes,
    status: { code: 0 },
    events: [],
    spanContext: () => ({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }),
    setAttribute: () => span,
    setAttributes: () => span,
    updateName: () => span,
  } as unknown as Started
  processor.onStart(span, ROOT_CONTEXT)
  processor.onEnd(span)
  return attributes['mangopay.environment']
}

/** Every place where a host can stand, for both conventions. */
const places: readonly (readonly [string, (host: string) => Attributes])[] = [
  ['server.address', (host) => ({ 'http.request.method': 'GET', 'server.address': host })],
  ['net.peer.name', (host) => ({ 'http.method': 'GET', 'net.peer.name': host })],
  ['http.host', (host) => ({ 'http.method': 'GET', 'http.host': host })],
]
const urlPlaces: readonly (readonly [string, (url: string) => Attributes])[] = [
  ['url.full', (url) => ({ 'http.request.method': 'GET', 'url.full': url })],
  ['http.url', (url) => ({ 'http.method': 'GET', 'http.url': url })],
]

describe('hostile input', () => {
  for (const [place, of] of places) {
    it(`takes no look-alike for ours in ${place}`, () => {
      const taken = lookAlikes.filter(([host]) => {
        const environment = environmentOf(of(host))
        // In http.host a port is no look-alike: it is the gateway itself.
        return environment !== undefined && !(place === 'http.host' && host === 'gateway.internal:8443')
      })
      expect(taken).toEqual([])
    })

    it(`knows ours in ${place}`, () => {
      expect(ours.map(([host]) => [host, environmentOf(of(host))])).toEqual(ours)
    })
  }

  for (const [place, of] of urlPlaces) {
    it(`takes no look-alike for ours in ${place}`, () => {
      const urls = [
        ...foreignUrls,
        ...lookAlikes.map(([host, trick]) => [`https://${host}/v2.01/acme/users/1`, trick] as const),
      ]
      // The oracle is the platform's own URL parser: some tricks on a host make an honest URL.
      const foreign = urls.filter(([url]) => ownerOf(of(url)) === 'foreign' || foreignUrls.some(([one]) => one === url))
      expect(foreign.length).toBeGreaterThan(60)
      expect(foreign.filter(([url]) => environmentOf(of(url)) !== undefined)).toEqual([])
    })

    it(`knows ours in ${place}`, () => {
      expect(ourUrls.map(([url]) => [url, environmentOf(of(url))])).toEqual(ourUrls)
    })
  }

  it.each([1, 2, 3, 4])(
    'neither throws nor errs in 5,000 hostile spans of seed %i',
    async (seed) => {
      const findings = await fuzz(5_000, seed)
      expect(findings.wrong).toEqual([])
      // The fuzzer is worth something only while it makes enough of both.
      expect(findings.ours).toBeGreaterThan(500)
      expect(findings.foreign).toBeGreaterThan(500)
      // URLs of a megabyte are among them, and garbage collections: 20 ms as a rule.
      expect(findings.slowest.milliseconds, findings.slowest.span.slice(0, 300)).toBeLessThan(500)
    },
    120_000,
  )

  it('takes a time in proportion to the text at the most', () => {
    const all = growth(10_000, 200_000)
    expect(all.length).toBeGreaterThan(15)
    expect(all.filter(isTooFast)).toEqual([])
  })
})
