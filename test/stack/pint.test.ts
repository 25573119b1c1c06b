import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { Stack } from './servers.ts'
import { have, pathOf } from './tools.ts'

const file = fileURLToPath(new URL('../../alerts/mangopay.rules.yml', import.meta.url))

describe.skipIf(!have('pint'))('pint on the rules', () => {
  const stack = new Stack()
  afterAll(() => stack.stop())

  /** Every check that needs no server, none left out; it exits 0 on findings unless told otherwise. */
  const lint = (path: string) => {
    const args = ['--offline', '--no-color', 'lint', '--min-severity=info', '--fail-on=info', path]
    const { status, stdout, stderr } = spawnSync(pathOf('pint'), args, { encoding: 'utf8' })
    return { status, said: stdout + stderr }
  }

  it('finds nothing, down to the smallest remark', () => {
    const { status, said } = lint(file)
    expect(said).toMatch(/entries=\d{2}/)
    expect(said).not.toMatch(/Bug:|Warning:|Information:|Fatal:/)
    expect(status).toBe(0)
  })

  it('would find a label that the expression has aggregated away', async () => {
    const text = readFileSync(file, 'utf8').replace('{{ $labels.mangopay_environment }}', '{{ $labels.instance }}')
    const folder = await stack.folder({ 'rules.yml': text })
    const { status, said } = lint(`${folder}/rules.yml`)
    expect(said).toContain('template uses non-existent label')
    expect(status).toBe(1)
  })
})
