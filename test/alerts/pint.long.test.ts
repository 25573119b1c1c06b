/** pint has nothing to say about the rules; and it would, if there were something. */

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { renderRecords, renderRules } from '../../alerts/prometheus.ts'
import { have, pathOf } from '../stack/tools.ts'

/** What pint finds, of any severity. It exits with 0 on findings unless told otherwise, so its words are what counts. */
const lint = async (rules: string, config = ['--config', resolve('test/alerts/pint.hcl')]): Promise<string[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'mangopay-pint-'))
  try {
    writeFileSync(join(folder, 'rules.yml'), rules)
    const args = ['--offline', '--no-color', ...config, 'lint', '--min-severity=info']
    const { stdout, stderr } = await promisify(execFile)(pathOf('pint'), [...args, 'rules.yml'], { cwd: folder }).catch(
      (error: { stdout: string; stderr: string }) => error,
    )
    const output = stdout + stderr
    expect(output).toMatch(/entries=\d+/)
    return output.split('\n').filter((line) => /^(Information|Warning|Bug|Fatal): /.test(line))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** As a team has it: pint demands the links. */
const LINKED = { runbookUrl: 'https://wiki.example.com/runbook.md', dashboardUrl: 'https://grafana.example.com/d/m' }

describe.skipIf(!have('pint'))('pint', () => {
  test('finds nothing in the rules', { timeout: 60_000 }, async () => {
    expect(await lint(renderRules(LINKED))).toEqual([])
    expect(await lint(renderRecords())).toEqual([])
    // Every check of its own that needs no server.
    expect(await lint(renderRules(), [])).toEqual([])
  })

  test('finds a label that the expression has lost, a lost comparison, a lost runbook', {
    timeout: 60_000,
  }, async () => {
    const rules = renderRules(LINKED)
    const broken = {
      'uses the label "instance"': rules.replace(
        'summary: Mangopay refuses',
        'summary: Mangopay {{ $labels.instance }} refuses',
      ),
      'has no comparison': rules.replace(
        /forecast > [\d.]+\n[\s\S]*?keep_firing_for/,
        'forecast\n        keep_firing_for',
      ),
      'has no runbook': rules.replace(/ +runbook_url: .*\n/, ''),
      'keeps the process': rules.replace('sum by (job, mangopay_env', 'sum by (job, instance, mangopay_env'),
    }
    for (const [what, text] of Object.entries(broken)) {
      expect(text, what).not.toBe(rules)
      expect(await lint(text), what).not.toEqual([])
    }
  })
})
