// Builds everything that runs outside of vitest: the package twice (ESM and CommonJS) into dist/, and the examples,
// generators and benchmarks into build/, where they import the package by its own name.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

async function compile(project, ...options) {
  const [status] = await once(
    spawn(process.execPath, [tsc, '-p', project, ...options], { cwd: root, stdio: 'inherit' }),
    'exit',
  )
  if (status !== 0) process.exitCode = 1
}

for (const folder of ['dist', 'build']) rmSync(join(root, folder), { recursive: true, force: true })
// The package's code goes without comments, which nobody reads there; its types keep them, which editors show.
const toRun = [
  ['tsconfig.build.json', '--declaration', 'false', '--removeComments'],
  ['tsconfig.examples.json'],
  ['examples/demo/page/browser/tsconfig.json'],
]
const toPublish = [
  ['tsconfig.cjs.json', '--declaration', 'false', '--removeComments'],
  ['tsconfig.build.json', '--emitDeclarationOnly'],
  ['tsconfig.cjs.json', '--emitDeclarationOnly'],
]
// The demo is to start soon and needs no types.
const projects = process.argv[2] === 'demo' ? toRun : [...toRun, ...toPublish]
await Promise.all(projects.map(([project, ...options]) => compile(project, ...options)))
// The command is one file: what it generates from is not part of the package. The demo has no use for it.
if (process.argv[2] !== 'demo') {
  const { build } = await import('esbuild')
  await build({
    entryPoints: [join(root, 'cli/main.ts')],
    outfile: join(root, 'dist/cli.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.6',
    banner: { js: '#!/usr/bin/env node' },
    logLevel: 'warning',
  })
}
mkdirSync(join(root, 'dist/cjs'), { recursive: true })
// The package is "type": "module"; this marks the second build as CommonJS for Node.
writeFileSync(join(root, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n')
