/**
 * Every name this library writes, once: span attributes, metrics, and the values of the closed sets among them. The
 * code, the dashboard, the alerts and the tests import from here. Spelling follows the OpenTelemetry naming rules
 * (`mangopay.` as the product's namespace); constants follow the style of `@opentelemetry/semantic-conventions`.
 *
 * @packageDocumentation
 */

// ---------------------------------------------------------------------------------------------------------------
// Attributes

/** Which Mangopay a call went to: `production`, `sandbox`, or the name given with the `hosts` option. On every call. */
export const ATTR_MANGOPAY_ENVIRONMENT = 'mangopay.environment'

/**
 * Method and route without version and client id, such as `POST /payins/card/direct` or `GET /users/{userId}`;
 * `_OTHER` for what the route table does not know. On every call.
 */
export const ATTR_MANGOPAY_OPERATION = 'mangopay.operation'

/**
 * The text that belongs to the status code: Mangopay's own for its 14 documented codes, else the standard reason
 * phrase. Absent without a response and for codes that have no text.
 */
export const ATTR_MANGOPAY_RESPONSE_STATUS_TEXT = 'mangopay.response.status_text'

/** Why the call failed, one of the `MANGOPAY_ERROR_CATEGORY_VALUE_*`. Absent on success. */
export const ATTR_MANGOPAY_ERROR_CATEGORY = 'mangopay.error.category'

/**
 * Boolean: whether sending the same request again can succeed and cannot do the thing twice. Absent on success, and
 * `false` when the outcome is `unknown`.
 */
export const ATTR_MANGOPAY_ERROR_RETRYABLE = 'mangopay.error.retryable'

/**
 * What is known of the call's effect, one of the `MANGOPAY_OUTCOME_VALUE_*`. On every call. `success` means answered
 * 2xx (or a redirect of a read); it does not say that a payment went through (Mangopay reports a refused payment as 200 with a `Status`).
 */
export const ATTR_MANGOPAY_OUTCOME = 'mangopay.outcome'

/** String array on a 429: the quota windows with nothing left, such as `["15m"]`. Only when the headers were seen. */
export const ATTR_MANGOPAY_RATE_LIMIT_EXHAUSTED_WINDOWS = 'mangopay.rate_limit.exhausted_windows'

/** Label of the quota metrics: the sliding window, one of `1m`, `5m`, `15m`, `30m`, `1h`, `24h`. */
export const ATTR_MANGOPAY_RATE_LIMIT_WINDOW = 'mangopay.rate_limit.window'

/** Label of the quota metrics with the `accounts` option: the alias of the Mangopay client id. */
export const ATTR_MANGOPAY_ACCOUNT = 'mangopay.account'

/** Label of `mangopay.client.error_ratio`, one of the `MANGOPAY_ERROR_RATIO_KIND_VALUE_*`. */
export const ATTR_MANGOPAY_ERROR_RATIO_KIND = 'mangopay.error_ratio.kind'

/** From the OpenTelemetry HTTP conventions; set by this library when the route is known and nobody else set it. */
export const ATTR_URL_TEMPLATE = 'url.template'

/** From the OpenTelemetry HTTP conventions; a label of `mangopay.client.requests`, an integer, absent without a response. */
export const ATTR_HTTP_RESPONSE_STATUS_CODE = 'http.response.status_code'

// ---------------------------------------------------------------------------------------------------------------
// Values

/** Operation of a call that the route table does not know, and of what exceeds the attribute-set limit. */
export const MANGOPAY_OPERATION_VALUE_OTHER = '_OTHER'

/**
 * 400, 405, 411, 413, 415, 422 and every 4xx not named elsewhere; without a status, what our own client refuses to send
 * or cannot send whole: usually our code.
 */
