/** One Mangopay, one processor and everything around it as an app has it, over loopback. */
import {
  type MeterProvider as ApiMeterProvider,
  type DiagLogger,
  DiagLogLevel,
  diag,
  SpanKind,
} from '@opentelemetry/api'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { MangopaySpanProcessor, type MangopaySpanProcessorOptions, type Sampler } from 'opentelemetry-mangopay'
import { expect } from 'vitest'
import { DEMO_CLIENT, type MockOptions } from '../../examples/mock/options.ts'
import { startMock } from '../../examples/mock/server.ts'
import { Additions, leaked } from './additions.ts'
import {
  type Ask,
  axiosCall,
  type Call,
  type ClientName,
  fetchCall,
  httpInstrumentation,
  makeSdk,
  sdkCall,
  undiciCall,
  undiciInstrumentation,
} from './instrumented.ts'
import { Points } from './points.ts'

/** Hands out metrics when asked, like a scrape. */
export class PullReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** How a lab differs from what docs/setup.md shows. */
export interface LabOptions {
  mock?: MockOptions
  processor?: Omit<MangopaySpanProcessorOptions, 'hosts'>
  /** Hosts besides the mock. */
  hosts?: Record<string, string>
  /** Leaves `responseHook` out. */
  noHook?: boolean
  /** Response headers that both instrumentations put on their spans. */
  headerAttributes?: string[]
  sampler?: (mangopay: MangopaySpanProcessor) => Sampler
  /** In place of `[mangopay, exporting]`. */
  processors?: (mangopay: MangopaySpanProcessor, exporting: SpanProcessor) => SpanProcessor[]
  /** In place of the lab's own MeterProvider. */
  meterProvider?: ApiMeterProvider | 'global'
}

/** A running lab. */
export type Lab = Awaited<ReturnType<typeof startLab>>

/** Environment of the mock in every lab. */
export const LAB_ENVIRONMENT = 'lab'

/** Starts a lab. */
export const startLab = async (options: LabOptions = {}) => {
  const said = keepDiag()
  const mock = await startMock(options.mock)
  const reader = new PullReader()
  const meters = new MeterProvider({ readers: [reader] })
  const mangopay = new MangopaySpanProcessor({
    hosts: { [mock.hostPort]: LAB_ENVIRONMENT, ...options.hosts },
    ...(options.meterProvider === 'global' ? {} : { meterProvider: options.meterProvider ?? meters }),
    ...options.processor,
  })
  const exporter = new InMemorySpanExporter()
  const exporting = new SimpleSpanProcessor(exporter)
  const sampler = options.sampler === undefined ? mangopay.sampler() : options.sampler(mangopay)
  const additions = new Additions()
  const provider = new BasicTracerProvider({
    spanProcessors: [
      additions.first,
      ...(options.processors?.(mangopay, exporting) ?? [mangopay, exporting]),
      additions.last,
    ],
    sampler,
  })
  const hook = options.noHook === true ? {} : { responseHook: mangopay.responseHook }
  const responseHeaders = options.headerAttributes ?? []
  httpInstrumentation.setConfig({ ...hook, headersToSpanAttributes: { client: { responseHeaders } } })
  undiciInstrumentation.setConfig({ ...hook, headersToSpanAttributes: { responseHeaders } })
  httpInstrumentation.setTracerProvider(provider)
  undiciInstrumentation.setTracerProvider(provider)
  const { clientId, apiKey } = DEMO_CLIENT
  const sdk = makeSdk({ baseUrl: mock.url, clientId, clientApiKey: apiKey })
  const calls: Record<ClientName, Call> = {
    sdk: sdkCall(sdk),
    axios: axiosCall,
    fetch: fetchCall,
    undici: undiciCall,
  }
  let token: string | undefined
  const metricsNow = async () => new Points((await reader.collect()).resourceMetrics)
  return {
    mock,
    mangopay,
    provider,
    reader,
    meters,
    sdk,
    /** Lines of `diag` since the start, warnings and errors. */
    said,
    /** Calls of `ask.url` as they stand; the bearer token is added but for the SDK, which fetches its own. */
    call: async (client: ClientName, ask: Ask) => {
      if (client === 'sdk') return calls.sdk(ask)
      token ??= mock.issueToken()
      return calls[client]({ ...ask, headers: { authorization: `Bearer ${token}`, ...ask.headers } })
    },
    /** URL of a path below the client id. */
    url: (path: string, origin = mock.url) => `${origin}/v2.01/${clientId}${path}`,
    tokenUrl: `${mock.url}/v2.01/oauth/token`,
    /** Exported CLIENT spans that the library has tagged, in the order they ended. */
    spans: () => exporter.getFinishedSpans().filter(isTagged),
    /** Every exported span. */
    allSpans: () => exporter.getFinishedSpans(),
    /** Every span that has ended, in the order of their start. */
    inOrder: () => additions.started.filter(({ ended }) => ended),
    /** Forgets the exported spans. */
    forget: () => exporter.reset(),
    /** What a scrape shows now. */
    metrics: metricsNow,
    /** Everything the library added to spans. */
    additions: () => additions.all(),
    /** Ends everything. Whatever a test was about: nothing the library said may hold a secret of its Mangopay. */
    close: async () => {
      const ours = [additions.all(), (await metricsNow()).all, mangopay.snapshot(), said]
      expect(leaked(JSON.stringify(ours), mock.secrets), 'secrets in what the library added').toEqual([])
      await provider.shutdown()
      await meters.shutdown()
      await mock.close()
    },
  }
}

const isTagged = (span: ReadableSpan) =>
  span.kind === SpanKind.CLIENT && span.attributes['mangopay.environment'] !== undefined

function keepDiag(): string[] {
  const lines: string[] = []
  const keep = (...words: unknown[]) => void lines.push(words.map(String).join(' '))
  const logger: DiagLogger = { error: keep, warn: keep, info: keep, debug: keep, verbose: keep }
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  return lines
}
