/** Series that a Prometheus has from before it was started, so that no test waits for the past to pass. */
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathOf } from './tools.ts'

/** A series with one value all along. */
export interface Past {
  /** Name and labels, as in PromQL. */
  series: string
  value: number
  /** How far back it goes, and the time between two samples. */
  seconds: number
  every: number
}

/** For `backfill` of a Prometheus that is about to start: these series, up to now. */
export const withPast =
  (past: readonly Past[]) =>
  async (data: string): Promise<void> => {
    const now = Math.floor(Date.now() / 1_000)
    const text = past.flatMap(({ series, value, seconds, every }) => {
      const lines = [`# TYPE ${series.replace(/\{.*/, '')} gauge`]
      for (let ago = seconds; ago > 0; ago -= every) lines.push(`${series} ${value} ${now - ago}`)
      return lines
    })
    await mkdir(data, { recursive: true })
    const file = join(data, '..', 'past.om')
    await writeFile(file, `${text.join('\n')}\n# EOF\n`)
    execFileSync(pathOf('promtool'), ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, data])
  }
