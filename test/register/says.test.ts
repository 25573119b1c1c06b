/** What register says, and what it shows of an address that is wrong. */
import { afterEach, describe, expect, it } from 'vitest'
import { accountsFrom } from '../../src/register/accounts.ts'
import { OURS, sayUnknownVariables } from '../../src/register/env.ts'
import { hostsFrom } from '../../src/register/hosts.ts'
import { packagesToInstall } from '../../src/register/instrumentations.ts'
import { metricReadersFrom } from '../../src/register/metrics.ts'
import { otlpExporter } from '../../src/register/otlp.ts'
import { sayErrors } from '../../src/register/registered.ts'
import { shownAddress } from '../../src/register/say.ts'
import { Hosts } from '../../src/request/hosts.ts'

const lines: string[] = []
const say = (line: string) => void lines.push(line)
afterEach(() => void lines.splice(0))

describe('MANGOPAY_TELEMETRY_HOSTS', () => {
  it('loses a wrong entry and keeps the others', () => {
    const text = 'a.example=one, http://b.example=two,c.example:99999=three,d.example,e=f=g,,[::1]:8443/mangopay = four'
    expect(hostsFrom({ MANGOPAY_TELEMETRY_HOSTS: text }, say)).toEqual({
      'a.example': 'one',
      '[::1]:8443/mangopay': 'four',
    })
    const host = 'a host, host:port or host/prefix without scheme, and its environment'
    expect(lines).toEqual([
      `MANGOPAY_TELEMETRY_HOSTS: http://b.example… is not ${host}; it is left out`,
      `MANGOPAY_TELEMETRY_HOSTS: c.example:99999… is not ${host}; it is left out`,
      'MANGOPAY_TELEMETRY_HOSTS: d.example is not host=environment; it is left out',
      'MANGOPAY_TELEMETRY_HOSTS: e… is not host=environment; it is left out',
    ])
  })

  it('loses the entries beyond 20 environments, in one line', () => {
    const entries = Array.from({ length: 25 }, (_, number) => `h${number}.example=e${number}`)
    const more = ['again.example=e3', 'own.example=sandbox', 'late.example=e24']
    const hosts = hostsFrom({ MANGOPAY_TELEMETRY_HOSTS: [...entries, ...more].join() }, say)
    expect(Object.keys(hosts)).toEqual([
      ...Array.from({ length: 18 }, (_, number) => `h${number}.example`),
      'again.example',
      'own.example',
    ])
    expect(new Hosts(hosts).environments.size).toBe(20)
    expect(lines).toEqual([
      'MANGOPAY_TELEMETRY_HOSTS: there can be 20 environments, production and sandbox among them;' +
        ' the hosts of e18, e19, e20, e21, e22, e23, e24 are left out',
    ])
  })
})

it('MANGOPAY_TELEMETRY_ACCOUNTS loses a wrong entry and keeps the others, and shows no client id', () => {
  const text = 'shop-id=shop, market-id = market,secret-id,other-id=shop,,a=b=c,last-id=_OTHER'
  const accounts = accountsFrom({ MANGOPAY_TELEMETRY_ACCOUNTS: text }, say)
  expect(accounts).toEqual({ 'shop-id': 'shop', 'market-id': 'market' })
  expect(lines).toEqual([
    'MANGOPAY_TELEMETRY_ACCOUNTS: entry 3 is not client-id=alias; it is left out',
    'MANGOPAY_TELEMETRY_ACCOUNTS: entry 4 has an alias that is taken, shop; it is left out',
    'MANGOPAY_TELEMETRY_ACCOUNTS: entry 6 is not client-id=alias; it is left out',
    'MANGOPAY_TELEMETRY_ACCOUNTS: entry 7 has an alias that is taken, _OTHER; it is left out',
  ])
})

it('a variable that looks like ours is told, the app’s own are not', () => {
  const env = {
    MANGOPAY_TELEMETRY_HOST: 'x=y',
    MANGOPAY_TELEMTRY_ACCOUNTS: 'x=y',
    MANGOPAY_TELEMETRY_DEBUG: '1',
    MANGOPAY_TELEMETRY_HOSTS: 'x=y',
    MANGOPAY_CLIENT_ID: 'acme',
    MANGOPAY_HOST: 'api.mangopay.com',
  }
  sayUnknownVariables(env, say)
  expect(lines).toEqual([
    'there is no variable MANGOPAY_TELEMETRY_HOST; did you mean MANGOPAY_TELEMETRY_HOSTS?',
    'there is no variable MANGOPAY_TELEMTRY_ACCOUNTS; did you mean MANGOPAY_TELEMETRY_ACCOUNTS?',
    `there is no variable MANGOPAY_TELEMETRY_DEBUG; there are ${OURS.join(', ')}`,
  ])
})

