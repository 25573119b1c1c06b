/** Spans of requests that got no answer. */
import type { Attributes } from '@opentelemetry/api'
import type { SpanView } from '../../src/span/otel.ts'

/** What instrumentations leave of an error. */
export interface Evidence {
  type?: string | number
  message?: string
  exception?: string
  exceptionMessage?: string
  stack?: string
  old?: [name: string, message: string]
}

export function spanWith({ type, message, exception, exceptionMessage, stack, old }: Evidence): SpanView {
  const attributes: Attributes = {}
  if (type !== undefined) attributes['error.type'] = type
  if (old !== undefined) {
    attributes['http.error_name'] = old[0]
    attributes['http.error_message'] = old[1]
  }
  const events = [{ name: 'something else', attributes: { 'exception.type': 'ETIMEDOUT' } }]
  if (exception !== undefined) {
    events.push({
      name: 'exception',
      attributes: {
        'exception.type': exception,
        'exception.message': exceptionMessage ?? message ?? '',
        ...(stack === undefined ? {} : { 'exception.stacktrace': stack }),
      } as never,
    })
  }
  return {
    attributes,
    events,
    status: { code: 2, ...(message === undefined ? {} : { message }) },
  } as unknown as SpanView
}
