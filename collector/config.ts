/** The Collector's configuration: the fragment that a team adds to its own, and a whole one to start with. */

import { exceptionGroup } from './failure.ts'
import { hostGroup, OURS_TO_JUDGE } from './hosts.ts'
import { metricGroups, quotaMetrics, spanMetrics } from './metrics.ts'
import { type Group, isMissing, literal, set, TEMPORARY, temporary, text } from './ottl.ts'
import { outcomeGroup, successStatements } from './outcome.ts'
import { privacyGroups } from './privacy.ts'
import { quotaGroup } from './quota.ts'
import { routeStatements } from './routes.ts'
import { statusStatements } from './status.ts'
import { toYaml, type Yaml } from './yaml.ts'

/** What can be chosen. */
export interface CollectorOptions {
  /** Hosts besides Mangopay's own: `host`, `host:port` or `host/prefix` → name of the environment. */
  readonly hosts?: Readonly<Record<string, string>>
  /** Whether a span whose route is known is renamed to method and template. @default true */
  readonly renameSpans?: boolean
  /** Whether URLs are removed from attributes and from the texts of errors. @default false */
  readonly privacy?: boolean
}

/** Marks the spans that were tagged here: those that the library tagged in a Node app are counted there. */
const COUNTED = temporary('counted')

/** Configuration of the transform that tags the spans, for a test or a benchmark of it alone as well. */
function tagging({ hosts = {}, renameSpans = true }: CollectorOptions): readonly Group[] {
  return [
    hostGroup(hosts),
    exceptionGroup(),
    {
      comment: 'Which operation, and was it answered well?',
      context: 'span',
      conditions: [OURS_TO_JUDGE],
      statements: [
        ...routeStatements({ rename: renameSpans }),
        ...statusStatements,
        ...successStatements,
        set(COUNTED, 'true'),
      ],
    },
    outcomeGroup,
    quotaGroup,
  ]
}

const cleaning = ({ privacy = false }: CollectorOptions): readonly Group[] => [
  {
    comment: 'What only the metrics needed.',
    context: 'span',
    conditions: [`${COUNTED} == true`],
    statements: [`delete_matching_keys(span.attributes, ${text(`^${literal(TEMPORARY)}`)})`],
  },
  ...(privacy ? privacyGroups : []),
]

const groupsToYaml = (groups: readonly Group[]): Yaml =>
  groups.map(({ comment, context, conditions, statements }) => ({
    [`# ${comment}`]: '',
    context,
    ...(conditions === undefined ? {} : { conditions }),
    statements,
  }))

const transform = (signal: 'trace' | 'metric', groups: readonly Group[]): Yaml => ({
  error_mode: 'ignore',
  [`${signal}_statements`]: groupsToYaml(groups),
})

/** What is added to a configuration: by the Collector itself, which merges its files. */
const fragment = (options: CollectorOptions) => ({
  processors: {
    'transform/mangopay': transform('trace', tagging(options)),
    'filter/mangopay': { error_mode: 'ignore', traces: { span: [isMissing(COUNTED)] } },
    'transform/mangopay-clean': transform('trace', cleaning(options)),
    'transform/mangopay-metrics': transform('metric', metricGroups),
  },
  connectors: {
    'forward/mangopay': {},
    'forward/mangopay-tagged': {},
    'span_metrics/mangopay': spanMetrics,
    'signal_to_metrics/mangopay': quotaMetrics,
  },
  service: {
    pipelines: {
      'traces/mangopay': {
        receivers: ['forward/mangopay'],
        processors: ['transform/mangopay'],
        exporters: ['forward/mangopay-tagged'],
      },
      'traces/mangopay-count': {
        receivers: ['forward/mangopay-tagged'],
        processors: ['filter/mangopay'],
        exporters: ['span_metrics/mangopay', 'signal_to_metrics/mangopay'],
      },
      'traces/mangopay-out': { receivers: ['forward/mangopay-tagged'], processors: ['transform/mangopay-clean'] },
      'metrics/mangopay': {
        receivers: ['span_metrics/mangopay', 'signal_to_metrics/mangopay'],
        processors: ['transform/mangopay-metrics'],
      },
    },
  },
})

/** A variable of the Collector's environment, and what it is without one. */
const fromEnv = (name: string, otherwise: string): string => `\${env:${name}:-${otherwise}}`

