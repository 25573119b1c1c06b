/** Writes the rendered files next to their source: `node build/alerts/render.js`, or `npm run render`. */

import { writeFileSync } from 'node:fs'
import { renderRules } from './prometheus.ts'

/** The rendered files by their path from the root of the repository. */
export const RENDERED: Readonly<Record<string, () => string>> = {
  'alerts/mangopay.rules.yml': () => renderRules(),
}

for (const [path, render] of Object.entries(RENDERED)) writeFileSync(path, render())
