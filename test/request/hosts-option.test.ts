/** What the option `hosts` takes and refuses. */
import { describe, expect, it } from 'vitest'
import { Hosts } from '../../src/request/hosts.ts'
import { stable } from '../support/host-attributes.ts'

describe('option hosts', () => {
  it.each([
    'http://api.example.com',
    '',
    ' ',
    'a b',
    'user@host',
    'host:0',
    'host:65536',
    'host:port',
    'host?x',
    'mängopay.example',
    '/path',
    '::1',
    'a..b',
  ])('refuses %j as a host', (key) => {
    expect(() => new Hosts({ [key]: 'production' })).toThrow(`"${key}"`)
  })

  it.each([
    ['', '""'],
    [' ', '" "'],
    [undefined, 'undefined'],
    [7, '7'],
    [null, 'null'],
  ])('refuses %j as an environment', (value, shown) => {
    expect(() => new Hosts({ 'proxy.example': value as string })).toThrow(
      `option hosts["proxy.example"] must be the name of an environment, such as "production", not ${shown}`,
    )
  })

  it('takes twenty environments and no more', () => {
    const named = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`proxy-${i}.example`, `tenant ${i}`]))
    expect(new Hosts(named(18)).environments.size).toBe(20)
    expect(() => new Hosts(named(19))).toThrow('option hosts must be of at most 20 environments, not 21')
  })

  it('lets a host of Mangopay’s be named anew', () => {
    expect(new Hosts({ 'API.mangopay.com': 'live' }).find(stable('api.mangopay.com'))?.environment).toBe('live')
  })
})
