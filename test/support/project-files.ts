/** The files of this project, as a reader finds them. */
import { existsSync, readFileSync } from 'node:fs'

export const root = new URL('../../', import.meta.url)
export const read = (file: string) => readFileSync(new URL(file, root), 'utf8')
export const isThere = (file: string) => existsSync(new URL(file, root))
export const readme = read('README.md')
