/**
 * The SDK lines that are proved, with the instrumentation releases that belong to them, and the Node versions they run
 * on. Data of the version matrix and of the conformance recorder; each line is installed into a folder of its own.
 */

/** One release line of the OpenTelemetry JS SDK. */
export interface SdkLine {
  name: string
  /** Exact versions, installed together. */
  packages: Readonly<Record<string, string>>
  /** Values of `OTEL_SEMCONV_STABILITY_OPT_IN` that change the spans of this line's HTTP instrumentation. */
  conventions: readonly ('old' | 'stable' | 'dup')[]
  /** Whether its spans know `onEnding`. */
  onEnding: boolean
  /** Oldest Node the line itself supports. */
  node: number
}

const line = (
  name: string,
  api: string,
  sdk: string,
  experimental: string,
  undici: string,
  rest: Pick<SdkLine, 'conventions' | 'onEnding' | 'node'>,
): SdkLine => ({
  name,
  packages: {
    '@opentelemetry/api': api,
    '@opentelemetry/sdk-node': experimental,
    [sdk.startsWith('3.') ? '@opentelemetry/sdk-trace' : '@opentelemetry/sdk-trace-base']: sdk,
    '@opentelemetry/sdk-metrics': sdk,
    '@opentelemetry/exporter-trace-otlp-http': experimental,
    '@opentelemetry/exporter-metrics-otlp-http': experimental,
    '@opentelemetry/instrumentation-http': experimental,
    '@opentelemetry/instrumentation-undici': undici,
  },
  ...rest,
})

const all = ['old', 'stable', 'dup'] as const

/** Oldest first. Since 0.221 the HTTP instrumentation knows only the stable conventions. */
export const sdkLines: readonly SdkLine[] = [
  line('1.30', '1.9.0', '1.30.1', '0.57.2', '0.10.1', { conventions: all, onEnding: false, node: 20 }),
  line('2.0', '1.9.0', '2.0.0', '0.200.0', '0.11.0', { conventions: all, onEnding: false, node: 20 }),
  line('2.2', '1.9.0', '2.2.0', '0.207.0', '0.18.0', { conventions: all, onEnding: false, node: 20 }),
  line('2.12', '1.9.1', '2.12.0', '0.223.0', '0.33.0', { conventions: ['stable'], onEnding: true, node: 20 }),
  line('3.1', '1.10.0', '3.1.0', '0.301.0', '0.34.0', { conventions: ['stable'], onEnding: true, node: 22 }),
]

/** Exact Node versions, by the name they have in the tables. */
export const nodeVersions: Readonly<Record<string, string>> = {
  '20.6.0': '20.6.0',
  '20': '20.20.2',
  '22': '22.23.3',
  '24': '24.21.0',
  '26': '26.10.0',
}

/** The HTTP clients under test, pinned. `fetch` and `node:http` come with Node. */
export const clientPackages: Readonly<Record<string, string>> = {
  axios: '1.21.1',
  undici: '7.30.2',
  'mangopay4-nodejs-sdk': '1.68.0',
  'mangopay2-nodejs-sdk': '1.62.2',
}
