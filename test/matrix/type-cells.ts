/** TypeScript versions × module resolutions: an app that uses every exported name compiles, and a wrong one does not. */
import { spawnSync } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lab } from './lab.ts'
import { type SdkLine, sdkLines } from './lines.ts'
import { type Outcome, project } from './project.ts'
import { matrixClients } from './run-cells.ts'

/** One compilation. */
export interface TypeCell {
  typescript: string
  line: SdkLine
  mode: keyof typeof modes
}

const modes = {
  'node10 CommonJS': { module: 'commonjs', moduleResolution: 'node10' },
  'node16 CommonJS': { module: 'node16', moduleResolution: 'node16', format: 'cts' },
  'node16 ESM': { module: 'node16', moduleResolution: 'node16', format: 'mts' },
  'nodenext CommonJS': { module: 'nodenext', moduleResolution: 'nodenext', format: 'cts' },
  'nodenext ESM': { module: 'nodenext', moduleResolution: 'nodenext', format: 'mts' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
} as const

const versions: Readonly<Record<string, string>> = {
  '5.0': '5.0.4',
  '5.2': '5.2.2',
  '5.4': '5.4.3',
  '5.6': '5.6.3',
  '5.7': '5.7.3',
  '5.8': '5.8.3',
  '5.9': '5.9.3',
  '6.0': '6.0.3',
  '7.0': '7.0.2',
}

/** The lines that every TypeScript compiles against, and the versions that compile against all: the oldest and the newest. */
const usualLines = ['2.12', '3.1']
const thoroughVersions = ['5.0', '7.0']

/** Every combination there is: TypeScript 6 has declared node10 dead, 7 has buried it. */
export const typeCells: readonly TypeCell[] = Object.keys(versions).flatMap((typescript) =>
  sdkLines
    .filter(({ name }) => usualLines.includes(name) || thoroughVersions.includes(typescript))
    .flatMap((line) =>
      (Object.keys(modes) as (keyof typeof modes)[])
        .filter((mode) => mode !== 'node10 CommonJS' || Number(typescript) < 6)
        .map((mode): TypeCell => ({ typescript, line, mode })),
    ),
)

/** A handful for CI. */
export const fewTypeCells: readonly TypeCell[] = typeCells.filter(({ typescript, line, mode }) =>
  [
    '5.0 1.30 node10 CommonJS',
    '5.0 2.12 node10 CommonJS',
    '5.0 2.12 node16 CommonJS',
    '7.0 3.1 nodenext ESM',
    '7.0 2.12 bundler',
  ].includes(`${typescript} ${line.name} ${mode}`),
)

/** Compiles the good app and the bad one. */
export function typeCell({ typescript, line, mode }: TypeCell, tarball: string): Outcome {
  const folder = folderOf(line, tarball)
  const settings = modes[mode]
  const files = ['good', 'bad'].map((name) => {
    const file = `${name}.${'format' in settings ? settings.format : 'ts'}`
    cpSync(`test/matrix/apps/${name}.ts.txt`, join(folder, file))
    return file
  })
  const options = {
    compilerOptions: {
      module: settings.module,
      moduleResolution: settings.moduleResolution,
      target: 'es2022',
      lib: ['es2022'],
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      // What other packages have in their declarations is not ours to mend.
      skipLibCheck: true,
      noEmit: true,
    },
    files,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options))
  const tsc = join(lab({ typescript: versions[typescript] ?? '' }), 'node_modules/typescript/bin/tsc')
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: folder, encoding: 'utf8' })
  const errors = stdout.split('\n').filter((text) => text.includes('error TS'))
  const good = errors.find((text) => !text.startsWith('bad.'))
  if (good) return good.slice(0, 200)
  // One error for each mistake, or the types are not looked at at all.
  return errors.length === 4 ? 'ok' : `${errors.length} of the 4 mistakes found`
}

const folders = new Map<string, string>()
function folderOf(line: SdkLine, tarball: string): string {
  const known = folders.get(line.name)
  if (known) return known
  const folder = project(tarball, { ...line.packages, ...matrixClients, '@types/node': '20.19.43' })
  folders.set(line.name, folder)
  return folder
}