/** A Collector that takes OTLP, and sends spans and metrics to where two variables of its environment say. */
const OWN = {
  receivers: {
    otlp: {
      protocols: {
        grpc: { endpoint: `${fromEnv('OTLP_LISTEN', '0.0.0.0')}:4317` },
        http: { endpoint: `${fromEnv('OTLP_LISTEN', '0.0.0.0')}:4318` },
      },
    },
  },
  processors: {
    memory_limiter: { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 20 },
    batch: {},
  },
  exporters: {
    'otlp_http/traces': { endpoint: fromEnv('TRACES_ENDPOINT', 'http://tempo:4318') },
    'otlp_http/metrics': { endpoint: fromEnv('METRICS_ENDPOINT', 'http://prometheus:9090/api/v1/otlp') },
  },
  pipelines: {
    traces: { receivers: ['otlp'], processors: ['memory_limiter', 'batch'], exporters: ['forward/mangopay'] },
    metrics: { receivers: ['otlp'], processors: ['memory_limiter', 'batch'], exporters: ['otlp_http/metrics'] },
  },
}

/** The oldest version of the Collector that it was run on, and the newest. */
const COLLECTOR_VERSION = '0.161.0'

const HEAD = `# The telemetry of opentelemetry-mangopay for services in any language: tags on the spans of calls to the Mangopay API, and
# the metrics of its dashboard and alerts. Generated from collector/*.ts of its repository; with hosts of your own by
# \`npx opentelemetry-mangopay collector\`. What to do: docs/collector.md.
#
# For the contrib distribution of the OpenTelemetry Collector, ${COLLECTOR_VERSION} or newer.`

const LIMITS = `# What it cannot do:
# - Spans that never arrive are not counted. Count before you sample; of samplers only the one that writes \`ot=th\` into the
#   trace state is made up for.
# - An answer that is cut after its 200 looks like a success, unless the agent says so on the span.
# - A request that leaves two spans (PHP's Guzzle over curl, both instrumented) counts twice.
# - A URL that the agent has cut at its limit of length may be taken for another route.
# - Quota needs the rate-limit headers captured on the span, and is gone five minutes after the last call that had them.
# - Two client ids in one environment are one account here: the quota is that of the last answer.
# - Calls of the last seconds before the Collector ends are not counted.`

const FRAGMENT_USE = `# Start the Collector with both files, and change yours in three places:
#
#   otelcol-contrib --config=your.yaml --config=mangopay.yaml
#
#   service:
#     pipelines:
#       traces:
#         exporters: [forward/mangopay] # instead of yours
#       traces/mangopay-out:
#         exporters: [your exporter of traces]
#       metrics/mangopay:
#         exporters: [your exporter of metrics]`

const COMPLETE_USE = `# A whole configuration: OTLP in on 4317 and 4318, spans and metrics out over OTLP. Where to is said by two variables:
#
#   TRACES_ENDPOINT=http://tempo:4318 METRICS_ENDPOINT=http://prometheus:9090/api/v1/otlp \\
#     otelcol-contrib --config=complete.example.yaml`

/**
 * The file that is merged with a configuration of one's own.
 *
 * @throws TypeError or RangeError naming what is no host or no environment
 */
export const renderFragment = (options: CollectorOptions = {}): string =>
  `${HEAD}\n#\n${FRAGMENT_USE}\n#\n${LIMITS}\n\n${toYaml(fragment(options))}`

/** A whole configuration. */
export function renderComplete(options: CollectorOptions = {}): string {
  const { processors, connectors, service } = fragment(options)
  const { pipelines, receivers, exporters, processors: ownProcessors } = OWN
  const whole = {
    receivers,
    processors: { ...ownProcessors, ...processors },
    connectors,
    exporters,
    service: {
      pipelines: {
        ...pipelines,
        ...service.pipelines,
        'traces/mangopay-out': { ...service.pipelines['traces/mangopay-out'], exporters: ['otlp_http/traces'] },
        'metrics/mangopay': { ...service.pipelines['metrics/mangopay'], exporters: ['otlp_http/metrics'] },
      },
    },
  }
  return `${HEAD}\n#\n${COMPLETE_USE}\n#\n${LIMITS}\n\n${toYaml(whole)}`
}
