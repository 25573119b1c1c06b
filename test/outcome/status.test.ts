import { STATUS_CODES } from 'node:http'
import { expect, it } from 'vitest'
import { statusText } from '../../src/outcome/status.ts'

/** The seed's table, to the letter. */
const MANGOPAY: Record<number, string> = {
  200: 'OK',
  204: 'No content',
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  411: 'Length Required',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
}

it('has Mangopay’s own text for its 14 codes and the standard one, or none, for all others', () => {
  expect(Object.keys(MANGOPAY)).toHaveLength(14)
  for (let code = 0; code < 1000; code++) expect(statusText(code), `${code}`).toBe(MANGOPAY[code] ?? STATUS_CODES[code])
})
