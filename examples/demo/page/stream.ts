import type { ServerResponse } from 'node:http'
import type { Wire } from './wire.ts'

/** More tabs than this are refused. */
const MAXIMUM_TABS = 20

/** A tab that has not taken this many bytes is let go: it comes back by itself and begins anew. */
const MAXIMUM_BACKLOG = 2_000_000

/** Server-sent events to any number of tabs. */
export class Stream {
  readonly #tabs = new Set<ServerResponse>()

  /** Whether there is room for one more. */
  get isFull(): boolean {
    return this.#tabs.size >= MAXIMUM_TABS
  }

  /** How many tabs are listening. */
  get size(): number {
    return this.#tabs.size
  }

  /** Adds a tab, which first gets everything there is. */
  add(response: ServerResponse, hello: Wire['hello']): void {
    response.on('close', () => this.#tabs.delete(response))
    response.on('error', () => {})
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    response.write(`retry: 1000\n\n${encode('hello', hello)}`)
    this.#tabs.add(response)
  }

  /** Tells every tab. */
  readonly publish = <K extends keyof Wire>(kind: K, data: Wire[K]): void => {
    if (this.#tabs.size === 0) return
    const text = encode(kind, data)
    for (const tab of this.#tabs) {
      if (tab.writableLength > MAXIMUM_BACKLOG) tab.destroy()
      else tab.write(text)
    }
  }

  /** Lets every tab go. */
  end(): void {
    for (const tab of this.#tabs) tab.end()
  }
}

// JSON never holds a line break, so one line of data is enough.
const encode = (kind: string, data: unknown): string => `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`
