/** Where the time of a variant goes: a CPU profile, by function. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Runner } from './measure.ts'

/** A function and its share of the time, in percent. */
export interface Hotspot {
  name: string
  percent: number
}

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[]
  samples: number[]
}

/** The functions that take most of a variant's time themselves. */
export async function hotspots(variant: string): Promise<Hotspot[]> {
  const folder = mkdtempSync(join(tmpdir(), 'profile-'))
  const runner = new Runner(variant, folder)
  for (let round = 0; round < 20; round += 1) await runner.run({ measure: 'cpu', spans: 20_000 })
  await runner.end()
  const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile')) ?? ''
  const { nodes, samples }: Profile = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  rmSync(folder, { recursive: true })
  const names = new Map(
    nodes.map(({ id, callFrame }) => {
      const where = callFrame.url ? ` (${basename(callFrame.url)}:${callFrame.lineNumber + 1})` : ''
      return [id, `${callFrame.functionName || 'anonymous'}${where}`]
    }),
  )
  const counts = new Map<string, number>()
  for (const id of samples) counts.set(names.get(id) ?? '', (counts.get(names.get(id) ?? '') ?? 0) + 1)
  return [...counts]
    .filter(([name]) => !/^\((idle|program)\)/.test(name))
    .sort((a, b) => b[1] - a[1])
    .slice(0, 15)
    .map(([name, count]) => ({ name, percent: (100 * count) / samples.length }))
}
