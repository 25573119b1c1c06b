/**
 * How Prometheus spells OpenTelemetry names: dots become underscores, a counter ends in `_total`, and a unit of seconds
 * is appended on the OTLP way only (the pull exporter of the JS SDK leaves it out).
 */

import {
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_MANGOPAY_ACCOUNT,
  ATTR_MANGOPAY_ENVIRONMENT,
  ATTR_MANGOPAY_ERROR_CATEGORY,
  ATTR_MANGOPAY_OPERATION,
  ATTR_MANGOPAY_OUTCOME,
  ATTR_MANGOPAY_RATE_LIMIT_WINDOW,
  ATTR_MANGOPAY_RESOURCE,
  ATTR_MANGOPAY_RESULT_CATEGORY,
  ATTR_MANGOPAY_RESULT_CODE,
  ATTR_MANGOPAY_RESULT_STATUS,
  ATTR_MANGOPAY_WEBHOOK_DELIVERY,
  ATTR_MANGOPAY_WEBHOOK_EVENT_TYPE,
  METRIC_MANGOPAY_CLIENT_RATE_LIMIT_LIMIT,
  METRIC_MANGOPAY_CLIENT_RATE_LIMIT_READING_TIMESTAMP,
  METRIC_MANGOPAY_CLIENT_RATE_LIMIT_REMAINING,
  METRIC_MANGOPAY_CLIENT_RATE_LIMIT_USAGE,
  METRIC_MANGOPAY_CLIENT_REQUEST_DURATION,
  METRIC_MANGOPAY_CLIENT_REQUESTS,
  METRIC_MANGOPAY_CLIENT_RESULT_FAILURES,
  METRIC_MANGOPAY_CLIENT_RESULTS,
  METRIC_MANGOPAY_WEBHOOK_NOTIFICATIONS,
} from '../src/names.ts'

/** An attribute or metric name with every character that Prometheus does not know replaced by an underscore. */
export const toPrometheus = (name: string): string => name.replace(/[^a-zA-Z0-9_]/g, '_')

/** The labels of our metrics, as Prometheus spells them. `job` and `instance` come from the resource. */
export const LABEL = {
  job: 'job',
  instance: 'instance',
  environment: toPrometheus(ATTR_MANGOPAY_ENVIRONMENT),
  account: toPrometheus(ATTR_MANGOPAY_ACCOUNT),
  operation: toPrometheus(ATTR_MANGOPAY_OPERATION),
  category: toPrometheus(ATTR_MANGOPAY_ERROR_CATEGORY),
  outcome: toPrometheus(ATTR_MANGOPAY_OUTCOME),
  status: toPrometheus(ATTR_HTTP_RESPONSE_STATUS_CODE),
  window: toPrometheus(ATTR_MANGOPAY_RATE_LIMIT_WINDOW),
  resource: toPrometheus(ATTR_MANGOPAY_RESOURCE),
  resultStatus: toPrometheus(ATTR_MANGOPAY_RESULT_STATUS),
  resultCategory: toPrometheus(ATTR_MANGOPAY_RESULT_CATEGORY),
  resultCode: toPrometheus(ATTR_MANGOPAY_RESULT_CODE),
  eventType: toPrometheus(ATTR_MANGOPAY_WEBHOOK_EVENT_TYPE),
  delivery: toPrometheus(ATTR_MANGOPAY_WEBHOOK_DELIVERY),
} as const

const duration = toPrometheus(METRIC_MANGOPAY_CLIENT_REQUEST_DURATION)

/** Our metrics, as Prometheus spells them. */
export const SERIES = {
  requests: `${toPrometheus(METRIC_MANGOPAY_CLIENT_REQUESTS)}_total`,
  limit: toPrometheus(METRIC_MANGOPAY_CLIENT_RATE_LIMIT_LIMIT),
  usage: toPrometheus(METRIC_MANGOPAY_CLIENT_RATE_LIMIT_USAGE),
  remaining: toPrometheus(METRIC_MANGOPAY_CLIENT_RATE_LIMIT_REMAINING),
  readingTimestamp: toPrometheus(METRIC_MANGOPAY_CLIENT_RATE_LIMIT_READING_TIMESTAMP),
  /** Over OTLP. */
  durationBucketOtlp: `${duration}_seconds_bucket`,
  /** From the pull exporter. */
  durationBucketPull: `${duration}_bucket`,
  /** With the options `results` and `webhooks`. */
  results: `${toPrometheus(METRIC_MANGOPAY_CLIENT_RESULTS)}_total`,
  resultFailures: `${toPrometheus(METRIC_MANGOPAY_CLIENT_RESULT_FAILURES)}_total`,
  notifications: `${toPrometheus(METRIC_MANGOPAY_WEBHOOK_NOTIFICATIONS)}_total`,
} as const

/** A selector of both spellings of the duration histogram's buckets; `matchers` go into the braces as they are. */
export const durationBuckets = (matchers = ''): string =>
  `{__name__=~"${duration}(_seconds)?_bucket"${matchers === '' ? '' : `,${matchers}`}}`
