/** `classify` on what the real clients reject with, in every conformance case. */
import { execFileSync } from 'node:child_process'
import { beforeAll, expect, it } from 'vitest'
import type { ClassifiedCase } from '../conformance/classify-driver.ts'
import { lab } from '../matrix/lab.ts'
import { clientPackages } from '../matrix/lines.ts'

/** What an error does not tell, with the category that is said instead. */
const limits: readonly { cases: readonly string[]; clients: readonly string[]; category: string; reason: string }[] = [
  {
    cases: ['404 closed in the body'],
    clients: ['axios (fetch)', 'fetch', 'undici', 'node:http'],
    category: 'network',
    reason: 'The error of a body that was cut has no status.',
  },
  {
    cases: ['time-out before the answer', 'time-out in the body', 'connect time-out'],
    clients: ['node:http'],
    category: 'network',
    reason: 'Who destroys a request on its time limit gets the error of a connection that somebody closed.',
  },
  {
    cases: ['time-out in the body'],
    clients: ['axios'],
    category: 'network',
    reason: 'axios says of a time limit in the body what it says of a body that was cut.',
  },
  {
    cases: ['401 that asks for SCA'],
    clients: ['mangopay4', 'mangopay2'],
    category: 'authentication',
    reason: 'The SDK gives the body alone, and a header asks for it.',
  },
]

let all: ClassifiedCase[]
beforeAll(() => {
  const driver = 'build/test/conformance/classify-driver.js'
  const told = execFileSync(process.execPath, [driver, lab(clientPackages)], { encoding: 'utf8', maxBuffer: 1 << 28 })
  all = JSON.parse(told) as ClassifiedCase[]
}, 600_000)

/** Nothing is told, and no guess made. */
const isSilent = ({ said }: ClassifiedCase) => said.category === undefined && said.outcome === 'unknown'
const limitOf = ({ case: name, client, said }: ClassifiedCase) =>
  limits.find((one) => one.cases.includes(name) && one.clients.includes(client) && one.category === said.category)

it('is true, or says that it does not know, or is listed', () => {
  const wrong = all.filter(
    (one) => !isSilent(one) && one.said.category !== one.truth.category && limitOf(one) === undefined,
  )
  expect(wrong).toEqual([])
  const whole = all.filter(({ said, truth }) => said.category === truth.category && said.outcome === truth.outcome)
  expect(whole.length / all.length).toBeGreaterThan(0.7)
})

it('never says of a write whose effect nobody knows that it is settled or may be repeated', () => {
  const settled = all.filter(
    ({ truth, said }) => truth.outcome === 'unknown' && (said.outcome !== 'unknown' || said.retryable),
  )
  expect(settled).toEqual([])
})

it('says of no call that failed that it went well, and of none that went well that it failed', () => {
  expect(
    all.filter(
      ({ truth, said }) => (truth.outcome === 'success') !== (said.outcome === 'success') && said.outcome !== 'unknown',
    ),
  ).toEqual([])
})

it('lists no limit that nothing needs, and no client is missing', () => {
  const needed = new Set(all.map(limitOf))
  expect(limits.filter((one) => !needed.has(one))).toEqual([])
  expect([...new Set(all.map(({ client }) => client))].sort()).toEqual([
    'axios',
    'axios (fetch)',
    'fetch',
    'mangopay2',
    'mangopay4',
    'node:http',
    'undici',
  ])
})
