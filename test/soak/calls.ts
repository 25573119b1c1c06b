/** The calls of the soak, by their number: 100,000 different URLs of Mangopay, 1,000 unknown routes among them. */
import { operations as allOperations } from '../bench/routes.ts'

/** What a call asks for. */
export interface Call {
  method: string
  url: string
  /** Set when the route is none of Mangopay's. */
  unknownRoute?: string
}

/** Different URLs; after the last the first comes again. */
export const urls = 100_000
/** Different routes that Mangopay does not have. */
export const unknownRoutes = 1_000
/** One call in so many asks for one of them. */
const unknownEvery = 10

/** Half of them, each with every ending: with all, the counter's series would be too many and the surplus be `_OTHER`. */
const operations = allOperations.filter((_, index) => index % 2 === 0)

const origin = 'https://api.sandbox.mangopay.com'

/** The call of this number to Mangopay. */
export function callTo(number: number): Call {
  const id = number % urls
  if (id % unknownEvery === 0) {
    const unknownRoute = `unknown${(id / unknownEvery) % unknownRoutes}`
    return { method: 'GET', url: `${origin}/v2.01/acme/${unknownRoute}/${id}`, unknownRoute }
  }
  const { method, path } = operations[id % operations.length] ?? { method: '', path: '' }
  // Not every path has an id; every URL is to be another.
  return { method, url: `${origin}${path.replace('id_01', `id_${id}_`)}?call=${id}` }
}
