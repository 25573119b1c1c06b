import type { Wire } from '../wire.ts'

/** How the page and its server stand. */
export type Link = 'live' | 'silent' | 'lost'

/** Milliseconds without a new point after which the app behind the server is not heard of any more. */
const SILENCE = 5_000

/** Listens to the server for as long as the page lives, and comes back after each break. */
export const connect = (
  handlers: { [K in keyof Wire]: (data: Wire[K]) => void },
  changed: (link: Link) => void,
): void => {
  const source = new EventSource('/events')
  let silence: ReturnType<typeof setTimeout> | undefined
  for (const [kind, handle] of Object.entries(handlers) as [string, (data: unknown) => void][]) {
    source.addEventListener(kind, (event) => {
      handle(JSON.parse(event.data))
      if (kind !== 'hello' && kind !== 'tick') return
      changed('live')
      clearTimeout(silence)
      silence = setTimeout(() => changed('silent'), SILENCE)
    })
  }
  source.addEventListener('error', () => {
    clearTimeout(silence)
    changed('lost')
    // The browser tries again by itself unless it was refused; then it is up to us.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => connect(handlers, changed), 1_000)
  })
}

/** A control call. */
export const control = async (path: string, body: unknown = {}): Promise<void> => {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(((await response.json()) as { message: string }).message)
}
