/** What was counted from requests, without any tracing, against what is true. */
import { cases } from './cases.ts'
import type { CountedCase, Truth } from './record.ts'

/** One file: a Node line. */
export interface CountedLine {
  /** Exact version. */
  node: string
  packages: Readonly<Record<string, string>>
  records: CountedCase[]
}

/** What has no status of HTTP is counted without one. */
const keyOf = ({ operation, outcome, category, status = 0 }: Truth) =>
  JSON.stringify([operation, outcome, category, status < 600 ? status : 0])
const keysOf = (truths: readonly Truth[]) => truths.map(keyOf).sort().join()

/** Whether operation, outcome, category and status of every request were counted as they are, and nothing else. */
export const isTrue = ({ truth, counted }: CountedCase): boolean => keysOf(truth) === keysOf(counted)

/** Cases that the channels do not tell, with what is counted instead. */
const untold: readonly { name: string; clients: readonly string[]; category: string; reason: string }[] = [
  {
    name: 'abort while connecting',
    clients: ['axios (fetch)', 'fetch', 'undici'],
    category: 'timeout',
    reason: 'undici lets the connection go on without the caller and tells of its end only.',
  },
  {
    name: 'AbortSignal.timeout in the body',
    clients: ['undici'],
    category: 'cancelled',
    reason: '`undici.request` destroys the body on a signal as on an abort, without its reason.',
  },
]

/** Whether a reading is the one that is listed in place of the truth. */
export const isUntold = ({ case: name, client, truth, counted }: CountedCase): boolean =>
  untold.some(
    (one) =>
      one.name === name &&
      one.clients.includes(client) &&
      keysOf(truth.map((it) => ({ ...it, category: one.category as NonNullable<Truth['category']> }))) ===
        keysOf(counted),
  )

/** The cell of a case in the column "from requests". */
export function cellOf(lines: readonly CountedLine[], name: string): string {
  const wrong = lines.flatMap(({ records }) => records.filter((one) => one.case === name && !isTrue(one)))
  if (wrong.length === 0) return 'yes'
  const at = untold.findIndex((one) => one.name === name)
  return `no: ${[...new Set(wrong.map(({ client }) => client))].sort().join(', ')} ${at < 0 ? '**wrong**' : `[r${at + 1}]`}`
}

/** What `docs/conformance.md` says of all of them. */
export function countedPage(lines: readonly CountedLine[]): string {
  const rows = lines.map(({ node, records }) => {
    const right = records.filter(isTrue).length
    const counts = records.filter(({ truth, counted }) => truth.length !== counted.length).length
    return `| ${node} | ${right} (${((100 * right) / records.length).toFixed(1)} %) | ${records.length - right} | ${counts} |`
  })
  const { length: most } = lines.reduce((a, b) => (a.records.length < b.records.length ? b : a)).records
  return `## Counted from requests

With \`countFrom: 'requests'\` or \`MangopayClientMonitor\`, and no tracing at all: the same ${cases.length} cases, made live with the same
clients on each Node line, ${most} calls (by \`npm run record -- requests\`). Operation, outcome, category, status and number must all be true.

| Node | true | not told | counted more or less than once |
| --- | --- | --- | --- |
${rows.join('\n')}

${untold.map(({ category, reason }, at) => `- [r${at + 1}] Counted as \`${category}\`. ${reason}`).join('\n')}
`
}
