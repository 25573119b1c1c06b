/** What `register` does beside an SDK that the app sets up itself. */
import { describe, expect, it } from 'vitest'
import { environment, REGISTER, run } from './fixtures/child.ts'
import { project, receiver } from './fixtures/lab.ts'

describe('an SDK of the app', () => {
  const LEFT_ALONE = expect.stringContaining('registered already and is left alone')
  const SECOND = expect.stringContaining('the app sets up an OpenTelemetry SDK of its own')

  it('registered before: left alone', async () => {
    const args = ['--require', './own-sdk.cjs', '--require', REGISTER, 'one.cjs']
    const ended = await run(args, project.folder, environment(receiver))
    expect(ended).toMatchObject({ code: 0, stdout: 'own SDK\ndone\n', lines: [LEFT_ALONE] })
    expect(receiver.exports).toEqual([])
  })

  it.each([
    ['own-sdk.cjs', {}],
    ['own-sdk.mjs', {}],
    ['own-sdk.cjs', { OTEL_LOG_LEVEL: 'error' }],
  ])('registered later, %s, %o: said once', async (app, more) => {
    const ended = await run(['--import', REGISTER, app], project.folder, environment(receiver, more))
    expect(ended).toMatchObject({ code: 0, stdout: 'own SDK\n', lines: [SECOND] })
  })
})
