/** Attributes of a call to a host, and whose it is by a set of rules. */
import type { Attributes } from '@opentelemetry/api'
import { Hosts } from '../../src/request/hosts.ts'

/** As the stable conventions have them. */
export const stable = (address: string, url = `https://${address}/v2.01/a/users`, port: unknown = 443): Attributes =>
  ({ 'http.request.method': 'GET', 'server.address': address, 'server.port': port, 'url.full': url }) as Attributes

const hosts = new Hosts({
  'mangopay-proxy.internal:8443': 'production',
  'gateway.internal/mangopay': 'via-gateway',
  'gateway.internal/mangopay/eu': 'via-gateway-eu',
  'gateway.internal:9000': 'gateway-9000',
  '127.0.0.1:3999': 'mock',
  '[::1]:3999': 'mock-6',
  'Mixed.Example': 'mixed',
  'kk.example': 'kk',
})

/** The environment it is of; none when it is foreign. */
export const environment = (attributes: Attributes) => hosts.find(attributes)?.environment
