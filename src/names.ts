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

/**
 * Label of every metric with the `accounts` option: the alias of the Mangopay client id, or `_OTHER` for calls of an id
 * that the option does not list and for those that name none, such as a call for a token.
 */
export const ATTR_MANGOPAY_ACCOUNT = 'mangopay.account'

/** Label of `mangopay.client.error_ratio`, one of the `MANGOPAY_ERROR_RATIO_KIND_VALUE_*`. */
export const ATTR_MANGOPAY_ERROR_RATIO_KIND = 'mangopay.error_ratio.kind'

/**
 * With the `results` option: kind of object whose status a call was answered with, such as `pay_in` or `payout`, one of
 * the `MANGOPAY_RESOURCE_VALUE_*`.
 */
export const ATTR_MANGOPAY_RESOURCE = 'mangopay.resource'

/**
 * The `Status` of that object, in Mangopay's own words (`CREATED`, `SUCCEEDED`, `FAILED`, `VALIDATED`, `REFUSED`, …);
 * `_OTHER` for one that is not documented.
 */
export const ATTR_MANGOPAY_RESULT_STATUS = 'mangopay.result.status'

/** Its `ResultCode`, six digits; `_OTHER` for what is no such code. Absent where the object has none. */
export const ATTR_MANGOPAY_RESULT_CODE = 'mangopay.result.code'

/** Why it failed, one of the `MANGOPAY_RESULT_CATEGORY_VALUE_*`. Absent when it has not failed. */
export const ATTR_MANGOPAY_RESULT_CATEGORY = 'mangopay.result.category'

/** With the `webhooks` option: event type of a notification, such as `PAYIN_NORMAL_FAILED`; `_OTHER` for unknown ones. */
export const ATTR_MANGOPAY_WEBHOOK_EVENT_TYPE = 'mangopay.webhook.event_type'

/** How a notification was answered, one of the `MANGOPAY_WEBHOOK_DELIVERY_VALUE_*`. */
export const ATTR_MANGOPAY_WEBHOOK_DELIVERY = 'mangopay.webhook.delivery'

/** From the OpenTelemetry HTTP conventions; set by this library when the route is known and nobody else set it. */
export const ATTR_URL_TEMPLATE = 'url.template'

/** From the OpenTelemetry HTTP conventions; a label of `mangopay.client.requests`, an integer, absent without a response. */
export const ATTR_HTTP_RESPONSE_STATUS_CODE = 'http.response.status_code'

// ---------------------------------------------------------------------------------------------------------------
// Values

/** Operation of a call that the route table does not know, and of what exceeds the attribute-set limit. */
export const MANGOPAY_OPERATION_VALUE_OTHER = '_OTHER'

/** Account of a call whose client id option `accounts` does not list, or that names none. */
export const MANGOPAY_ACCOUNT_VALUE_OTHER = '_OTHER'

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

/** A pay-in. */
export const MANGOPAY_RESOURCE_VALUE_PAY_IN = 'pay_in'
/** A payout. */
export const MANGOPAY_RESOURCE_VALUE_PAYOUT = 'payout'
/** A transfer between wallets. */
export const MANGOPAY_RESOURCE_VALUE_TRANSFER = 'transfer'
/** A refund of a pay-in or of a transfer. */
export const MANGOPAY_RESOURCE_VALUE_REFUND = 'refund'
/** A repudiation: the debit of a dispute. */
export const MANGOPAY_RESOURCE_VALUE_REPUDIATION = 'repudiation'
/** A settlement transfer. */
export const MANGOPAY_RESOURCE_VALUE_SETTLEMENT = 'settlement'
/** A currency conversion. */
export const MANGOPAY_RESOURCE_VALUE_CONVERSION = 'conversion'
/** A card validation. */
export const MANGOPAY_RESOURCE_VALUE_CARD_VALIDATION = 'card_validation'
/** A preauthorization. */
export const MANGOPAY_RESOURCE_VALUE_PREAUTHORIZATION = 'preauthorization'
/** A deposit preauthorization. */
export const MANGOPAY_RESOURCE_VALUE_DEPOSIT_PREAUTHORIZATION = 'deposit_preauthorization'
/** A card registration. */
export const MANGOPAY_RESOURCE_VALUE_CARD_REGISTRATION = 'card_registration'
/** A direct-debit mandate. */
export const MANGOPAY_RESOURCE_VALUE_MANDATE = 'mandate'
/** A KYC document. */
export const MANGOPAY_RESOURCE_VALUE_KYC_DOCUMENT = 'kyc_document'
/** A document of a dispute. */
export const MANGOPAY_RESOURCE_VALUE_DISPUTE_DOCUMENT = 'dispute_document'
/** A declaration of beneficial owners. */
export const MANGOPAY_RESOURCE_VALUE_UBO_DECLARATION = 'ubo_declaration'
/** A hosted identity verification. */
export const MANGOPAY_RESOURCE_VALUE_IDENTITY_VERIFICATION = 'identity_verification'
/** A dispute. */
export const MANGOPAY_RESOURCE_VALUE_DISPUTE = 'dispute'
/** A virtual account. */
export const MANGOPAY_RESOURCE_VALUE_VIRTUAL_ACCOUNT = 'virtual_account'
/** A recipient of payouts. */
export const MANGOPAY_RESOURCE_VALUE_RECIPIENT = 'recipient'
/** A registration of recurring pay-ins. */
export const MANGOPAY_RESOURCE_VALUE_RECURRING_REGISTRATION = 'recurring_registration'
/** What has no room of its own, and objects of an unknown kind given to `recordResult`. */
export const MANGOPAY_RESOURCE_VALUE_OTHER = '_OTHER'

