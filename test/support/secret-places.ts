/** Where in exported telemetry a secret stands: the search for what stands there only with this library. */
import { leaked } from '../network/additions.ts'

/**
 * The places in data that hold a secret, as `spans.attributes[url.full] holds …`: no numbers of elements, so that two
 * runs which export in other batches compare, and the key of an OTLP attribute instead of its number.
 */
export const secretPlaces = (data: unknown, secrets: readonly string[]): Set<string> => {
  const places = new Set<string>()
  const look = (part: unknown, path: string): void => {
    if (typeof part === 'string') for (const secret of leaked(part, secrets)) places.add(`${path} holds ${secret}`)
    if (typeof part !== 'object' || part === null) return
    if (Array.isArray(part)) for (const element of part) look(element, path)
    else if ('key' in part && 'value' in part) {
      look(part.key, `${path}[key]`)
      look(part.value, `${path}[${part.key}]`)
    } else {
      for (const [key, value] of Object.entries(part)) {
        look(key, `${path}[key]`)
        look(value, `${path}.${key}`)
      }
    }
  }
  look(data, '')
  return places
}

/** What left the process of one run, and the secrets of its Mangopay. */
export interface Escaped {
  /** Exports, parsed. */
  exported: unknown
  stdout: string
  stderr: string
  /** What it told its parent. */
  messages?: unknown
  secrets: Iterable<string>
}

/** The places with a secret in a run with this library that are none in the run without it. */
export const addedSecrets = (ours: Escaped, without: Escaped): string[] => {
  const secrets = [...new Set([...ours.secrets, ...without.secrets])]
  const [added, known] = [ours, without].map(({ secrets: _, ...data }) => secretPlaces(data, secrets))
  return [...(added ?? [])].filter((place) => known?.has(place) !== true)
}
