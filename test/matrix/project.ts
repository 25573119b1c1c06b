/** Projects outside of the repository with the packed package in them, and programs run there. */
import { execFile, execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Backend, Counts } from './backend.ts'
import { lab, labRoot, npm } from './lab.ts'

/** Packs what `npm publish` would publish; returns the path of the tarball. */
export function pack(): string {
  const folder = join(labRoot, 'packed')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { stdio: 'ignore' })
  return join(folder, readdirSync(folder)[0] ?? '')
}

/** A folder with these packages, the tarball and the apps of the matrix in it. */
export function project(tarball: string, packages: Readonly<Record<string, string>>): string {
  const folder = lab(packages)
  // npm takes a tarball of the same name and version for the same; ours has changed.
  rmSync(join(folder, 'node_modules/opentelemetry-mangopay'), { recursive: true, force: true })
  npm(folder, 'install', '--no-save', '--no-package-lock', tarball)
  cpSync('test/matrix/apps', folder, { recursive: true })
  return folder
}

/** A folder that npm has never seen, with this package.json. */
export function emptyProject(name: string, manifest: object): string {
  const folder = join(labRoot, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, ...manifest }, null, 2))
  return folder
}

/** What became of a cell: `ok`, or what is wrong, in a few words. */
export type Outcome = string

/** Runs an app against the backend and compares the counts. */
export async function runApp(
  node: string,
  args: readonly string[],
  cwd: string,
  backend: Backend,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  backend.reset()
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    const options = {
      cwd,
      timeout: 90_000,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        MATRIX_API: backend.api,
        MANGOPAY_TELEMETRY_HOSTS: `${new URL(backend.api).host}=matrix`,
        OTEL_EXPORTER_OTLP_ENDPOINT: backend.otlp,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_LOGS_EXPORTER: 'none',
        OTEL_NODE_RESOURCE_DETECTORS: 'none',
        ...env,
      },
    }
    execFile(node, args, options, (error, _stdout, text) =>
      resolve({ code: error ? (error.code ?? error.signal) : 0, stderr: text }),
    )
  })
  if (code !== 0) return `exit ${code}: ${firstLine(stderr)}`
  const different = compare(backend.answered, backend.counted)
  return different ? `${different}; ${firstLine(stderr)}` : 'ok'
}

const firstLine = (text: string): string =>
  text
    .split('\n')
    .find((line) => /Error|error|mangopay/.test(line))
    ?.slice(0, 200) ?? text.slice(0, 200)

/** Empty when both are equal and something was answered at all. */
function compare(answered: Counts, counted: Counts): string {
  if (Object.keys(answered).length === 0) return 'no call was made'
  const keys = new Set([...Object.keys(answered), ...Object.keys(counted)])
  const wrong = [...keys].filter((key) => answered[key] !== counted[key])
  return wrong.map((key) => `${key}: answered ${answered[key] ?? 0}, counted ${counted[key] ?? 0}`).join('; ')
}

/** Versions of every copy of a package below a folder. */
export function copies(folder: string, name: string): string[] {
  const found: string[] = []
  const walk = (modules: string): void => {
    if (!existsSync(modules)) return
    const file = join(modules, name, 'package.json')
    if (existsSync(file)) found.push((JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version)
    for (const entry of readdirSync(modules)) {
      if (entry.startsWith('.')) continue
      const inner = entry.startsWith('@') ? readdirSync(join(modules, entry)).map((it) => join(entry, it)) : [entry]
      for (const one of inner) walk(join(modules, one, 'node_modules'))
    }
  }
  walk(join(folder, 'node_modules'))
  return found
}
