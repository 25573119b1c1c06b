/**
 * A small service that calls Mangopay and exports over OTLP, with this library or without: whatever befalls it, it has
 * to behave the same. What it prints is its own behaviour; what it knows of its telemetry goes to its parent.
 */
import { createRequire } from 'node:module'
import { startSdk } from './service-sdk.ts'

/** What the parent wants. */
export interface ServiceSettings {
  hostPort: string
  url: string
  clientId: string
  apiKey: string
  token: string
  collector: string
  /** Whether this library takes part. */
  ours: boolean
  calls: number
  /** What happens in the end. */
  end: /** Nothing: the process ends when there is nothing left to do. */
    | 'by itself'
    /** `process.exit()`. */
    | 'exit'
    /** The SDK is shut down. */
    | 'shutdown'
    /** It is shut down twice at once and once more, and more calls are made after that. */
    | 'shutdown thrice'
    /** It waits for a signal, and shuts down then. */
    | 'graceful'
    /** It waits for a signal, and knows nothing of signals. */
    | 'signal'
    /** A promise of the app's own is rejected and nobody takes it. */
    | 'rejection'
    /** The same, and the app has a listener that goes on. */
    | 'handled rejection'
    /** A call of the official SDK whose connection is reset: the SDK lets a TypeError go unhandled. */
    | 'sdk reset'
    /** A callback of ours that rejects, and one that throws. */
    | 'bad callbacks'
  /** Whether it asks to be told of spikes, for which the library looks at the clock now and then. */
  watches?: boolean
  /** Milliseconds between exports of metrics; they are exported at the end too. */
  interval?: number
  /** Most spans that wait for export. */
  queue?: number
  /** Milliseconds an export may take. */
  patience?: number
}

const settings = JSON.parse(process.argv[2] ?? '') as ServiceSettings
const print = (line: string) => void process.stdout.write(`${line}\n`)
const { sdk, mangopay } = startSdk(settings)

const require = createRequire(import.meta.url)
const axios: import('axios').AxiosStatic = require('axios')
const headers = { authorization: `Bearer ${settings.token}` }
/** A URL with what nobody may find in what this library adds. */
const url = `${settings.url}/v2.01/${settings.clientId}/wallets/wlt_m_01JSECRETWALLET`

const call = async (number: number) => {
  if (number % 2 === 0) {
    const { status } = await axios.get(url, { headers, validateStatus: () => true })
    return status
  }
  const response = await fetch(url, { headers })
  await response.text()
  return response.status
}
const callAll = async (count: number) => {
  const statuses: Record<number, number> = {}
  for (let i = 0; i < count; i++) {
    const status = await call(i)
    statuses[status] = (statuses[status] ?? 0) + 1
  }
  print(`called: ${JSON.stringify(statuses)}`)
}
/** Sends what this library knows; the parent of a process without it gets an empty message. */
const tell = () => process.send?.({ snapshot: mangopay?.snapshot() ?? null })

await callAll(settings.calls)
await ends()

async function ends(): Promise<void> {
  switch (settings.end) {
    case 'exit':
      tell()
      process.exitCode = 4
      process.exit()
      break
    case 'shutdown':
      tell()
      await sdk.shutdown().catch(() => print('shutdown rejected'))
      print('shut down')
      break
    case 'shutdown thrice':
      await Promise.all([sdk.shutdown(), sdk.shutdown()]).catch(() => print('shutdown rejected'))
      await callAll(4)
      await sdk.shutdown().catch(() => print('shutdown rejected'))
      tell()
      print('shut down')
      break
    case 'graceful':
      process.once('SIGTERM', async () => {
        print('SIGTERM')
        await sdk.shutdown().catch(() => print('shutdown rejected'))
        process.exit(3)
      })
      tell()
      setInterval(() => {}, 1_000)
      return
    case 'signal':
      tell()
      setInterval(() => {}, 1_000)
      return
    case 'rejection':
      tell()
      void Promise.reject(new Error('of the app'))
      break
    case 'handled rejection':
      process.on('unhandledRejection', (error) => print(`unhandled: ${(error as Error).message}`))
      void Promise.reject(new Error('of the app'))
      await new Promise((resolve) => setTimeout(resolve, 20))
      tell()
      await sdk.shutdown()
      break
    case 'bad callbacks':
      await new Promise((resolve) => setTimeout(resolve, 50))
      tell()
      await sdk.shutdown()
      print('shut down')
      break
    case 'sdk reset': {
      const MangopaySdk: typeof import('mangopay4-nodejs-sdk') = require('mangopay4-nodejs-sdk')
      const api = new MangopaySdk({
        clientId: settings.clientId,
        clientApiKey: settings.apiKey,
        baseUrl: settings.url,
        errorHandler: () => {},
      })
      // The parent hears of the counts before the process dies, and that it does.
      process.on('exit', tell)
      setInterval(() => {}, 1_000)
      await api.Users.get('user_m_01').catch(() => {})
      print('never reached')
      return
    }
    default:
      tell()
  }
  process.disconnect?.()
}
