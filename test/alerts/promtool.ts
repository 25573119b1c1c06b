/** Runs promtool on rules and made-up series, in a temporary folder that is gone afterwards. */

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'

/** What a test file of promtool holds, as far as we use it. */
export interface TestGroup {
  name: string
  interval: string
  input_series: { series: string; values: string }[]
  alert_rule_test?: {
    eval_time: string
    alertname: string
    exp_alerts: { exp_labels: Record<string, string>; exp_annotations: Record<string, string> }[]
  }[]
  promql_expr_test?: { expr: string; eval_time: string; exp_samples: { labels: string; value: number }[] }[]
}

/** Rules and the groups to test them with. */
export interface TestFile {
  rules: string
  groups: readonly TestGroup[]
}

/** How promtool ended and what it said. */
export interface Outcome {
  ok: boolean
  output: string
}

const run = (binary: string, args: readonly string[]): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const child = spawn(binary, args)
    let output = ''
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString()
    })
    child.stderr.on('data', (data: Buffer) => {
      output += data.toString()
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ ok: code === 0, output }))
  })

/** `promtool check rules` on the text of a rules file. */
export const checkRules = (binary: string, rules: string): Promise<Outcome> =>
  inFolder((folder) => {
    const file = join(folder, 'rules.yml')
    writeFileSync(file, rules)
    return run(binary, ['check', 'rules', file])
  })

/** `promtool test rules`; every rule evaluated once a minute. */
export const testRules = (binary: string, { rules, groups }: TestFile): Promise<Outcome> =>
  inFolder((folder) => {
    writeFileSync(join(folder, 'rules.yml'), rules)
    const file = join(folder, 'test.yml')
    const tests = { rule_files: ['rules.yml'], evaluation_interval: '1m', tests: groups }
    writeFileSync(file, stringify(tests, { lineWidth: 0, aliasDuplicateObjects: false }))
    return run(binary, ['test', 'rules', file])
  })

const inFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'mangopay-rules-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
