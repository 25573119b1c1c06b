/** Numbers as people read them. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** 1,234. */
export const count = (value: number): string => whole.format(value)

/** 1 call, 2 calls. */
export const counted = (value: number, what: string): string => `${count(value)} ${what}${value === 1 ? '' : 's'}`

/** 0, 3.6 or 120. */
export const rate = (value: number): string => (value > 0 && value < 9.95 ? value.toFixed(1) : whole.format(value))

/** 0.4 %, 62 %. */
export const percent = (share: number): string => {
  const value = share * 100
  return `${value > 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0)} %`
}

/** 48 ms, 2.4 s. */
export const seconds = (value: number): string =>
  value < 0.9995 ? `${(value * 1_000).toFixed(0)} ms` : `${value.toFixed(value < 9.95 ? 1 : 0)} s`

/** 42 s, 12 min, 3 h. */
export const span = (value: number): string => {
  if (value < 120) return `${Math.round(value)} s`
  return value < 7_200 ? `${Math.round(value / 60)} min` : `${Math.round(value / 3_600)} h`
}

/** 14:03:22. */
export const clock = (time: number): string => new Date(time).toLocaleTimeString('en-GB')

/** 15 min for 15m. */
export const windowName = (window: string): string => window.replace(/m$/, ' min').replace(/h$/, ' h')