export const MANGOPAY_ERROR_CATEGORY_VALUE_INVALID_REQUEST = 'invalid_request'
/** 401, and 400 on a token call: usually our credentials. */
export const MANGOPAY_ERROR_CATEGORY_VALUE_AUTHENTICATION = 'authentication'
/** 401 that asks the end user for strong customer authentication: nobody's fault. */
export const MANGOPAY_ERROR_CATEGORY_VALUE_SCA_REQUIRED = 'sca_required'
/** 403: usually our account or its permissions. */
export const MANGOPAY_ERROR_CATEGORY_VALUE_AUTHORIZATION = 'authorization'
/** 404: usually our data. */
export const MANGOPAY_ERROR_CATEGORY_VALUE_NOT_FOUND = 'not_found'
/** 409: an idempotency key was used again; the protection worked. */
export const MANGOPAY_ERROR_CATEGORY_VALUE_IDEMPOTENCY_CONFLICT = 'idempotency_conflict'
/** 429: our volume. */
export const MANGOPAY_ERROR_CATEGORY_VALUE_RATE_LIMIT = 'rate_limit'
/** Every 5xx: usually Mangopay or the edge in front of it. */
export const MANGOPAY_ERROR_CATEGORY_VALUE_SERVER_ERROR = 'server_error'
/** 408 and every kind of time-out: Mangopay or the network. */
export const MANGOPAY_ERROR_CATEGORY_VALUE_TIMEOUT = 'timeout'
/** DNS, refused, reset, TLS, a body that was cut: the network. */
export const MANGOPAY_ERROR_CATEGORY_VALUE_NETWORK = 'network'
/** Our side gave up: an abort, a pool or an answer that the app destroys, an answer larger than it accepts: our code. */
export const MANGOPAY_ERROR_CATEGORY_VALUE_CANCELLED = 'cancelled'
/** No usable answer and no error either, or a status that is no HTTP status: unclear. */
export const MANGOPAY_ERROR_CATEGORY_VALUE_UNEXPECTED_RESPONSE = 'unexpected_response'

/** Answered 2xx, or a redirect of a read. */
export const MANGOPAY_OUTCOME_VALUE_SUCCESS = 'success'
/** Failed, and it is known that nothing was done. */
export const MANGOPAY_OUTCOME_VALUE_FAILURE = 'failure'
/** A write that may have taken effect although no answer confirms it. Repeat it only with its idempotency key. */
export const MANGOPAY_OUTCOME_VALUE_UNKNOWN = 'unknown'

/** Share of calls answered 429. */
export const MANGOPAY_ERROR_RATIO_KIND_VALUE_429 = '429'
/** Share of calls answered 500. */
export const MANGOPAY_ERROR_RATIO_KIND_VALUE_500 = '500'
/** Share of calls that failed as `server_error`, `timeout` or `network`: the one meaning of "Mangopay is failing". */
export const MANGOPAY_ERROR_RATIO_KIND_VALUE_UNAVAILABLE = 'unavailable'

// ---------------------------------------------------------------------------------------------------------------
// Metrics

/**
 * Counter, `{request}`: calls by `mangopay.operation`, `mangopay.environment`, `http.response.status_code`,
 * `mangopay.error.category` and `mangopay.outcome`. Prometheus: `mangopay_client_requests_total`.
 */
export const METRIC_MANGOPAY_CLIENT_REQUESTS = 'mangopay.client.requests'

/**
 * Histogram, `s`: duration of calls by `mangopay.operation` and `mangopay.environment`. Prometheus:
 * `mangopay_client_request_duration_seconds` over OTLP, `mangopay_client_request_duration` by the JS pull exporter.
 */
export const METRIC_MANGOPAY_CLIENT_REQUEST_DURATION = 'mangopay.client.request.duration'

/**
 * Gauge, 0 to 1: share of this process's calls in the sliding window that failed, by `mangopay.error_ratio.kind`. For
 * people without a query language; never to be aggregated over processes. 0 without calls.
 */
export const METRIC_MANGOPAY_CLIENT_ERROR_RATIO = 'mangopay.client.error_ratio'

/** Gauge, `{request}`: calls the account may make in a window (used + remaining). */
export const METRIC_MANGOPAY_CLIENT_RATE_LIMIT_LIMIT = 'mangopay.client.rate_limit.limit'
/** Gauge, `{request}`: calls the account has made in a window. */
export const METRIC_MANGOPAY_CLIENT_RATE_LIMIT_USAGE = 'mangopay.client.rate_limit.usage'
/** Gauge, `{request}`: calls the account has left in a window. */
export const METRIC_MANGOPAY_CLIENT_RATE_LIMIT_REMAINING = 'mangopay.client.rate_limit.remaining'
/** Gauge, unix seconds on the server's clock: when the answer was sent that the quota was read from. */
export const METRIC_MANGOPAY_CLIENT_RATE_LIMIT_READING_TIMESTAMP = 'mangopay.client.rate_limit.reading_timestamp'
