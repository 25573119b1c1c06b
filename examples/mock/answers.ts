import type { Fault } from '../scenarios.ts'

/** What the mock is going to send. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/** Where a request stands when an answer is written for it. */
export interface AnswerContext {
  method: string
  target: string
  /** Whether it is a token call, which answers in OAuth's shape. */
  token: boolean
  /** Server time, epoch milliseconds. */
  now: number
  /** A new random id of the error report. */
  errorId: string
}

/** A JSON answer. */
export const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
})

const html = (status: number, title: string, edge: boolean): Answer => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=UTF-8', ...(edge ? { Server: 'cloudflare' } : {}) },
  body: `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
})

const EDGE_TITLES: Record<number, string> = {
  403: 'Attention Required! | Cloudflare',
  502: '502 Bad Gateway',
  503: '503 Service Temporarily Unavailable',
  504: '504 Gateway Time-out',
  520: 'api.sandbox.mangopay.com | 520: Web server is returning an unknown error',
}

/** The page of the edge, in HTML: not Mangopay's own error shape. */
const edgePage = (status: number): Answer => html(status, EDGE_TITLES[status] ?? `${status}`, true)

/** `Type` and message of the error reports whose Type is known. The others are answered with a message alone. */
const REPORTS: Record<number, { type: string; message: string; errors?: Record<string, string> }> = {
  400: {
    type: 'param_error',
    message: 'One or several required parameters are missing or incorrect.',
    errors: { Amount: 'The field Amount is invalid' },
  },
  401: { type: 'invalid_credentials', message: 'The credentials you provided are not valid' },
  403: { type: 'forbidden_ressource', message: 'This resource is not open to your account' },
  404: {
    type: 'ressource_not_found',
    message: 'The ressource does not exist',
    errors: { RessourceNotFound: 'Cannot found the ressource' },
  },
  409: { type: 'idempotent_creation_conflict', message: 'This idempotency key has been used already' },
  429: { type: 'rate_limit', message: 'Rate limit exceeded' },
  500: { type: 'other', message: 'Internal Server Error' },
}

const MESSAGES: Record<number, string> = {
  408: 'Request timeout.',
  413: 'The file is too large.',
  415: 'The media type of the request is not supported.',
  422: 'The request cannot be processed.',
}

/** An error of the API itself, in the shape that this code has. With a message of its own it names no field. */
export const apiError = (status: number, context: AnswerContext, message?: string): Answer => {
  if (context.token && status === 401) return json(401, { error: 'invalid_client' })
  if (context.token && status === 400) {
    return json(400, { error: 'unauthorized_client', error_description: 'The account is temporarily locked' })
  }
  // An answer of Windows' HTTP layer, before the API: HTML, as the Java SDK's users saw it.
  if (status === 411) return html(411, 'HTTP Error 411. The request must be chunked or have a content length.', false)
  if (status === 405) {
    return json(405, { Message: `The requested resource does not support http method '${context.method}'.` })
  }
  const report = REPORTS[status]
  if (!report) return json(status, { Message: message ?? MESSAGES[status] ?? 'An error occurred.' })
  // The gateway's refusals have neither an id nor a list of errors.
  if (status === 401) return json(401, { Message: report.message, Type: report.type })
  return json(status, {
    Message: message ?? report.message,
    Type: report.type,
    Id: `${context.errorId}#${Math.floor(context.now / 1_000)}`,
    Date: Math.floor(context.now / 1_000),
    errors: (message === undefined ? report.errors : undefined) ?? null,
  })
}

/** A path that the API does not know: a body without Type. */
export const unknownRoute = (host: string, target: string): Answer =>
  json(404, { Message: `No HTTP resource was found that matches the request URI 'https://${host}${target}'.` })

/** 401 that asks for strong customer authentication, at a link that belongs to one end user. */
const scaChallenge = (redirectUrl: string): Answer => ({
  ...json(401, { Message: 'The user must authenticate' }),
  headers: {
    'Content-Type': 'application/json; charset=utf-8',
    'WWW-Authenticate': `PendingUserAction RedirectUrl=${redirectUrl}`,
  },
})

/** The answer that a fault puts in place of the good one; undefined for faults that only spoil its delivery. */
export const faultAnswer = (fault: Fault, context: AnswerContext, scaUrl: () => string): Answer | undefined => {
  switch (fault.kind) {
    case 'status':
      return apiError(fault.status, context)
    case 'edge':
      return edgePage(fault.status)
    case 'credentials':
      return apiError(401, context)
    case 'sca':
      return scaChallenge(scaUrl())
    case 'empty':
      return { status: fault.status, headers: {}, body: '' }
    case 'redirect':
      // To the same place in another spelling, so that no path of the mock is special.
      return { status: fault.status ?? 307, headers: { Location: respelled(context.target) }, body: '' }
    default:
      return undefined
  }
}

const respelled = (target: string): string => {
  const [path = '', query] = target.split('?')
  const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`
  return query === undefined ? other : `${other}?${query}`
}
