import type { Wire } from '../wire.ts'

/** How the page and its server stand. */
export type Link = 'live' | 'silent' | 'lost'

/** What to do with each kind of event. */
export type Handlers = { [K in keyof Wire]: (data: Wire[K]) => void }

/** Milliseconds without any sign of life after which the connection counts as lost; the server gives one every 2 s. */
const PATIENCE = 7_000

/** Milliseconds without a new point after which the app behind the server is not heard of any more. */
const SILENCE = 5_000

/** Listens to the server for as long as the page lives, and comes back after each break. */
export const connect = (handlers: Handlers, changed: (link: Link) => void): void => {
  let source: EventSource | undefined
  let heard = performance.now()
  let ticked = heard
  let lost = true

  const open = () => {
    source?.close()
    heard = performance.now()
    const own = new EventSource('/events')
    source = own
    for (const kind of Object.keys(handlers) as (keyof Wire)[]) {
      own.addEventListener(kind, (event) => {
        heard = performance.now()
        if (kind === 'hello') lost = false
        if (kind === 'hello' || kind === 'tick') ticked = heard
        const handle = handlers[kind] as (data: unknown) => void
        handle(JSON.parse(event.data))
        tell()
      })
    }
    own.addEventListener('alive', () => {
      heard = performance.now()
    })
    own.addEventListener('error', () => {
      lost = true
      tell()
      // The browser tries again by itself unless it was refused; then it is up to us.
      if (own.readyState === EventSource.CLOSED && own === source) setTimeout(open, 1_000)
    })
  }
  const tell = () => {
    if (lost) changed('lost')
    else changed(performance.now() - ticked > SILENCE ? 'silent' : 'live')
  }
  setInterval(() => {
    if (performance.now() - heard > PATIENCE) {
      lost = true
      open()
    }
    tell()
  }, 1_000)
  open()
}

/** A control call. */
export const control = async (path: string, body: unknown = {}): Promise<void> => {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) {
    const { message } = (await response.json()) as { message?: string }
    throw new Error(message ?? `answered ${response.status}`)
  }
}