describe('the OTLP endpoint', () => {
  const loads = () => ({
    name: '',
    version: '',
    file: '',
    load: () => ({ OTLPTraceExporter: class {}, OTLPMetricExporter: class {} }),
    dependency: () => undefined,
  })
  const wrong = 'is not an http or https URL, such as http://localhost:4318'

  it.each([
    [{}, []],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: ' https://otel.example/x ' }, []],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'notaurl' }, [`OTEL_EXPORTER_OTLP_ENDPOINT=notaurl ${wrong}`]],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' }, [`OTEL_EXPORTER_OTLP_ENDPOINT=localhost:4318 ${wrong}`]],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://' }, [`OTEL_EXPORTER_OTLP_ENDPOINT=http:// ${wrong}`]],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, []],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'notaurl', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://a:4318/v1/traces' }, []],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'a:4318' }, [`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=a:4318 ${wrong}`]],
    [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'a:4318' }, []],
  ])('%j', (env, said) => {
    otlpExporter('trace', env, loads, say)
    expect(lines).toEqual(said)
  })

  it('of the metrics has a variable of its own too', () => {
    otlpExporter('metrics', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'a:4318' }, loads, say)
    expect(lines).toEqual([`OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=a:4318 ${wrong}`])
  })
})

describe('the port of the Prometheus exporter', () => {
  it.each([
    [undefined, 9464],
    ['9999', 9999],
    ['65536', 9464],
    ['80.5', 9464],
  ])('%j', (text, port) => {
    const given: object[] = []
    class PrometheusExporter {
      constructor(options: object) {
        given.push(options)
      }
    }
    const find = () => ({
      name: '',
      version: '',
      file: '',
      load: () => ({ PrometheusExporter }),
      dependency: () => undefined,
    })
    const env = { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: text }
    metricReadersFrom(env, {} as never, find, say)
    expect(given).toEqual([{ port }])
    const wrong = `OTEL_EXPORTER_PROMETHEUS_PORT=${text} is not a whole number from 1 to 65535; 9464 is used`
    expect(lines).toEqual(text === undefined || text === '9999' ? [] : [wrong])
  })
})

describe('what the SDK reports', () => {
  it('is passed on once for both signals, and a collector that is not there is answered with its variable', () => {
    let error: (...message: unknown[]) => void = () => {}
    const diag = {
      setLogger: (logger: object) => {
        error = (logger as { error: typeof error }).error
        return true
      },
      error: () => {},
    }
    sayErrors({ DiagLogLevel: { WARN: 50 }, diag }, () => {}, say)
    const refused = 'connect ECONNREFUSED 127.0.0.1:4999'
    error(JSON.stringify({ message: refused }))
    error(`PeriodicExportingMetricReader: metrics export failed (error Error: ${refused})`)
    error('PeriodicExportingMetricReader: metrics export failed (error Error: connect ECONNREFUSED ::1:4999)')
    error(JSON.stringify({ message: 'connect ECONNREFUSED ::1:4999' }))
    error('something else')
    error('something else')
    expect(lines).toEqual([
      `OpenTelemetry reports: ${refused}; OTEL_EXPORTER_OTLP_ENDPOINT says where to send`,
      'OpenTelemetry reports: PeriodicExportingMetricReader: metrics export failed (error Error: connect ECONNREFUSED ::1:4999)',
      'OpenTelemetry reports: something else',
    ])
  })
})

describe('what to install', () => {
  const { versions } = process
  afterEach(() => void Object.defineProperty(process, 'versions', { value: versions }))

  it.each([
    [
      '20.6.0',
      '@opentelemetry/api@1.9 @opentelemetry/sdk-node@0.223.0 @opentelemetry/instrumentation-http@0.223.0 @opentelemetry/instrumentation-undici@0.33.0',
    ],
    ['22.15.0', '@opentelemetry/sdk-node @opentelemetry/instrumentation-http @opentelemetry/instrumentation-undici'],
  ])('on Node %s goes together', (node, packages) => {
    Object.defineProperty(process, 'versions', { value: { ...versions, node } })
    expect(packagesToInstall()).toBe(packages)
  })
})

// What `register` shows of an endpoint or a host that is wrong: keys and passwords stand in them.

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
