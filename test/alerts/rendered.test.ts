/** The committed files are what the sources say, in the names that the library writes. */

import { expect, test } from 'vitest'
import { ALERT_NAMES } from '../../alerts/model.ts'
import { RENDERED } from '../../alerts/rendered.ts'
import { buildRules } from '../../alerts/rules.ts'
import { LABEL, SERIES, toPrometheus } from '../../alerts/spelling.ts'
import * as names from '../../src/names.ts'
import { prometheusRules, read } from './files.ts'

test.each(Object.entries(RENDERED))('%s is what its source renders (npm run render)', (path, render) => {
  expect(read(path)).toBe(render())
})

test('every alert of the fixed set has a rule, and no other', () => {
  const alerts = new Set(prometheusRules.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? [])))
  expect([...alerts].sort()).toEqual([...ALERT_NAMES].sort())
})

test('every metric and label in an expression is one that the library writes', () => {
  const ours = Object.values(names).filter((name) => typeof name === 'string')
  const written = new Set([...ours.map(toPrometheus), ...Object.values(LABEL), ...Object.values(SERIES)])
  const seen = new Set(
    buildRules()
      .records.map(({ expr }) => ({ expr }))
      .concat(buildRules().alerts)
      .flatMap(({ expr }) => expr.match(/(?<![:\w])(?:mangopay|http)_[a-z_0-9]+(?![:\w])/g) ?? []),
  )
  expect([...seen].filter((name) => !written.has(name))).toEqual([])
  expect(seen).toContain('mangopay_client_requests_total')
  expect(SERIES.durationBucketOtlp).toBe('mangopay_client_request_duration_seconds_bucket')
  expect(SERIES.durationBucketPull).toBe('mangopay_client_request_duration_bucket')
})

test('every category named in a rule is one that the library writes', () => {
  const known = Object.entries(names).flatMap(([key, value]) =>
    key.startsWith('MANGOPAY_ERROR_CATEGORY') ? [value] : [],
  )
  const named = buildRules()
    .alerts.flatMap(({ expr }) => [...expr.matchAll(/mangopay_error_category[!=~]+"([^"]*)"/g)])
    .flatMap(([, values = '']) => values.split('|'))
  expect(named.filter((category) => category !== '' && !known.includes(category))).toEqual([])
  expect(named.length).toBeGreaterThan(20)
})

test('a time scale shortens every duration and leaves every count alone', () => {
  const real = buildRules()
  const fast = buildRules({ scale: 1 / 30 })
  const durations = /\b(?:\d+(?:h|m|s|ms))+\b/g
  // Names of windows are no durations; an age is one, in seconds.
  const bare = (expr: string) => expr.replace(/"[^"]*"/g, '""').replace(/(?<=time\(\) - \S+ < )\d+/g, '$&s')
  const text = (rules: typeof real) => [...rules.records, ...rules.alerts].map(({ expr }) => bare(expr)).join('\n')
  const pairs = (text(real).match(durations) ?? []).map((one, i) => [one, (text(fast).match(durations) ?? [])[i]])
  expect(new Set(pairs.map(([a, b]) => `${a} ${b}`))).toContain('5m 10s')
  for (const [a, b] of pairs) expect(b, `${a} is shortened`).not.toBe(a)
  const numbers = (rules: typeof real) =>
    rules.alerts.map(({ expr }) =>
      bare(expr)
        .replace(durations, '')
        .match(/[\d.]+/g),
    )
  expect(numbers(fast)).toEqual(numbers(real))
})
