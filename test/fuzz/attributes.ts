/** Attributes as nobody should set them. */
import type { Attributes, AttributeValue } from '@opentelemetry/api'
import type { Random } from './random.ts'
import { host, junk, paths, url } from './urls.ts'

// biome-ignore format: one a line says no more
const codes = [200, 201, 204, 302, 400, 401, 404, 408, 409, 429, 500, 502, 520, 0, -1, 99, 100, 600, 1e21, 200.5, Number.NaN]
/** Those a span starts with. */
export function attributes(random: Random): Attributes {
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

/** Those that come between start and end. */
export function lateAttributes(random: Random): Attributes {
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
