import type { Find } from './otlp.ts'
import { messageOf, type Say } from './say.ts'

const HTTP = '@opentelemetry/instrumentation-http'
const UNDICI = '@opentelemetry/instrumentation-undici'
const SDK_NODE = '@opentelemetry/sdk-node'
const API_OF_SDK_2 = '@opentelemetry/api@1.9'

/** Which class a package exports, and which calls go unseen without it. */
const INSTRUMENTATIONS = {
  [HTTP]: { exported: 'HttpInstrumentation', sees: 'node:http, node:https, axios' },
  [UNDICI]: { exported: 'UndiciInstrumentation', sees: 'fetch, undici' },
} as const

/** The instrumentations that the app has, each with our hook; what is missing is said in one line. */
export function instrumentationsFrom(find: Find, sdkNodeVersion: string, responseHook: unknown, say: Say): unknown[] {
  const made: unknown[] = []
  const missing: string[] = []
  const unseen: string[] = []
  for (const [name, { exported, sees }] of Object.entries(INSTRUMENTATIONS)) {
    const found = find(name)
    try {
      const Instrumentation = (found?.load() as Readonly<Record<string, new (options: object) => unknown>>)?.[exported]
      if (Instrumentation) {
        made.push(new Instrumentation({ responseHook }))
        continue
      }
    } catch (error) {
      say(`${name} ${found?.version} cannot be used: ${messageOf(error)}`)
    }
    missing.push(pinned(name, sdkNodeVersion))
    unseen.push(sees)
  }
  if (missing.length > 0) say(`calls by ${unseen.join(', ')} are not seen: npm install ${missing.join(' ')}`)
  return made
}

/** What an app without any SDK has to install. */
export function packagesToInstall(): string {
  const sdkNodeVersion = runsSdk3() ? '' : '0.223.0'
  const packages = [SDK_NODE, HTTP, UNDICI].map((name) => pinned(name, sdkNodeVersion))
  // SDK 2 refuses API 1.10; npm stops with ERESOLVE when the app has saved that one, unless it is named here.
  return (runsSdk3() ? packages : [API_OF_SDK_2, ...packages]).join(' ')
}

/** The newest is not always the right one: SDK 3 wants Node 22.15, and http goes with the release of sdk-node. */
function pinned(name: string, sdkNodeVersion: string): string {
  if (name === UNDICI) return runsSdk3() ? UNDICI : `${UNDICI}@0.33.0`
  return sdkNodeVersion ? `${name}@${sdkNodeVersion}` : name
}

function runsSdk3(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 15)
}
