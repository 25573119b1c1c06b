/**
 * What the agents themselves write on a span of ours that may hold personal data: URLs in attributes, and in the texts of
 * errors (Python's requests and PHP's Guzzle put the URL there).
 */
import { ATTR_MANGOPAY_OPERATION } from '../src/names.ts'
import { and, attribute, type Group, isText, isThere, text } from './ottl.ts'

/** docs/limits.md removes the same attributes in a Node app. */
const URL_ATTRIBUTES = '^(?:url\\.(?:full|path|query)|http\\.(?:url|target))$'

/** A URL, or a path of the API, in the midst of a text. */
const URL_IN_TEXT = '(?:https?://|/+[vV][0-9.]+/)[^\\s"\'>),;]+'

const redact = (path: string, condition: string): string =>
  `replace_pattern(${path}, ${text(URL_IN_TEXT)}, "{url}") where ${condition}`

const OURS = and('span.kind == SPAN_KIND_CLIENT', isThere(attribute(ATTR_MANGOPAY_OPERATION)))

export const privacyGroups: readonly Group[] = [
  {
    comment: 'Personal data: no URL in attributes, and none in the texts of errors.',
    context: 'span',
    conditions: [OURS],
    statements: [
      `delete_matching_keys(span.attributes, ${text(URL_ATTRIBUTES)})`,
      redact('span.status.message', 'span.status.message != ""'),
      redact(attribute('http.error_message'), isText(attribute('http.error_message'))),
    ],
  },
  {
    comment: 'The same in exceptions.',
    context: 'spanevent',
    conditions: [and(OURS, 'spanevent.name == "exception"')],
    statements: ['exception.message', 'exception.stacktrace'].map((name) => {
      const path = `spanevent.attributes[${text(name)}]`
      return redact(path, isText(path))
    }),
  },
]
