/** The same thing has the same colour in every panel of the dashboard. */
import { describe, expect, it } from 'vitest'
import { CATEGORY_COLOURS, PANELS, STATUS_COLOURS } from '../../dashboards/palette.ts'
import type { Panel } from './model.ts'
import { panels } from './model.ts'

describe('colours', () => {
  const colourOf = (panel: Panel | undefined, name: string): string | undefined => {
    const hit = panel?.fieldConfig?.overrides.findLast(({ matcher, properties }) => {
      const matches = matcher.id === 'byName' ? matcher.options === name : patternOf(matcher.options).test(name)
      return matches && properties.some(({ id }) => id === 'color')
    })
    return (hit?.properties.find(({ id }) => id === 'color')?.value as { fixedColor: string } | undefined)?.fixedColor
  }
  const patternOf = (option: string) => new RegExp(option.replace(/^\/(.*)\/$/, '$1'))
  const panel = ({ id }: { id: number }) => panels.find((one) => one.id === id)

  it.each(Object.entries(CATEGORY_COLOURS))('of %s is fixed wherever categories are drawn', (category, colour) => {
    expect(colourOf(panel(PANELS.errorsByCategory), category)).toBe(colour)
    expect(colourOf(panel(PANELS.errorsFromTraces), `{"${category}"}`)).toBe(colour)
  })

  it.each([
    ['429', STATUS_COLOURS['429']],
    ['500', STATUS_COLOURS['5xx']],
    ['418', STATUS_COLOURS['4xx']],
    ['no response', STATUS_COLOURS['no response']],
  ])('of status %s is that of its class', (status, colour) => {
    expect(colourOf(panel(PANELS.errorsByStatus), status)).toBe(colour)
  })

  it('of 500, 502, 503, 504, 520, another 5xx and a cut 200 are seven, none that of a success', () => {
    const shades = ['500', '502', '503', '504', '520', '522', '200, body cut'].map((status) =>
      colourOf(panel(PANELS.errorsByStatus), status),
    )
    expect(new Set(shades).size).toBe(7)
    expect([STATUS_COLOURS['2xx'], undefined].some((colour) => shades.includes(colour))).toBe(false)
  })

  it.each([PANELS.quotaUsed, PANELS.quotaForecast, PANELS.burnRate])(
    'of production are drawn solid, others dashed: $title',
    ({ id }) => {
      const dashed = (name: string) =>
        panel({ id })?.fieldConfig?.overrides.some(
          ({ matcher, properties }) =>
            matcher.id === 'byRegexp' &&
            patternOf(matcher.options).test(name) &&
            properties.some((property) => property.id === 'custom.lineStyle'),
        )
      const names = id === PANELS.burnRate.id ? ['over 1 h ', 'over 6 h '] : ['15m ', '24h ']
      for (const name of names) {
        expect(dashed(`${name}production`)).toBe(false)
        expect(dashed(`${name}production main`)).toBe(false)
        expect(dashed(`${name}sandbox`)).toBe(true)
        expect(dashed(`${name}staging main`)).toBe(true)
      }
    },
  )

  it('of quota windows do not mix up 1m, 1h and 15m', () => {
    const used = ['1m', '5m', '15m', '30m', '1h', '24h'].map((window) =>
      colourOf(panel(PANELS.quotaUsed), `${window} production `),
    )
    expect(new Set(used).size).toBe(6)
    expect(used).not.toContain(undefined)
  })
})
