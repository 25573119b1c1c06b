/** Writes the rendered files, from the root of the repository: `npm run render`. */
import { writeFileSync } from 'node:fs'
import { RENDERED } from './rendered.ts'

for (const [path, render] of Object.entries(RENDERED)) writeFileSync(path, render())
