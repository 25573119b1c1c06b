// Builds the tools that the rules and the chain are tested with, from source and from pinned Go modules, into a cache
// outside the checkout. What is there already is left alone, so only the first run takes minutes (about 6 on two cores).
//
//   node test/stack/install.mjs                builds what is missing
//   node test/stack/install.mjs prometheus     builds only the tools named
//   node test/stack/install.mjs --paths        builds nothing; prints { tool: path or null } as JSON
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const modules = fileURLToPath(new URL('go', import.meta.url))
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'opentelemetry-mangopay', 'stack')

// A binary built from a module does not know its own version; these flags tell it, so that tests can ask.
const version = (text) => ['-ldflags', `-s -w -X github.com/prometheus/common/version.Version=${text}`]
// Service discovery pulls in the client libraries of every cloud; the chain needs none of them. The web pages are not in
// the module (so no builtinassets): HTTP API only.
const prometheus = ['-tags', 'remove_all_sd,netgo', ...version('3.16.0')]

/** Tool → folder of its go.mod, package in it, extra flags. */
const tools = {
  promtool: ['prometheus', 'github.com/prometheus/prometheus/cmd/promtool', prometheus],
  prometheus: ['prometheus', 'github.com/prometheus/prometheus/cmd/prometheus', prometheus],
  // 0.34 cannot be built from its module: the pages it embeds are missing there. amtool can.
  alertmanager: ['alertmanager', 'github.com/prometheus/alertmanager/cmd/alertmanager', version('0.31.0')],
  amtool: ['amtool', 'github.com/prometheus/alertmanager/cmd/amtool', version('0.34.1')],
  pint: ['pint', 'github.com/cloudflare/pint/cmd/pint', ['-ldflags', '-s -w -X main.version=0.87.0']],
  collector: ['collector', '.', ['-ldflags', '-s -w']],
  // The app in Go that docs/collector.md shows.
  'go-shop': ['../../../examples/collector/go', '.', ['-ldflags', '-s -w']],
}

/** The agent of the app in Python, with all that the app needs, in an environment of its own. */
const PYTHON = 'python-agent'
const requirements = fileURLToPath(new URL('../../examples/collector/requirements.txt', import.meta.url))

/** Where a tool is or will be; a change of a module file, a source or a flag gives a new name. */
function target(tool) {
  if (tool === PYTHON) {
    const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16)
    return join(cache, `${PYTHON}-${hash}`, 'bin/opentelemetry-instrument')
  }
  const [folder, ...rest] = tools[tool]
  const hash = createHash('sha256').update(JSON.stringify([process.platform, process.arch, tool, rest]))
  for (const file of readdirSync(join(modules, folder)).sort()) hash.update(readFileSync(join(modules, folder, file)))
  return join(cache, `${tool}-${hash.digest('hex').slice(0, 16)}`)
}

function fail(message) {
  console.error(`stack: ${message}`)
  process.exit(1)
}

/** Retries what fetches: registries have bad moments. */
function run(what, command, args, options = {}) {
  for (let attempt = 1; ; attempt++) {
    const { status } = spawnSync('nice', ['-n', '15', command, ...args], { stdio: 'inherit', ...options })
    if (status === 0) return
    if (attempt === 3) fail(`${what} could not be built (${command} exited ${status} three times)`)
    console.log(`stack: ${what} failed, trying again …`)
  }
}

function buildPython() {
  const folder = join(target(PYTHON), '../..')
  // Its programs know their place, so it is made there; an unfinished one has no agent.
  run(PYTHON, 'python3', ['-m', 'venv', '--clear', folder])
  run(PYTHON, join(folder, 'bin/python'), [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    requirements,
  ])
}

function build(tool) {
  if (tool === PYTHON) {
    if (existsSync(target(tool))) return console.log(`stack: ${tool} is there: ${target(tool)}`)
    console.log(`stack: building ${tool} …`)
    return buildPython()
  }
  const [folder, source, flags] = tools[tool]
  const path = target(tool)
  if (existsSync(path)) return console.log(`stack: ${tool} is there: ${path}`)
  console.log(`stack: building ${tool} …`)
  const started = Date.now()
  mkdirSync(cache, { recursive: true })
  // Built under another name and moved, so that an interrupted build never looks like a finished one.
  const unfinished = `${path}.${process.pid}`
  // readonly: exactly the versions of the committed go.mod and go.sum, or an error.
  const command = ['go', 'build', '-mod=readonly', '-p', '2', ...flags, '-o', unfinished, source]
  run(tool, command[0], command.slice(1), { cwd: join(modules, folder) })
  renameSync(unfinished, path)
  console.log(`stack: ${tool} built in ${Math.round((Date.now() - started) / 1000)} s: ${path}`)
}

const args = process.argv.slice(2)
const all = [...Object.keys(tools), PYTHON]
if (args[0] === '--paths') {
  const paths = all.map((tool) => [tool, existsSync(target(tool)) ? target(tool) : null])
  console.log(JSON.stringify(Object.fromEntries(paths)))
} else {
  const unknown = args.filter((tool) => !all.includes(tool))
  if (unknown.length > 0) fail(`no such tool: ${unknown.join(', ')} (there are ${all.join(', ')})`)
  const missing = (args.length > 0 ? args : all).filter((tool) => !existsSync(target(tool)))
  if (missing.some((tool) => tool !== PYTHON) && spawnSync('go', ['version']).error) {
    fail(`Go is not installed, and without it ${missing.join(', ')} cannot be built; install Go 1.26.7 or newer`)
  }
  for (const tool of args.length > 0 ? args : all) build(tool)
}
