/**
 * `npm run matrix`: the packed package in every environment that is supported; writes `docs/support.md`.
 * `npm run matrix -- --few` runs a part of it in some four minutes, for CI, and writes nothing.
 */
import { writeFileSync } from 'node:fs'
import { backend } from './backend.ts'
import { peerCell, peerCells } from './peer-cells.ts'
import { pack } from './project.ts'
import { type Results, supportPage } from './report.ts'
import { fewRunCells, runCell, runCells } from './run-cells.ts'
import { specialCells } from './special-cells.ts'
import { fewTypeCells, typeCell, typeCells } from './type-cells.ts'
import { writtenCells } from './written-cells.ts'

const few = process.argv.includes('--few')
const only = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const wanted = (part: string) => only.length === 0 || only.includes(part)

const tarball = pack()
const servers = await backend()
const results: Results = { run: [], types: [], special: [], peers: [], written: [] }
let [ok, failed] = [0, 0]
const note = <T>(list: { cell: T; outcome: string }[], cell: T, outcome: string, name: string): void => {
  list.push({ cell, outcome })
  if (outcome === 'ok') ok += 1
  else failed += 1
  process.stdout.write(`${outcome === 'ok' ? 'ok  ' : 'FAIL'} ${name}${outcome === 'ok' ? '' : `: ${outcome}`}\n`)
}

if (wanted('run')) {
  for (const cell of few ? fewRunCells : runCells) {
    note(
      results.run,
      cell,
      await runCell(cell, tarball, servers),
      `SDK ${cell.line.name}, Node ${cell.node}, ${cell.app}`,
    )
  }
}
if (wanted('types')) {
  for (const cell of few ? fewTypeCells : typeCells) {
    note(
      results.types,
      cell,
      typeCell(cell, tarball),
      `TypeScript ${cell.typescript}, SDK ${cell.line.name}, ${cell.mode}`,
    )
  }
}
if (wanted('special')) {
  for (const cell of specialCells.filter((it) => !few || it.few)) {
    const outcome = await cell.run(tarball, servers).catch((error: unknown) => String(error).slice(0, 300))
    note(results.special, cell, outcome, cell.name)
  }
}
if (wanted('peers')) {
  for (const cell of peerCells.filter(({ order }) => !few || order === 'together')) {
    note(results.peers, cell, peerCell(cell, tarball), `npm install with SDK ${cell.line.name}, ${cell.order}`)
  }
}
if (wanted('written')) for (const cell of writtenCells) note(results.written, cell, cell.run(tarball), cell.name)
servers.close()
if (!few && only.length === 0) writeFileSync('docs/support.md', supportPage(results))
process.stdout.write(`${ok} cells ok, ${failed} failed\n`)
process.exit(failed > 0 ? 1 : 0)
