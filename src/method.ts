/** The methods of HTTP that the route table or a client uses, by the spellings met on spans. */
const METHODS = new Map(
  ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'].flatMap((method) => [
    [method, method],
    [method.toLowerCase(), method],
  ]),
)

/** A method in upper case; undefined for what is no known method, which is then taken for a write. */
export const knownMethod = (method: unknown) => (typeof method === 'string' ? METHODS.get(method) : undefined)

/** Whether a method can change something at the server. */
export const isWrite = (method: string | undefined) =>
  method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS' && method !== 'TRACE'
