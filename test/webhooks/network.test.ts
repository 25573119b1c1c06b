/** Notifications of the mock, sent as Mangopay sends them, to an app's own server: counted as the mock knows them. */
import { createServer, get, type Server, type ServerResponse } from 'node:http'
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-base'
import { afterEach, describe, expect, it } from 'vitest'
import { listen, stop } from '../../examples/mock/listen.ts'
import { EVENT_TYPES } from '../../src/webhooks/event-types.ts'
import { type Lab, type LabOptions, startLab } from '../network/lab.ts'

const PATH = '/hooks/mangopay'
const NOTIFICATIONS = 'mangopay.webhook.notifications'

let lab: Lab
let servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map(stop))
  await lab.close()
})

/** Instances of an app behind a balancer, each of which answers as it is told. */
const start = async (answers: readonly ((response: ServerResponse) => void)[], options: LabOptions = {}) => {
  servers = answers.map((answer) => createServer((_, response) => answer(response)))
  const ports = await Promise.all(servers.map((server) => listen(server, 0, '127.0.0.1')))
  const urls = ports.map((port) => `http://127.0.0.1:${port}${PATH}`)
  // Ten minutes are 60 ms, eight hours three seconds.
  lab = await startLab({
    ...options,
    mock: { ...options.mock, hooks: { urls, pace: 10_000 } },
    processor: { webhooks: PATH, results: true },
  })
  return ports
}

const settled = async () => {
  while ((lab.mock.hookTotals()?.waiting ?? 0) > 0) await new Promise((resolve) => setTimeout(resolve, 20))
  await new Promise((resolve) => setTimeout(resolve, 50))
}

const counted = async () => {
  const sent: Record<string, Record<string, number>> = {}
  for (const { attributes, value } of (await lab.metrics()).of(NOTIFICATIONS)) {
    const type = String(attributes['mangopay.webhook.event_type'])
    if (value > 0) sent[type] = { ...sent[type], [String(attributes['mangopay.webhook.delivery'])]: value }
  }
  return sent
}

/** What the mock has sent, without the zeros. */
const sent = () =>
  Object.fromEntries(
    Object.entries(lab.mock.hookTotals()?.sent ?? {}).map(([type, outcomes]) => [
      type,
      Object.fromEntries(Object.entries(outcomes).filter(([, count]) => count > 0)),
    ]),
  )

const pay = async (count: number, later: string, code?: string) => {
  const operations = ['POST /payins/card/web', 'POST /payouts/bankwire'] as const
  for (let i = 0; i < count; i++) {
    const operation = operations[i % 2] as string
    const fate = {
      status: 'CREATED',
      later: { milliseconds: 20, status: later, ...(code === undefined ? {} : { code }) },
    }
    lab.mock.resultNext(fate, [operation])
    await lab.call('axios', { method: 'POST', url: lab.url(operation.slice(5)), body: {} })
  }
}

const ok = (response: ServerResponse) => void response.end('OK')

describe('notifications', () => {
  it('of three instances with refusals and repeats: as many acknowledged ones as things have happened', async () => {
    let turn = 0
    const refusing = (response: ServerResponse) => {
      response.statusCode = [503, 204, 500, 200][turn++ % 4] as number
      response.end()
    }
    const dying = (response: ServerResponse) => {
      if (turn++ % 3 === 0) response.statusCode = 404
      response.end()
    }
    await start([ok, refusing, dying])
    await pay(40, 'SUCCEEDED')
    await pay(20, 'FAILED', '101101')
    await settled()
    const totals = lab.mock.hookTotals()
    expect(Object.keys(totals?.events ?? {}).length).toBe(6)
    expect(await counted()).toEqual(sent())
    const acknowledged = Object.fromEntries(
      Object.entries(await counted()).map(([type, outcomes]) => [type, outcomes['acknowledged']]),
    )
    expect(acknowledged).toEqual(totals?.events)
    expect(lab.mangopay.snapshot().webhooks).toEqual(sent())
  })

  it('that are answered too late, and again in time', async () => {
    let isFirst = true
    const slow = (response: ServerResponse) => {
      setTimeout(() => response.end(), isFirst ? 2_100 : 0)
      isFirst = false
    }
    await start([slow])
    lab.mock.resultNext({ status: 'FAILED', code: '001001' }, ['POST /transfers'])
    await lab.call('axios', { method: 'POST', url: lab.url('/transfers'), body: {} })
    await settled()
    expect(await counted()).toEqual({ TRANSFER_NORMAL_FAILED: { late: 1, acknowledged: 1 } })
    expect(await counted()).toEqual(sent())
  })

  it('are counted when nothing is sampled, and nothing of them is exported', async () => {
    await start([ok], { sampler: (mangopay) => mangopay.sampler(new AlwaysOffSampler()) })
    await pay(10, 'FAILED', '101101')
    await settled()
    expect(await counted()).toEqual(sent())
    expect(lab.allSpans()).toEqual([])
  })

  it('exist at 0 before the first one, as soon as the app was asked anything', async () => {
    const [port] = await start([ok])
    await new Promise((resolve) => get({ port, path: '/healthz' }, (response) => response.resume().on('end', resolve)))
    const zeros = (await lab.metrics()).of(NOTIFICATIONS)
    const outcomes = EVENT_TYPES.filter((type) => type.endsWith('SUCCEEDED') || type.endsWith('FAILED'))
    expect(zeros.every(({ value }) => value === 0)).toBe(true)
    expect(zeros.map(({ attributes }) => attributes['mangopay.webhook.event_type'])).toEqual(
      expect.arrayContaining(outcomes),
    )
  })

  it('that others forge on any other path or by any other method are none', async () => {
    const [port] = await start([ok])
    const query = '?EventType=PAYIN_NORMAL_FAILED&RessourceId=1&Date=1'
    for (const [method, path] of [
      ['GET', `/search${query}`],
      ['GET', `/search?next=${PATH}${query}`],
      ['POST', `${PATH}${query}`],
      ['HEAD', `${PATH}${query}`],
      ['GET', `${PATH}/x${query}`],
      ['GET', PATH],
    ]) {
      await new Promise((resolve) => get({ port, path, method }, (response) => response.resume().on('end', resolve)))
    }
    expect(await counted()).toEqual({})
  })
})
