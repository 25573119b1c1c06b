/** A value as it can be read in an error message. */
export function show(value: unknown): string {
  if (typeof value === 'number') return String(value) // JSON has no NaN
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return String(value)
  }
}

/** The error of a wrong option, with its value. */
export const wrongOption = (option: string, value: unknown, wanted: string) =>
  new TypeError(`opentelemetry-mangopay: option ${option} must be ${wanted}, not ${show(value)}`)
