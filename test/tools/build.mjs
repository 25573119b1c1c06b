// Builds everything that runs outside of vitest: the package twice (ESM and CommonJS) into dist/, and the examples,
// generators and benchmarks into build/, where they import the package by its own name.
import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

for (const folder of ['dist', 'build']) rmSync(join(root, folder), { recursive: true, force: true })
const browser = 'examples/demo/page/browser/tsconfig.json'
for (const project of ['tsconfig.build.json', 'tsconfig.cjs.json', 'tsconfig.examples.json', browser]) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', project], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
// The package is "type": "module"; this marks the second build as CommonJS for Node.
writeFileSync(join(root, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n')
