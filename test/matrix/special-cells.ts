/** What teams really have: Next's wrapper, a compiled CommonJS app, workspaces, pnpm, auto-instrumentations. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Backend } from './backend.ts'
import { lab, nodeBinary, npm } from './lab.ts'
import { nodeVersions, sdkLines } from './lines.ts'
import { emptyProject, type Outcome, project, runApp } from './project.ts'
import { matrixClients } from './run-cells.ts'

/** One set-up. */
export interface SpecialCell {
  name: string
  /** Whether CI runs it too. */
  few?: boolean
  run(tarball: string, backend: Backend): Promise<Outcome>
}

const packagesOf = (name: string) => sdkLines.find((line) => line.name === name)?.packages ?? {}
// Two copies of the API in one tree, and OpenTelemetry's own instrumentations no longer find the SDK, with or without us.
const oneApi = { '@opentelemetry/api': '1.9.1' }
const node20 = () => nodeBinary(nodeVersions['20'] ?? '')
const node24 = () => nodeBinary(nodeVersions['24'] ?? '')
const register = ['--import', 'opentelemetry-mangopay/register', 'register.mjs']

/** Every set-up. */
export const specialCells: readonly SpecialCell[] = [
  {
    name: "Next's `@vercel/otel` 2.1.3 (SDK 2.12), whose processor drops `onEnding`",
    few: true,
    run: (tarball, backend) => {
      const more = {
        '@vercel/otel': '2.1.3',
        '@opentelemetry/api-logs': '0.223.0',
        '@opentelemetry/instrumentation': '0.223.0',
        '@opentelemetry/resources': '2.12.0',
        '@opentelemetry/sdk-logs': '0.223.0',
      }
      const folder = project(tarball, { ...packagesOf('2.12'), ...matrixClients, ...more })
      return runApp(node20(), ['vercel.cjs'], folder, backend)
    },
  },
  {
    name: 'Nest-like: TypeScript 5.4 with decorators, compiled to CommonJS, Node 20.6.0 (SDK 2.12)',
    run: (tarball, backend) => {
      const folder = project(tarball, { ...packagesOf('2.12'), ...matrixClients, '@types/node': '20.19.43' })
      cpSync('test/matrix/apps/nest.ts.txt', join(folder, 'nest.ts'))
      const tsc = join(lab({ typescript: '5.4.3' }), 'node_modules/typescript/bin/tsc')
      const options =
        '--module commonjs --moduleResolution node10 --target es2021 --experimentalDecorators --emitDecoratorMetadata --esModuleInterop --strict --skipLibCheck'
      execFileSync(process.execPath, [tsc, ...options.split(' '), 'nest.ts'], { cwd: folder, stdio: 'pipe' })
      return runApp(nodeBinary(nodeVersions['20.6.0'] ?? ''), ['nest.js'], folder, backend)
    },
  },
  {
    name: 'npm workspace: the package hoisted beside SDK 2.0, the app with its own SDK 2.12',
    run: (tarball, backend) => {
      const root = emptyProject('workspace', {
        workspaces: ['apps/*'],
        dependencies: { 'opentelemetry-mangopay': `file:${tarball}`, ...packagesOf('2.0'), ...oneApi },
      })
      const app = join(root, 'apps/shop')
      mkdirSync(app, { recursive: true })
      const dependencies = { ...packagesOf('2.12'), ...matrixClients }
      writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'shop', version: '1.0.0', dependencies }))
      npm(root, 'install')
      cpSync('test/matrix/apps', app, { recursive: true })
      return runApp(node24(), register, app, backend)
    },
  },
  {
    name: 'npm workspace: everything hoisted, started from the root',
    run: (tarball, backend) => {
      const root = emptyProject('workspace-hoisted', { workspaces: ['apps/*'] })
      const app = join(root, 'apps/shop')
      mkdirSync(app, { recursive: true })
      const dependencies = { 'opentelemetry-mangopay': `file:${tarball}`, ...packagesOf('2.12'), ...matrixClients }
      writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'shop', version: '1.0.0', dependencies }))
      npm(root, 'install')
      cpSync('test/matrix/apps', app, { recursive: true })
      return runApp(node20(), ['--import', 'opentelemetry-mangopay/register', 'apps/shop/register.mjs'], root, backend)
    },
  },
  {
    name: 'pnpm 9, which hoists nothing (SDK 2.12)',
    few: true,
    run: (tarball, backend) => {
      const dependencies = { 'opentelemetry-mangopay': `file:${tarball}`, ...packagesOf('2.12'), ...matrixClients }
      const folder = emptyProject('pnpm', { dependencies })
      const pnpm = join(lab({ pnpm: '9.15.9' }), 'node_modules/pnpm/bin/pnpm.cjs')
      execFileSync(process.execPath, [pnpm, 'install', '--silent'], {
        cwd: folder,
        stdio: 'pipe',
        env: { ...process.env, CI: 'true' },
      })
      cpSync('test/matrix/apps', folder, { recursive: true })
      return runApp(node20(), register, folder, backend)
    },
  },
  {
    name: 'auto-instrumentations 0.81.2 in code (SDK 2.12), without our `responseHook`',
    run: (tarball, backend) => {
      const more = { '@opentelemetry/auto-instrumentations-node': '0.81.2', '@opentelemetry/core': '2.12.0' }
      const folder = project(tarball, { ...packagesOf('2.12'), ...matrixClients, ...more })
      return runApp(node20(), ['code.cjs'], folder, backend, { MATRIX_LINE: '2.12', MATRIX_AUTO: '1' })
    },
  },
  {
    name: 'auto-instrumentations 0.82.0 in code (SDK 3), without our `responseHook`',
    run: (tarball, backend) => {
      const more = { '@opentelemetry/auto-instrumentations-node': '0.82.0', '@opentelemetry/core': '3.1.0' }
      const folder = project(tarball, { ...packagesOf('3.1'), ...matrixClients, ...more })
      return runApp(node24(), ['code.cjs'], folder, backend, { MATRIX_LINE: '3.1', MATRIX_AUTO: '1' })
    },
  },
  {
    name: 'auto-instrumentations by their own `register` before ours: ours says so and leaves them alone',
    run: async (tarball, backend) => {
      const more = { '@opentelemetry/auto-instrumentations-node': '0.81.2', '@opentelemetry/core': '2.12.0' }
      const folder = project(tarball, { ...packagesOf('2.12'), ...matrixClients, ...more })
      const theirs = ['--require', '@opentelemetry/auto-instrumentations-node/register']
      const outcome = await runApp(
        node20(),
        [...theirs, '--require', 'opentelemetry-mangopay/register', 'register.cjs'],
        folder,
        backend,
      )
      // Nothing of ours is counted, and the line says why; anything else is wrong.
      return /counted 0.*is registered already and is left alone/s.test(outcome) ? 'ok' : `not left alone: ${outcome}`
    },
  },
]
