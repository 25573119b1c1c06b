/** A mock for each test, and the simplest call of it: a look at its events. */
import { afterEach, beforeEach } from 'vitest'
import { type Mock, startMock } from '../../examples/mock/server.ts'

export let mock: Mock
export let authorization: string
export const EVENTS = '/v2.01/demo-platform/events'

/** Starts the mock; a test that wants another closes the one before. */
export const start = async (options: Parameters<typeof startMock>[0] = {}) => {
  mock = await startMock(options)
  authorization = `Bearer ${mock.issueToken()}`
}
beforeEach(() => start())
afterEach(() => mock.close())

export const get = (signal?: AbortSignal) =>
  fetch(`${mock.url}${EVENTS}`, { headers: { authorization }, ...(signal ? { signal } : {}) })
