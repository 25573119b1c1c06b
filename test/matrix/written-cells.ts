/** The install commands that people copy: those of README and docs/setup.md, one after the other, and the one that `register` prints. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { nodeBinary, npm } from './lab.ts'
import { nodeVersions } from './lines.ts'
import { npmInstall } from './peer-cells.ts'
import { emptyProject, type Outcome } from './project.ts'

/** One thing to copy. */
export interface WrittenCell {
  name: string
  run(tarball: string): Outcome
}

const NAME = 'opentelemetry-mangopay'

/** All of them. */
export const writtenCells: readonly WrittenCell[] = [
  {
    name: 'the `npm install` lines of README and docs/setup.md, one after the other',
    run: (tarball) => {
      const pages = readFileSync('README.md', 'utf8') + readFileSync('docs/setup.md', 'utf8')
      const lines = [...pages.matchAll(/^npm install (.+)$/gm)].map(([, packages]) =>
        (packages as string).split(' ').map((one) => (one === NAME ? tarball : one)),
      )
      if (lines[0]?.[0] !== tarball || lines.length < 2) return 'there are no such lines'
      return npmInstall(emptyProject('written-readme', {}), lines)
    },
  },
  {
    name: 'what `register` prints on Node 20, in a project that has saved API 1.10',
    run: (tarball) => {
      const folder = emptyProject('written-register', {})
      npm(folder, 'install', tarball, '@opentelemetry/api@1.10.0')
      const node = nodeBinary(nodeVersions['20'] ?? '')
      const { stderr } = spawnSync(node, ['--import', `${NAME}/register`, '--eval', ''], {
        cwd: folder,
        encoding: 'utf8',
      })
      const packages = /npm install (.+?) \(/.exec(stderr)?.[1]
      return packages
        ? npmInstall(folder, [packages.split(' ')])
        : `register printed no command: ${stderr.slice(0, 200)}`
    },
  },
]
