// Leaves in node_modules only what some compiled programs import, and what those packages need in turn, as the lock file
// has it. `npm prune` cannot do this: to the library all of it is for development.
//
//   node docker/prune.mjs build/examples/docker/main.js …
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'

const fail = (text) => {
  console.error(`prune: ${text}`)
  process.exit(1)
}
const programs = process.argv.slice(2)
if (programs.length === 0) fail('which programs?')
const { name: self } = JSON.parse(readFileSync('package.json', 'utf8'))
const { packages } = JSON.parse(readFileSync('node_modules/.package-lock.json', 'utf8'))

/** Packages that the programs import, directly or through files of ours: `@scope/name` or `name`. */
const imported = new Set()
const seen = new Set()
const read = (file) => {
  if (seen.has(file)) return
  seen.add(file)
  if (!existsSync(file)) fail(`no such file: ${file}`)
  const text = readFileSync(file, 'utf8')
  for (const [, specifier] of text.matchAll(/(?:from|import|require\()\s*\(?['"]([^'"]+)['"]/g)) {
    if (specifier.startsWith('.')) {
      read(join(dirname(file), specifier))
      continue
    }
    const [first, second] = specifier.split('/')
    const name = first.startsWith('@') ? `${first}/${second}` : first
    if (!specifier.startsWith('node:') && !builtinModules.includes(name) && name !== self) imported.add(name)
  }
}
for (const program of programs) read(program)

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
    fail(`${from || 'a program'} needs ${name}, which is not installed`)
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