/** A status that is not documented. */
export const MANGOPAY_RESULT_STATUS_VALUE_OTHER = '_OTHER'
/** A code that is no result code, or one more than there is room for. */
export const MANGOPAY_RESULT_CODE_VALUE_OTHER = '_OTHER'

/** The payer’s bank refuses: nobody to look, but the share is worth watching. */
export const MANGOPAY_RESULT_CATEGORY_VALUE_BANK_REFUSED = 'bank_refused'
/** The card, account or mandate of the end user is no good. */
export const MANGOPAY_RESULT_CATEGORY_VALUE_PAYMENT_METHOD = 'payment_method'
/** 3-D Secure or another authentication failed: the user or the issuer; a wave of them is the ACS or our redirect. */
export const MANGOPAY_RESULT_CATEGORY_VALUE_AUTHENTICATION = 'authentication'
/** The user did not finish; a wave of them after a deploy is our checkout. */
export const MANGOPAY_RESULT_CATEGORY_VALUE_ABANDONED = 'abandoned'
/** Refused as a possible fraud: by Mangopay’s rules, ours, or the bank’s. */
export const MANGOPAY_RESULT_CATEGORY_VALUE_RISK = 'risk'
/** KYC, or the state of the user: our onboarding. */
export const MANGOPAY_RESULT_CATEGORY_VALUE_VERIFICATION = 'verification'
/** Not enough money in a wallet: our ledger. */
export const MANGOPAY_RESULT_CATEGORY_VALUE_BALANCE = 'balance'
/** Our code, or our set-up at Mangopay. */
export const MANGOPAY_RESULT_CATEGORY_VALUE_INVALID_REQUEST = 'invalid_request'
/** Mangopay, the processor or a bank has a problem. */
export const MANGOPAY_RESULT_CATEGORY_VALUE_TECHNICAL = 'technical'
/** Failed without a code, or with one that belongs to no category. */
export const MANGOPAY_RESULT_CATEGORY_VALUE_UNKNOWN = 'unknown'

/** An event type that is not documented. */
export const MANGOPAY_WEBHOOK_EVENT_TYPE_VALUE_OTHER = '_OTHER'

/** Answered 200 within two seconds: Mangopay does not send this notification again. */
export const MANGOPAY_WEBHOOK_DELIVERY_VALUE_ACKNOWLEDGED = 'acknowledged'
/** Answered after two seconds: Mangopay has given up waiting and sends it again. */
export const MANGOPAY_WEBHOOK_DELIVERY_VALUE_LATE = 'late'
/** Answered in time with anything but 200, or not at all: Mangopay sends it again. */
export const MANGOPAY_WEBHOOK_DELIVERY_VALUE_REFUSED = 'refused'

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

/**
 * Counter, `{result}`: objects with a status that calls were answered with, by `mangopay.operation`,
 * `mangopay.environment`, `mangopay.resource`, `mangopay.result.status` and `mangopay.result.category`. With the `results`
 * option. Prometheus: `mangopay_client_results_total`.
 */
export const METRIC_MANGOPAY_CLIENT_RESULTS = 'mangopay.client.results'

/**
 * Counter, `{result}`: those that failed, by `mangopay.resource`, `mangopay.environment` and `mangopay.result.code`. For
 * tables, not for alerts: a code's series does not exist before its first failure.
 */
export const METRIC_MANGOPAY_CLIENT_RESULT_FAILURES = 'mangopay.client.result.failures'

/**
 * Counter, `{notification}`: Mangopay's notifications that this process was sent, by `mangopay.webhook.event_type` and
 * `mangopay.webhook.delivery`. With the `webhooks` option. The acknowledged ones, over all processes, are one for each
 * thing that happened.
 */
export const METRIC_MANGOPAY_WEBHOOK_NOTIFICATIONS = 'mangopay.webhook.notifications'
