/** Hosts, paths and URLs as nobody should write them, and values of every wrong type. */
import { foreignUrls, lookAlikes, ours, ourUrls } from './look-alikes.ts'
import type { Random } from './random.ts'

/** Part of every id, query and header value: it must never be found in what we write. */
export const secret = 'S3CRET'

/** Paths, known and unknown. */
export const paths = [
  '/v2.01/acme/users/user_S3CRET',
  '/v2.01/acme/payins/card/direct',
  '/V2.01/acme/Users/S3CRET/KYC/documents/',
  '/$%7BapiVersion%7D/oauth/token',
  '/v2.01/oauth/token?client=S3CRET',
  '/v3.0/acme/payins/intents/S3CRET?x=1#y',
  '/v2.01//users/S3CRET',
  '/v2.01/acme/users/S3CRET%2F..%2Fwallets',
  '/v2.01/acme/__proto__/constructor',
  '/__proto__',
  '/',
  '',
  '//',
  '/v2.01/acme/users/../users/S3CRET',
  '/v2.01/users/users/users/users',
  '/S3CRET/S3CRET/S3CRET',
  '/v2.01/acme/users/\u0000S3CRET',
  '/v2.01/acme/users/S3CRET/wallets?per_page=1&Email=S3CRET@example.org',
] as const

/** URLs of any length, each the worst that we could think of for some reader. */
export const endless: Readonly<Record<string, (length: number) => string>> = {
  slashes: (length) => '/'.repeat(length),
  letters: (length) => 'a'.repeat(length),
  'an id': (length) => `https://api.mangopay.com/v2.01/acme/users/${'S3CRET'.repeat(length / 6)}`,
  'a literal again and again': (length) => `https://api.mangopay.com/${'users/'.repeat(length / 6)}`,
  'slashes at the end': (length) => `https://api.mangopay.com/v2.01/acme/users/1${'/'.repeat(length)}`,
  'a query': (length) => `https://api.mangopay.com/v2.01/acme/users/1?${'&a=b'.repeat(length / 4)}`,
  users: (length) => `https://${'a@'.repeat(length / 2)}api.mangopay.com/`,
  'our host again and again': (length) => `https://${'api.mangopay.com.'.repeat(length / 17)}`,
  'encoded slashes': (length) => `https://api.mangopay.com/${'%2F'.repeat(length / 3)}`,
  schemes: (length) => 'https://'.repeat(length / 8),
  colons: (length) => `https://api.mangopay.com${':'.repeat(length)}/`,
}
const long = Object.values(endless).map((make) => make(1_000_000))

/** A value of any type but the right one, or of that. */
export const junk = (random: Random): unknown =>
  random.pick<() => unknown>([
    () => undefined,
    () => null,
    () => random.below(1_000) - 500,
    () => Number.NaN,
    () => true,
    () => random.text(),
    () => '',
    () => [],
    () => [random.text(), 1, null],
    () => ({ toString: () => 'api.mangopay.com' }),
    () => new String('api.mangopay.com'),
    () => ['api.mangopay.com'],
    () => Symbol('x'),
    () => 10n,
    () => () => 'api.mangopay.com',
    () => new Proxy({}, {}),
  ])()

/** A host of ours, one that looks like it, or none. */
export const host = (random: Random): string =>
  random.chance(0.5) ? random.pick(ours)[0] : random.chance(0.8) ? random.pick(lookAlikes)[0] : random.text()

/** A URL, or something like it. */
export function url(random: Random): string {
  if (random.chance(0.001)) return random.pick(long)
  if (random.chance(0.2)) return random.pick(foreignUrls)[0]
  if (random.chance(0.2)) return random.pick(ourUrls)[0]
  const path = random.chance(0.1) ? random.text() : random.pick(paths)
  return `${random.pick(['https://', 'https://', 'http://', 'HTTPS://', '', '//', 'ftp://'])}${host(random)}${random.pick(['', '', ':443', ':8443', ':', ':x'])}${path}`
}
