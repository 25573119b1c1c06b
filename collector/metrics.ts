/** The metrics that are made of the tagged spans: the names, units, labels and buckets of the library's. */
import { DURATION_BUCKETS, INSTRUMENTS } from '../src/metrics/instruments.ts'
import {
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_MANGOPAY_ENVIRONMENT,
  ATTR_MANGOPAY_ERROR_CATEGORY,
  ATTR_MANGOPAY_OPERATION,
  ATTR_MANGOPAY_OUTCOME,
  ATTR_MANGOPAY_RATE_LIMIT_WINDOW,
  METRIC_MANGOPAY_CLIENT_RATE_LIMIT_LIMIT,
  METRIC_MANGOPAY_CLIENT_RATE_LIMIT_READING_TIMESTAMP,
  METRIC_MANGOPAY_CLIENT_RATE_LIMIT_REMAINING,
  METRIC_MANGOPAY_CLIENT_RATE_LIMIT_USAGE,
  METRIC_MANGOPAY_CLIENT_REQUEST_DURATION,
  METRIC_MANGOPAY_CLIENT_REQUESTS,
} from '../src/names.ts'
import { QUOTA_WINDOWS, type QuotaWindow } from '../src/quota/reading.ts'
import { type Group, literal, matches, set, TEMPORARY, text } from './ottl.ts'
import { quotaOf, READING_TIMESTAMP } from './quota.ts'

/** Who the numbers belong to in Prometheus: `service.namespace/service.name` becomes the label `job`. */
const SERVICE = ['service.name', 'service.namespace']

/** What `span_metrics` calls its two metrics, below the namespace that it is given. */
const NAMESPACE = 'mangopay'
const NAMES = {
  [`${NAMESPACE}.calls`]: METRIC_MANGOPAY_CLIENT_REQUESTS,
  [`${NAMESPACE}.duration`]: METRIC_MANGOPAY_CLIENT_REQUEST_DURATION,
}

/** The status code as a label: an integer, and absent where it is none of HTTP. */
const STATUS_LABEL = `${TEMPORARY}status`

const COLLECTOR_INSTANCE = 'collector.instance.id'

const named = (names: readonly string[]) => names.map((name) => ({ name }))

/** Counter and histogram. It sends a 0 before the first count of a series, so that `increase()` sees a first error. */
export const spanMetrics = {
  namespace: NAMESPACE,
  add_resource_attributes: true,
  resource_metrics_key_attributes: SERVICE,
  // The Collector's id becomes the resource's below.
  exclude_dimensions: ['service.name', 'span.name', 'span.kind', 'status.code'],
  dimensions: named([ATTR_MANGOPAY_OPERATION, ATTR_MANGOPAY_ENVIRONMENT]),
  calls_dimensions: named([ATTR_MANGOPAY_OUTCOME, ATTR_MANGOPAY_ERROR_CATEGORY, STATUS_LABEL]),
  histogram: { unit: 's', explicit: { buckets: DURATION_BUCKETS.map((seconds) => `${seconds * 1000}ms`) } },
  metrics_flush_interval: '15s',
}

const GAUGES: readonly [name: string, attributeOf: (window: QuotaWindow) => string][] = [
  [METRIC_MANGOPAY_CLIENT_RATE_LIMIT_LIMIT, (window) => quotaOf('limit', window)],
  [METRIC_MANGOPAY_CLIENT_RATE_LIMIT_USAGE, (window) => quotaOf('used', window)],
  [METRIC_MANGOPAY_CLIENT_RATE_LIMIT_REMAINING, (window) => quotaOf('remaining', window)],
  [METRIC_MANGOPAY_CLIENT_RATE_LIMIT_READING_TIMESTAMP, () => READING_TIMESTAMP],
]

/** Quota: a gauge for each window, since the window is a label that no span has. */
export const quotaMetrics = {
  error_mode: 'ignore',
  spans: GAUGES.flatMap(([name, attributeOf]) =>
    QUOTA_WINDOWS.map((window) => ({
      name: `${name}.${window.name}`,
      description: INSTRUMENTS[name]?.description ?? '',
      ...(INSTRUMENTS[name]?.unit === undefined ? {} : { unit: INSTRUMENTS[name].unit }),
      include_resource_attributes: SERVICE.map((key) => ({ key })),
      attributes: [{ key: ATTR_MANGOPAY_ENVIRONMENT }],
      conditions: [`${quotaOf('used', window)} != nil`],
      gauge: { value: attributeOf(window) },
    })),
  ),
}

const label = (name: string) => `datapoint.attributes[${text(name)}]`
const resource = (name: string) => `resource.attributes[${text(name)}]`
const INSTANCE = resource('service.instance.id')
const WINDOW_AT_END = `\\.(?P<window>${QUOTA_WINDOWS.map(({ name }) => literal(name)).join('|')})$`
const isQuota = matches('metric.name', `^${literal('mangopay.client.rate_limit.')}.*${WINDOW_AT_END}`)

/** Makes of what the two connectors call their metrics what the library calls them. */
export const metricGroups: readonly Group[] = [
  {
    comment: 'Each Collector writes series of its own: two that write the same one would overwrite each other.',
    context: 'datapoint',
    statements: [
      set(INSTANCE, label(COLLECTOR_INSTANCE), `${label(COLLECTOR_INSTANCE)} != nil`),
      `delete_key(datapoint.attributes, ${text(COLLECTOR_INSTANCE)})`,
      set(label(ATTR_HTTP_RESPONSE_STATUS_CODE), label(STATUS_LABEL), `${label(STATUS_LABEL)} != nil`),
      `delete_key(datapoint.attributes, ${text(STATUS_LABEL)})`,
      set(
        label(ATTR_MANGOPAY_RATE_LIMIT_WINDOW),
        `ExtractPatterns(metric.name, ${text(WINDOW_AT_END)})["window"]`,
        isQuota,
      ),
    ],
  },
  {
    comment: 'Of the service only its name: what else its resource says is that of one of its processes.',
    context: 'resource',
    statements: [
      ...['signal_to_metrics', 'signaltometrics'].map((connector) =>
        set(
          INSTANCE,
          resource(`${connector}.service.instance.id`),
          `${resource(`${connector}.service.instance.id`)} != nil`,
        ),
      ),
      `keep_keys(resource.attributes, [${[...SERVICE, 'service.instance.id'].map(text).join(', ')}])`,
    ],
  },
  {
    comment: 'The names of the library.',
    context: 'metric',
    statements: [
      `replace_pattern(metric.name, ${text(WINDOW_AT_END)}, "") where ${isQuota}`,
      ...Object.entries(NAMES).flatMap(([theirs, ours]) => {
        const is = `metric.name == ${text(theirs)}`
        const { description = '', unit } = INSTRUMENTS[ours] ?? {}
        return [
          set('metric.description', text(description), is),
          ...(unit === undefined ? [] : [set('metric.unit', text(unit), is)]),
          set('metric.name', text(ours), is),
        ]
      }),
    ],
  },
  {
    comment: 'Who made them.',
    context: 'scope',
    statements: [set('scope.name', '"opentelemetry-mangopay"'), set('scope.version', '""')],
  },
]
