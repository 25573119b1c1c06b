/** What `register` shows of an endpoint or a host that is wrong: keys and passwords stand in them. */
import { describe, expect, it } from 'vitest'
import { hostsFrom } from '../../src/register/hosts.ts'
import { otlpExporter } from '../../src/register/otlp.ts'
import { shownAddress } from '../../src/register/say.ts'

describe('what is shown of an address that is wrong', () => {
  it.each([
    ['notaurl', 'notaurl'],
    ['localhost:4318', 'localhost:4318'],
    ['http://', 'http://'],
    ['[::1]:4318', '[::1]:4318'],
    ['https://gw.example:8443', 'https://gw.example:8443'],
    ['collector:4318/?key=SECRET', 'collector:4318…'],
    ['collector:4318?key=a@SECRET', '…'],
    ['https://user:SECRET@gw.example=sandbox', 'https://…@gw.example…'],
    ['user:SECRET@gw.example:8443/SECRET', '…@gw.example:8443…'],
    ['https://SECRET/SECRET@gw.example', 'https://…'],
    ['https://user:SECRET', 'https://user…'],
    ['https://SECRET@SECRET@gw.example', 'https://…@gw.example'],
    ['gw.example:99999999SECRET', 'gw.example…'],
    ['api-key=SECRET', 'api-key…'],
    ['/SECRET', '…'],
    ['ftp://gw.example\\SECRET', 'ftp://gw.example…'],
  ])('%s', (text, shown) => {
    expect(shownAddress(text)).toBe(shown)
    expect(shown).not.toContain('SECRET')
  })

  it('is all that is shown of an endpoint and of an entry', () => {
    const lines: string[] = []
    const say = (line: string) => void lines.push(line)
    hostsFrom({ MANGOPAY_TELEMETRY_HOSTS: 'https://user:SECRET@gw=sandbox,user:SECRET@gw' }, say)
    otlpExporter('trace', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318/?key=SECRET' }, () => undefined, say)
    expect(lines).toHaveLength(4)
    expect(lines.join()).not.toContain('SECRET')
  })
})
