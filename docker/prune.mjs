// Leaves in node_modules only what the compiled code in a folder imports, and what those packages need in turn, as the
// lock file has it. `npm prune` cannot do this: to the library all of it is for development.
//
//   node docker/prune.mjs build/examples
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'

const folder = process.argv[2]
if (folder === undefined || !existsSync(folder)) {
  console.error(`prune: no such folder: ${folder}`)
  process.exit(1)
}
const { name: self } = JSON.parse(readFileSync('package.json', 'utf8'))
const { packages } = JSON.parse(readFileSync('node_modules/.package-lock.json', 'utf8'))

/** Packages that files import: `@scope/name` or `name` of every bare specifier. */
const imported = new Set()
for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
  if (!file.endsWith('.js')) continue
  const text = readFileSync(join(folder, file), 'utf8')
  for (const [, specifier] of text.matchAll(/(?:from|import|require\()\s*\(?['"]([^.'"][^'"]*)['"]/g)) {
    const [first, second] = specifier.split('/')
    const name = first.startsWith('@') ? `${first}/${second}` : first
    if (!specifier.startsWith('node:') && !builtinModules.includes(name) && name !== self) imported.add(name)
  }
}

/** Where Node would find a package from another one's folder. */
const find = (name, from) => {
  for (let at = from; ; at = at.slice(0, at.lastIndexOf('/node_modules/'))) {
    const path = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`
    if (packages[path] !== undefined) return path
    if (!at.includes('/node_modules/')) {
      const top = `node_modules/${name}`
      return packages[top] === undefined ? undefined : top
    }
  }
}

const kept = new Set()
const keep = (name, from, needed) => {
  const path = find(name, from)
  if (path === undefined) {
    if (!needed) return
    console.error(`prune: ${from || folder} needs ${name}, which is not installed`)
    process.exit(1)
  }
  if (kept.has(path)) return
  kept.add(path)
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = packages[path]
  for (const dependency of Object.keys(dependencies)) keep(dependency, path, !(dependency in optionalDependencies))
  for (const dependency of Object.keys({ ...optionalDependencies, ...peerDependencies })) keep(dependency, path, false)
}
for (const name of imported) keep(name, '', true)

for (const path of Object.keys(packages)) {
  const holdsKept = [...kept].some((other) => other === path || other.startsWith(`${path}/node_modules/`))
  if (!holdsKept) rmSync(path, { recursive: true, force: true })
}
rmSync('node_modules/.bin', { recursive: true, force: true })
// Folders of scopes of which nothing is left.
for (const scope of readdirSync('node_modules').filter((entry) => entry.startsWith('@'))) {
  if (readdirSync(`node_modules/${scope}`).length === 0) rmdirSync(`node_modules/${scope}`)
}
console.log(`prune: ${kept.size} of ${Object.keys(packages).length} packages stay (${[...imported].sort().join(', ')})`)
