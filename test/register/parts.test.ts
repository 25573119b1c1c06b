/** The parts of `register` that a process cannot easily show. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tracing from '@opentelemetry/sdk-trace-base'
import { ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { choicesFrom, positiveFrom } from '../../src/register/env.ts'
import { fanOut, type PushExporter } from '../../src/register/metrics.ts'
import { otlpExporter } from '../../src/register/otlp.ts'
import { appFolders } from '../../src/register/packages.ts'
import { fromPm2 } from '../../src/register/pm2.ts'
import { samplerFrom } from '../../src/register/traces.ts'

const lines: string[] = []
const say = (line: string) => void lines.push(line)
afterEach(() => void lines.splice(0))

describe('fromPm2', () => {
  it('sets what exporters and we read, as PM2 will, and tells the app’s script', () => {
    const told = {
      OTEL_SERVICE_NAME: 'shop',
      MANGOPAY_TELEMETRY_HOSTS: 'a=b',
      SECRET: 'x',
      instances: 2,
      OTEL_BSP_X: 5,
    }
    const pm2 = JSON.stringify({ ...told, pm_exec_path: '/app/shop.cjs', pm_cwd: '/app', env: {} })
    const env: Record<string, string> = { pm2_env: pm2, OTEL_SERVICE_NAME: 'of the daemon' }
    expect(fromPm2(env)).toEqual({ script: '/app/shop.cjs', folder: '/app' })
    expect(env).toEqual({ pm2_env: pm2, OTEL_SERVICE_NAME: 'shop', MANGOPAY_TELEMETRY_HOSTS: 'a=b', OTEL_BSP_X: '5' })
  })

  it.each([undefined, 'no JSON', 'null', '5', '{}'])('leaves %j alone', (text) => {
    const env = text === undefined ? {} : { pm2_env: text }
    expect([fromPm2(env), { ...env }]).toEqual([{}, env])
  })
})

describe('samplerFrom', () => {
  it.each([
    [undefined, undefined, 'ParentBased{root=AlwaysOnSampler,', 0],
    ['', '', 'ParentBased{root=AlwaysOnSampler,', 0],
    ['always_on', '0.5', 'AlwaysOnSampler', 1],
    [undefined, '0.5', 'ParentBased{root=AlwaysOnSampler,', 1],
    ['ALWAYS_OFF', undefined, 'AlwaysOffSampler', 0],
    [' parentbased_always_off ', undefined, 'ParentBased{root=AlwaysOffSampler,', 0],
    ['traceidratio', '0.25', 'TraceIdRatioBased{0.25}', 0],
    ['traceidratio', '-0.1', 'TraceIdRatioBased{1}', 1],
    ['traceidratio', '1.1', 'TraceIdRatioBased{1}', 1],
    ['traceidratio', 'NaN', 'TraceIdRatioBased{1}', 1],
    ['parentbased_traceidratio', '0.25', 'ParentBased{root=TraceIdRatioBased{0.25},', 0],
    ['xray', '0.25', 'ParentBased{root=AlwaysOnSampler,', 2],
  ])('%j, %j', (name, argument, text, said) => {
    const sampler = samplerFrom({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument }, tracing, say)
    expect(sampler.toString().startsWith(text)).toBe(true)
    expect(lines).toHaveLength(said)
  })

  it('uses the classes it is given', () => {
    expect(samplerFrom({}, tracing, say)).toBeInstanceOf(ParentBasedSampler)
    expect(samplerFrom({ OTEL_TRACES_SAMPLER: 'traceidratio' }, tracing, say)).toBeInstanceOf(TraceIdRatioBasedSampler)
  })
})

describe('values', () => {
  it.each([
    ['5', 5, 0],
    [' 2147483647 ', 2_147_483_647, 0],
    ['', 7, 0],
    [undefined, 7, 0],
    ['0', 7, 1],
    ['0.5', 7, 1],
    ['1.5', 7, 1],
    ['2147483648', 7, 1], // as the delay of a timer it means 1 ms
    ['-5', 7, 1],
    ['5s', 7, 1],
    ['Infinity', 7, 1],
  ])('number %j', (text, value, said) => {
    expect(positiveFrom({ N: text }, 'N', 7, say)).toBe(value)
    expect(lines).toEqual(Array(said).fill(`N=${text} is not a whole number from 1 to 2147483647; 7 is used`))
  })

  it('number with a limit of its own', () => {
    expect(positiveFrom({ N: '65535' }, 'N', 7, say, 65_535)).toBe(65_535)
    expect(positiveFrom({ N: '65536' }, 'N', 7, say, 65_535)).toBe(7)
    expect(lines).toEqual(['N=65536 is not a whole number from 1 to 65535; 7 is used'])
  })

  it.each([
    ['a', ['a'], 0],
    [' A,, b,a', ['a', 'b'], 0],
    [' , ', ['a'], 0],
    ['none', [], 0],
    ['b,none', [], 1],
    ['c', ['a'], 1],
    ['c,b', ['b'], 1],
  ])('list %j', (text, values, said) => {
    expect(choicesFrom({ L: text }, 'L', ['a', 'b', 'none'], 'a', say)).toEqual(values)
    expect(lines).toHaveLength(said)
  })
})

describe('otlpExporter', () => {
  const found = (load: () => unknown) => () => ({
    name: '',
    version: '9.9.9',
    file: '',
    load,
    dependency: () => undefined,
  })

  it.each([
    [
      'missing',
      () => undefined,
      /npm install @opentelemetry\/exporter-trace-otlp-grpc\. Until then spans are not exported/,
    ],
    ['without the class', found(() => ({})), /9\.9\.9 has no exporter/],
    ['broken', found(() => { throw new Error('out of\norder') }), /9\.9\.9 cannot be used: out of; spans are not exported/], // biome-ignore format: one row each
  ])('%s', (_, find, line) => {
    expect(otlpExporter('trace', { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, find, say)).toBeUndefined()
    expect(lines).toEqual([expect.stringMatching(line)])
  })
})

describe('fanOut', () => {
  const exporter = (code: number, more: Partial<PushExporter> = {}) => {
    const got: unknown[] = []
    const one: PushExporter & { got: unknown[] } = {
      got,
      export: (metrics, done) => {
        got.push(metrics)
        done({ code })
      },
      forceFlush: async () => {},
      shutdown: async () => {},
      ...more,
    }
    return one
  }

  it('hands everything to each, and fails when one fails', () => {
    const [good, bad] = [exporter(0), exporter(1)]
    const results: unknown[] = []
    fanOut([bad, good])?.export('data', (result) => results.push(result))
    expect([good.got, bad.got, results]).toEqual([['data'], ['data'], [{ code: 1 }]])
  })

  it('takes the shape of the data from the one that has a wish', () => {
    const both = fanOut([exporter(0), exporter(0, { selectAggregationTemporality: (kind) => `delta ${kind}` })])
    expect(both?.selectAggregationTemporality?.('counter')).toBe('delta counter')
    expect(both?.selectAggregation).toBeUndefined()
  })

  it('is nothing, or the one itself, when there is no more', () => {
    const one = exporter(0)
    expect([fanOut([]), fanOut([one])]).toEqual([undefined, one])
  })
})

describe('appFolders', () => {
  const root = mkdtempSync(join(tmpdir(), 'opentelemetry-mangopay-folders-'))
  const at = (...path: string[]) => join(root, ...path)
  mkdirSync(at('app/bin'), { recursive: true })
  mkdirSync(at('modules/.bin'), { recursive: true })
  writeFileSync(at('app/bin/start.js'), '')
  symlinkSync(at('app/bin/start.js'), at('modules/.bin/start'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  it('is where the main script is, behind links too, and then the working directory', () => {
    expect(appFolders(at('app/bin/start.js'), '/cwd')).toEqual([at('app/bin'), '/cwd'])
    expect(appFolders(at('modules/.bin/start'), '/cwd')).toEqual([at('app/bin'), at('modules/.bin'), '/cwd'])
    expect(appFolders(at('app'), at('app'))).toEqual([at('app')]) // node .
    expect(appFolders(at('app/bin/start'), '/cwd')).toEqual([at('app/bin'), '/cwd']) // node start
    expect(appFolders(undefined, '/cwd')).toEqual(['/cwd']) // node --eval
  })

  it('is never relative: what follows `node --eval` is the first argument of the app, `-` stands for stdin', () => {
    expect(appFolders('start', '/cwd')).toEqual(['/cwd'])
    expect(appFolders('-', '/cwd')).toEqual(['/cwd'])
    expect(appFolders('bin/start.js', at('app'))).toEqual([at('app/bin'), at('app')])
  })
})
