/**
 * Goes through the steps of a Dockerfile without a container engine: every stage is a folder, COPY copies, RUN runs. Only
 * what our Dockerfile uses is understood; anything else is an error, so that a new instruction is not silently skipped.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'

/** What the last stage amounts to. */
export interface Image {
  /** Folder that stands for the working directory. */
  folder: string
  env: Record<string, string>
  user: string | undefined
  command: string[]
  healthcheck: string[]
}

interface Stage extends Image {
  name: string | undefined
  workdir: string
}

/** Instructions with their continuation lines joined and comments left out. */
const instructions = (text: string): { keyword: string; rest: string }[] =>
  text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, keyword = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? []
      if (keyword === '') throw new Error(`no instruction: ${line}`)
      return { keyword, rest }
    })

/** The paths that the ignore file lets into the context: its lines that start with `!`, given that the first is `*`. */
const allowed = (ignore: string): string[] => {
  const lines = ignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const [first, ...rest] = lines
  if (first !== '*' || rest.some((line) => !line.startsWith('!')))
    throw new Error('expected * and then exceptions only')
  return rest.map((line) => line.slice(1))
}

const isAllowed = (path: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => {
    const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}(/|$)`)
    return expression.test(path)
  })

/**
 * Builds the last stage in `folder`.
 *
 * @param context Folder with what was committed.
 * @param run Called before each RUN, so that a test can say what takes long.
 */
export const build = (dockerfile: string, context: string, folder: string, run: (command: string) => void): Image => {
  const patterns = allowed(readFileSync(`${dockerfile}.dockerignore`, 'utf8'))
  const stages: Stage[] = []
  const current = (): Stage => {
    const stage = stages.at(-1)
    if (stage === undefined) throw new Error('the first instruction must be FROM')
    return stage
  }
  const place = ({ folder: root, workdir }: Stage, path: string): string =>
    path.startsWith('/') ? join(root, path) : join(root, workdir, path)
  for (const { keyword, rest } of instructions(readFileSync(dockerfile, 'utf8'))) {
    if (keyword === 'FROM') {
      const [, name] = /\sAS\s+(\S+)$/i.exec(rest) ?? []
      const root = join(folder, `stage-${stages.length}`)
      mkdirSync(root, { recursive: true })
      stages.push({ folder: root, name, workdir: '/', env: {}, user: undefined, command: [], healthcheck: [] })
    } else if (keyword === 'WORKDIR') {
      current().workdir = rest
      mkdirSync(place(current(), '.'), { recursive: true })
    } else if (keyword === 'ENV') {
      const [, key = '', value = ''] = /^(\w+)=(.*)$/.exec(rest) ?? []
      current().env[key] = value
    } else if (keyword === 'USER') {
      current().user = rest
    } else if (keyword === 'COPY') {
      const words = rest.split(/\s+/)
      const [, from] = /^--from=(.*)$/.exec(words[0] ?? '') ?? []
      const paths = from === undefined ? words : words.slice(1)
      const target = paths.at(-1) ?? ''
      for (const path of paths.slice(0, -1)) {
        const stage = stages.find(({ name }) => name === from)
        if (from !== undefined && stage === undefined) throw new Error(`no stage ${from}`)
        if (stage === undefined && !isAllowed(path, patterns)) throw new Error(`${path} is left out by the ignore file`)
        const source = stage === undefined ? join(context, path) : place(stage, path)
        const into = target.endsWith('/') ? join(target, path.split('/').at(-1) ?? '') : target
        const to = place(current(), into)
        mkdirSync(dirname(to), { recursive: true })
        // As Docker does: the content of a folder, links as links.
        cpSync(source, to, { recursive: true, verbatimSymlinks: true })
      }
    } else if (keyword === 'RUN') {
      run(rest)
      const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...current().env }
      execFileSync('sh', ['-ec', rest], { cwd: place(current(), '.'), env, stdio: ['ignore', 'pipe', 'pipe'] })
    } else if (keyword === 'CMD') {
      current().command = JSON.parse(rest) as string[]
    } else if (keyword === 'HEALTHCHECK') {
      const [, command = ''] = /\sCMD\s+(\[.*\])$/.exec(rest) ?? []
      current().healthcheck = JSON.parse(command) as string[]
    } else {
      throw new Error(`${keyword} is not understood here`)
    }
  }
  const last = current()
  for (const stage of stages.slice(0, -1)) rmSync(stage.folder, { recursive: true, force: true })
  return { ...last, folder: place(last, '.') }
}
