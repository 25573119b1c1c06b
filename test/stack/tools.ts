/**
 * Where the real Prometheus, Alertmanager, Collector and linters are on this machine. Those of the first list are built
 * by `node test/stack/install.mjs`; those of the second come with the distribution (`.ci/run` installs them).
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Built from pinned sources. */
export type BuiltTool =
  | 'promtool'
  | 'prometheus'
  | 'alertmanager'
  | 'amtool'
  | 'pint'
  | 'collector'
  | 'go-shop'
  | 'python-agent'

/** Installed by the distribution: the old lower bound that the rules must load on, and a browser. */
export type DistroTool = 'distro-promtool' | 'distro-prometheus' | 'distro-alertmanager' | 'distro-amtool' | 'chromium'

const distro: Record<DistroTool, string[]> = {
  'distro-promtool': ['promtool'],
  'distro-prometheus': ['prometheus'],
  'distro-alertmanager': ['prometheus-alertmanager', 'alertmanager'],
  'distro-amtool': ['amtool'],
  chromium: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
}

let built: Record<BuiltTool, string | null> | undefined

/** The path of a tool, or `undefined` when it is not on this machine. */
function tool(name: BuiltTool | DistroTool): string | undefined {
  if (name in distro) return inPath(distro[name as DistroTool])
  built ??= builtTools()
  return built[name as BuiltTool] ?? undefined
}

/**
 * Whether all of the tools are there; for `describe.skipIf(!have(…))`. Where one is missing, a developer is told how to
 * get it and the tests are skipped; in CI (`CI` set) this throws, so that nothing is left out there unseen.
 */
export function have(...names: (BuiltTool | DistroTool)[]): boolean {
  const missing = names.filter((name) => tool(name) === undefined)
  if (missing.length === 0) return true
  const hint = `not on this machine: ${missing.join(', ')} (node test/stack/install.mjs builds the tools; .ci/run shows which packages to install)`
  if (process.env['CI']) throw new Error(hint)
  console.warn(`tests skipped, ${hint}`)
  return false
}

/** The path of a tool that {@link have} has said is there. */
export function pathOf(name: BuiltTool | DistroTool): string {
  const path = tool(name)
  if (path === undefined) throw new Error(`${name} is not on this machine`)
  return path
}

function builtTools(): Record<BuiltTool, string | null> {
  // Asked of the script that builds them, so that the rule of where they are has one home. Relative to the project, not
  // to this file, which also exists compiled.
  const script = [new URL('install.mjs', import.meta.url), new URL('test/stack/install.mjs', pathToFileURL('./'))]
    .map((url) => fileURLToPath(url))
    .find((path) => existsSync(path))
  if (script === undefined) throw new Error('test/stack/install.mjs not found: run this in the project folder')
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, '--paths'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${script} --paths failed: ${stderr}`)
  return JSON.parse(stdout) as Record<BuiltTool, string | null>
}

function inPath(names: string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}
