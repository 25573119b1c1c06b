import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

/** A package as an app sees it: nested copies, hoisted workspaces and all. */
export interface AppPackage {
  readonly name: string
  readonly version: string
  /** Its main file, which tells two copies apart. */
  readonly file: string
  /** Runs it, as CommonJS, and returns what it exports. Throws when it is broken. */
  load(): unknown
  /** A package that this one declares as its dependency or peer, in the copy that this one gets. */
  dependency(name: string): AppPackage | undefined
}

/**
 * Where the app's packages are looked for: beside its main script, then in the working directory. The second is what
 * finds them when a launcher (a TypeScript runner, a process manager, a test runner) is the main script.
 */
export function appFolders(mainScript: string | undefined, workingDirectory: string): string[] {
  const folders = new Set<string>()
  if (mainScript) {
    // Relative only when it is no script: an argument after `node --eval`, or `-` for stdin.
    const main = resolve(workingDirectory, mainScript)
    folders.add(folderOf(real(main)))
    folders.add(folderOf(main))
  }
  folders.add(workingDirectory)
  return [...folders]
}

/** The package of that name as the first of these folders sees it. */
export function findPackage(name: string, folders: readonly string[]): AppPackage | undefined {
  for (const folder of folders) {
    const found = resolveFrom(join(folder, 'noop.js'), name)
    if (found) return found
  }
  return undefined
}

function resolveFrom(file: string, name: string): AppPackage | undefined {
  const appRequire = createRequire(file)
  let main: string
  try {
    main = appRequire.resolve(name)
  } catch {
    return undefined
  }
  const manifest = manifestOf(main, name)
  return {
    name,
    version: manifest.version ?? '',
    file: main,
    load: () => appRequire(name),
    // Only what is declared: whatever else can be seen from there may be of another line (a sdk-trace 3.x beside a
    // sdk-node 0.200, say).
    dependency: (other) => {
      const declared = manifest.dependencies?.[other] ?? manifest.peerDependencies?.[other]
      return declared === undefined ? undefined : resolveFrom(main, other)
    },
  }
}

interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** The package.json above a package's main file. It cannot be required: SDK 3.x does not export it. */
function manifestOf(main: string, name: string): Manifest {
  for (let folder = dirname(main); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (!existsSync(file)) continue
    const manifest: Manifest = JSON.parse(readFileSync(file, 'utf8'))
    if (manifest.name === name) return manifest
  }
  return {}
}

function real(file: string): string {
  try {
    return realpathSync(file) // a bin link in node_modules/.bin leads to the package
  } catch {
    return file // `node app` for app.js
  }
}

function folderOf(file: string): string {
  const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false // `node .`
  return isFolder ? file : dirname(file)
}
