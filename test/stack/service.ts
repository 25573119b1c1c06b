/** {@link ./app.ts} from the outside. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { AppCommand, AppConfig, AppEvent } from './app-protocol.ts'
import { type Child, eventually, startChild } from './child.ts'

const program = fileURLToPath(new URL('../../build/test/stack/app.js', import.meta.url))

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

  /** The last export that the collector has acknowledged. */
  get exported(): AppEvent & { event: 'exported' } {
    const last = this.#events.findLast((event) => event.event === 'exported')
    return last ?? { event: 'exported', calls: 0, collected: 0 }
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
