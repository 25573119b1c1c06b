/**
 * Says whether a span is ours by other means than the library: the URL parser of the platform and plain comparison.
 * Slow and simple, and it knows three answers: ours, foreign, and "may be either" where the contract leaves it open.
 */
import type { Attributes } from '@opentelemetry/api'
import { hosts } from './look-alikes.ts'

/** Whose a span is. `open`: no promise is made, but that nothing throws. */
export type Owner = 'ours' | 'foreign' | 'open'

const mangopay = [
  'api.mangopay.com',
  'api-mtls.mangopay.com',
  'api.sandbox.mangopay.com',
  'api-mtls.sandbox.mangopay.com',
]
// What has a port or a prefix needs the whole URL to be judged.
const partly = Object.keys(hosts).map((key) => key.replace(/(:\d+)?(\/.*)?$/, '').replace(/[[\]]/g, ''))

const ascii = (host: string) => host.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
const bare = (host: string) => ascii(host).replace(/\.$/, '')
const named = (host: string): Owner =>
  mangopay.includes(bare(host)) ? 'ours' : partly.includes(bare(host).replace(/^\[|\]$/g, '')) ? 'open' : 'foreign'

function ofUrl(url: string): Owner {
  try {
    // What the platform would connect to.
    const { hostname } = new URL(url)
    if (named(hostname) !== 'ours') return named(hostname)
    // A spelling that only the parser makes ours (percent-encoding, full width) may be refused.
    const authority = url.replace(/^[a-z]+:\/\//i, '').split(/[/?#\\]/, 1)[0] ?? ''
    // Nobody's name and password are a kilobyte long; the library does not read such a host.
    if (authority.length > 1_000) return 'open'
    const plain = ascii(authority).replace(/^.*@/, '').replace(/:\d*$/, '')
    return bare(plain) === bare(hostname) && /^https?:\/\/[^/\\]/i.test(url) ? 'ours' : 'open'
  } catch {
    // axios through a plain-HTTP proxy leaves such a URL; its first part is the proxy, which is not ours.
    return [...mangopay, ...partly].some((host) => ascii(url).includes(host)) ? 'open' : 'foreign'
  }
}

const ofAuthority = (authority: string): Owner => named(authority.replace(/:\d*$/, ''))

/** Whose a span with these attributes is. They must be plain. */
export function ownerOf(attributes: Attributes): Owner {
  if (typeof (attributes['http.request.method'] ?? attributes['http.method']) !== 'string') return 'foreign'
  const sources: [unknown, (value: string) => Owner][] = [
    [attributes['server.address'] ?? attributes['net.peer.name'], named],
    [attributes['http.host'], ofAuthority],
    [attributes['url.full'] ?? attributes['http.url'], ofUrl],
  ]
  let wrongType = false
  for (const [value, judge] of sources) {
    if (value === undefined || value === null) continue
    if (typeof value === 'string') {
      const owner = judge(value)
      return owner === 'ours' && wrongType ? 'open' : owner
    }
    wrongType = true
  }
  return 'foreign'
}
