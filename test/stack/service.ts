/** {@link ./app.ts} from the outside. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { AppCommand, AppConfig, AppEvent } from './app-protocol.ts'
import { type Child, eventually, startChild } from './child.ts'

const program = fileURLToPath(new URL('../../build/test/stack/app.js', import.meta.url))

/** What was counted at some time. */
export interface Collection {
  calls: number
  collected: number
}

/** A running service. */
export class Service {
  readonly config: AppConfig
  readonly child: Child
  readonly #events: AppEvent[] = []
  #commands = 0

  private constructor(config: AppConfig) {
    if (!existsSync(program)) throw new Error('build/ is missing: npm run build')
    this.config = config
    this.child = startChild(process.execPath, [program, JSON.stringify(config)])
    this.child.onLine((line) => {
      if (line.startsWith('{"event"')) this.#events.push(JSON.parse(line) as AppEvent)
    })
  }

  /** Starts a service and waits until its telemetry is set up. */
  static async start(config: AppConfig): Promise<Service> {
    const service = new Service(config)
    await service.#event('ready', (event) => event.event === 'ready', 30)
    return service
  }

  /** Has it make calls; resolves when all of them have ended. */
  async calls(command: Omit<AppCommand & { do: 'calls' }, 'do' | 'id'>): Promise<void> {
    const id = String(this.#commands++)
    this.child.send(JSON.stringify({ do: 'calls', id, ...command } satisfies AppCommand))
    await this.#event(`calls ${id}`, (event) => event.event === 'done' && event.id === id, command.seconds + 30)
  }

  /** Its exports so far, the acknowledged ones first and then those whose answer it did not live to see. */
  get exports(): { acknowledged: Collection[]; open: Collection[] } {
    const acknowledged = this.#events.filter((event) => event.event === 'exported')
    const last = acknowledged.at(-1)?.collected ?? 0
    const begun = this.#events.filter((event) => event.event === 'exporting')
    return { acknowledged, open: begun.filter(({ collected }) => collected > last) }
  }

  /** Lets it export the rest and end. */
  async shutdown(): Promise<void> {
    this.child.send(JSON.stringify({ do: 'shutdown' } satisfies AppCommand))
    const code = await this.child.ended
    if (code !== 0) throw new Error(`${this.config.instance} ended with ${code}:\n${this.child.output()}`)
  }

  async #event(what: string, is: (event: AppEvent) => boolean, seconds: number): Promise<void> {
    await eventually(
      `${this.config.instance}: ${what}`,
      seconds,
      () => this.#events.some(is) || (this.child.running() ? undefined : true),
      () => this.child.output(),
    )
    if (!this.#events.some(is)) throw new Error(`${this.config.instance} ended early:\n${this.child.output()}`)
  }
}
