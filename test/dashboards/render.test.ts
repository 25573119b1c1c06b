import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { renderDashboard } from '../../dashboards/dashboard.ts'
import { FILE } from './model.ts'

it('the shipped dashboard is what its source renders (npm run render writes it)', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(renderDashboard())
})
