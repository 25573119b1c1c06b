// Printed after `npm test`: each proof that was left out, and the command that runs it. What it proves is the beginning of
// the file's opening comment.
import { readdirSync, readFileSync } from 'node:fs'

const test = new URL('../', import.meta.url)
const files = readdirSync(test, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.long.test.ts'))
  .sort()
const width = Math.max(...files.map((file) => file.length))

console.log(`
Left out: what takes minutes, or needs Go, Prometheus or a browser. "npm run stack" builds the tools (Go 1.26.7 or newer),
Debian has "chromium", "prometheus" and "prometheus-alertmanager". "npm run test:long" runs all of these:`)
for (const file of files) {
  const opening = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(new URL(file, test), 'utf8'))?.[1] ?? ''
  const [what = ''] = opening
    .replaceAll(/\s+\*?\s*/g, ' ')
    .trim()
    .split(/[.:;](?: |$)/)
  console.log(`  npm run test:long -- test/${file.replace('.long.test.ts', '').padEnd(width - 12)}  ${what}`)
}
