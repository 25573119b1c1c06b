/** The service of `test/children` with this library and without, each with a Mangopay and a collector of its own. */
import type { Snapshot } from 'opentelemetry-mangopay'
import { afterEach, expect } from 'vitest'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import { type Mock, startMock } from '../../examples/mock/server.ts'
import type { ServiceSettings } from '../children/service.ts'
import { type Manner, Receiver } from './receiver.ts'
import { type Ended, type Running, start } from './run.ts'
import { addedSecrets, type Escaped, secretPlaces } from './secret-places.ts'

/** What surrounds one service. */
export interface Stage {
  mock: Mock
  collector: Receiver
  settings: ServiceSettings
}
const stages: Stage[] = []
afterEach(async () => {
  await Promise.all(stages.splice(0).flatMap(({ mock, collector }) => [mock.close(), collector.stop()]))
})

/** Sets a stage, which is cleared after the test. */
const setStage = async (more: Partial<ServiceSettings>, manner: Manner | 'none'): Promise<Stage> => {
  const mock = await startMock()
  const collector = await new Receiver(manner === 'none' ? 'accept' : manner).start()
  if (manner === 'none') await collector.stop()
  const { clientId, apiKey } = DEMO_CLIENT
  const { hostPort, url } = mock
  const settings: ServiceSettings = {
    ...{ hostPort, url, clientId, apiKey, token: mock.issueToken(), collector: collector.endpoint },
    ...{ ours: true, calls: 10, end: 'shutdown' },
    ...more,
  }
  const stage = { mock, collector, settings }
  stages.push(stage)
  return stage
}

/**
 * Runs both and holds them against each other: what they do, and that no secret leaves the process with the library
 * where none does without it.
 *
 * @returns the one with the library
 */
export const sideBySide = async (
  more: Partial<ServiceSettings>,
  manner: Manner | 'none' = 'accept',
  meanwhile: (stage: Stage, child: Running) => Promise<void> = async () => {},
  launch: (settings: ServiceSettings) => Running = (settings) => start('service', settings),
) => {
  const run = async (ours: boolean) => {
    const stage = await setStage({ ...more, ours }, manner)
    const child = launch(stage.settings)
    const [ended] = await Promise.all([child.ended, meanwhile(stage, child)])
    return { ...stage, ended }
  }
  const [ours, without] = await Promise.all([run(true), run(false)])
  expect(visible(ours.ended)).toEqual(visible(without.ended))
  expect(ours.mock.log.totals()).toEqual(without.mock.log.totals())
  expect(addedSecrets(escaped(ours), escaped(without)), 'secrets in what leaves only with the library').toEqual([])
  return {
    ...ours,
    /** Where the run without the library holds secrets: the instrumentations' own attributes do. */
    known: secretPlaces(escaped(without).exported, [...without.mock.secrets]),
  }
}

const escaped = ({ collector, ended, mock }: Stage & { ended: Ended }): Escaped => {
  const { stdout, stderr, messages } = ended
  return {
    exported: collector.exports.map(({ path, parts }) => ({ path, parts })),
    stdout,
    stderr,
    messages,
    secrets: mock.secrets,
  }
}

/** What the library tells a person by a warning of Node, with the hint that Node adds to the first. */
const OUR_WARNING = /^\(node:\d+\) \[MANGOPAY_TELEMETRY.*\n(?:\(Use `node --trace-warnings .*\n)?/gm

/** What the app did, as anybody can see it. Pids and ports differ from run to run. */
const visible = ({ status, stdout, stderr }: Ended) => ({
  status,
  stdout,
  stderr: stderr.replace(OUR_WARNING, '').replace(/127\.0\.0\.1:\d+/g, ''),
})

/** What the library knew in the end. */
export const snapshotOf = ({ messages }: Ended) => {
  const { snapshot } = messages.at(-1) as { snapshot: Snapshot }
  return snapshot.environments['lab']
}
