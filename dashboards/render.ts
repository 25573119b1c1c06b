/** Writes the rendered file next to its source: `node build/dashboards/render.js`, or `npm run render`. */

import { writeFileSync } from 'node:fs'
import { renderDashboard } from './dashboard.ts'

writeFileSync('dashboards/mangopay-api-client.json', renderDashboard())
