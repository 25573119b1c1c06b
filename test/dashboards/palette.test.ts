import { describe, expect, it } from 'vitest'
import { CATEGORY_COLOURS, PERCENTILE_COLOURS, WINDOW_COLOURS } from '../../dashboards/palette.ts'

type Triple = readonly [number, number, number]
type Matrix = readonly [Triple, Triple, Triple]

/** Linear light of a colour: red, green, blue, 0 to 1. */
const light = (hex: string): Triple =>
  [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  }) as unknown as Triple

const times = (matrix: Matrix, vector: Triple): Triple =>
  matrix.map((row) => row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2]) as unknown as Triple

/** Full dichromacy, after Machado, Oliveira and Fernandes (2009). */
const SIGHT: Record<string, Matrix> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'without green cones': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  'without red cones': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'without blue cones': [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

/** OKLab, in which equal distances look equal; black to white is 1. */
const lab = (rgb: Triple): Triple => {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  ).map((value) => Math.cbrt(Math.min(1, Math.max(0, value)))) as unknown as Triple
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  )
}

const contrast = (one: string, other: string): number => {
  const luminance = (hex: string) => {
    const [red, green, blue] = light(hex)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [dark = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (bright + 0.05) / (dark + 0.05)
}

const closest = (colours: Readonly<Record<string, string>>, sight: Matrix) => {
  const seen = Object.entries(colours).map(([name, hex]) => {
    const rgb = times(sight, light(hex)).map((value) => Math.min(1, Math.max(0, value))) as unknown as Triple
    return { name, at: lab(rgb) }
  })
  let least = { distance: Infinity, pair: '' }
  seen.forEach((one, index) => {
    for (const other of seen.slice(index + 1)) {
      const distance = Math.hypot(...one.at.map((value, axis) => value - (other.at[axis] as number)))
      if (distance < least.distance) least = { distance, pair: `${one.name}, ${other.name}` }
    }
  })
  return least
}

describe.each(Object.entries(SIGHT))('with sight %s', (_name, sight) => {
  // Twelve colours cannot be far apart on a line, which is what is left of colour to a dichromat; 0.05 is what one sees
  // beside each other, and the legend has the names.
  it.each([
    ['categories', CATEGORY_COLOURS, 0.075],
    ['quota windows', WINDOW_COLOURS, 0.05],
    ['percentiles', PERCENTILE_COLOURS, 0.1],
  ] as const)('%s can be told apart', (_what, colours, least) => {
    const { distance, pair } = closest(colours, sight)
    expect(distance, pair).toBeGreaterThan(least)
  })

  it('429 and 5xx are never taken for each other', () => {
    const { rate_limit, server_error } = CATEGORY_COLOURS
    expect(closest({ rate_limit, server_error }, sight).distance).toBeGreaterThan(0.15)
  })
})

describe.each([
  ['light', '#FFFFFF'],
  ['dark', '#181B1F'],
])('on %s ground', (_name, ground) => {
  it.each(Object.entries({ ...CATEGORY_COLOURS, ...WINDOW_COLOURS }))('%s stands out', (_what, colour) => {
    expect(contrast(colour, ground)).toBeGreaterThan(1.9)
  })
})
