/** A lab whose Mangopay has a small quota, ended after each test, and what the processor shows of it. */
import { afterEach } from 'vitest'
import type { MockOptions } from '../../examples/mock/options.ts'
import type { ClientName } from './instrumented.ts'
import { type Lab, type LabOptions, startLab } from './lab.ts'

const QUOTA = [
  { seconds: 900, limit: 5 },
  { seconds: 86_400, limit: 100 },
]

export const CLIENTS: ClientName[] = ['sdk', 'axios', 'fetch', 'undici']

export let lab: Lab
afterEach(() => lab.close())

export const start = async (mock: MockOptions, more: LabOptions = {}) => {
  lab = await startLab({ mock: { quota: QUOTA, ...mock }, ...more })
}
export const get = (client: ClientName = 'fetch') => lab.call(client, { method: 'GET', url: lab.url('/users') })
/** Window, used, remaining. */
export const shown = () =>
  lab.mangopay.snapshot().environments['lab']?.quota.map(({ window, used, remaining }) => [window, used, remaining])
