/** The shipped rules in a real Prometheus, the oldest and the newest. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { renderRules } from '../../alerts/prometheus.ts'
import { eventually } from './child.ts'
import { loadedRules } from './promql.ts'
import { Stack } from './servers.ts'
import { have, pathOf } from './tools.ts'

const file = fileURLToPath(new URL('../../alerts/mangopay.rules.yml', import.meta.url))
const shipped = readFileSync(file, 'utf8')
/** Names of the rules of a file, sorted: the API sorts the groups by name, not as they stand in the file. */
const namesOf = (rules: string): (string | undefined)[] =>
  (parse(rules) as { groups: { rules: { alert?: string; record?: string }[] }[] }).groups
    .flatMap(({ rules }) => rules)
    .map(({ alert, record }) => alert ?? record)
    .sort()

// The oldest Prometheus that knows keep_firing_for, and today's.
describe.each([
  ['2', 'distro-prometheus', 'distro-promtool'],
  ['3', 'prometheus', 'promtool'],
] as const)('the rules on Prometheus %s.x', (major, server, promtool) => {
  describe.skipIf(!have(server, promtool))('', () => {
    const stack = new Stack()
    afterAll(() => stack.stop())

    it('are accepted by its promtool', () => {
      expect(execFileSync(pathOf(promtool), ['--version'], { encoding: 'utf8' })).toContain(`version ${major}.`)
      const said = execFileSync(pathOf(promtool), ['check', 'rules', '--lint=all', '--lint-fatal', file], {
        encoding: 'utf8',
      })
      expect(said).toContain(`SUCCESS: ${namesOf(shipped).length} rules found`)
    })

    it('are loaded, all of them', async () => {
      const { url } = await stack.prometheus({ which: server, rules: shipped })
      expect((await loadedRules(url)).map(({ name }) => name).sort()).toEqual(namesOf(shipped))
    })

    it('are evaluated without an error, on an empty database, at sixty times their pace', async () => {
      const compressed = renderRules({ scale: 1 / 60 })
      const { url } = await stack.prometheus({ which: server, rules: compressed, seconds: 1 })
      const rules = await eventually('all rules evaluated', 20, async () => {
        const all = await loadedRules(url)
        return all.every(({ health }) => health !== 'unknown') ? all : undefined
      })
      expect(rules.map(({ name }) => name).sort()).toEqual(namesOf(compressed))
      expect(rules.filter(({ health }) => health !== 'ok')).toEqual([])
      // Nothing to see is nothing to alert on.
      expect(rules.filter(({ state }) => state === 'firing')).toEqual([])
    })
  })
})
