/**
 * Runs in a process of its own: every case with every client, and what `classify` says of what the client rejects with.
 * Prints it. Argument: folder of the clients.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Classified, classify } from 'opentelemetry-mangopay/classify'
import { clients } from './clients.ts'
import type { Truth } from './record.ts'
import { casesOf, startWorld, truthOf } from './world.ts'

/** One rejection. */
export interface ClassifiedCase {
  case: string
  client: string
  truth: Truth
  said: Classified
}

const paths: Readonly<Record<string, string>> = {
  'GET /users/{userId}': '/v2.01/acme/users/user_m_01',
  'POST /oauth/token': '/v2.01/oauth/token',
  'POST /payins/card/direct': '/v2.01/acme/payins/card/direct',
  'POST /transfers': '/v2.01/acme/transfers',
}

const world = await startWorld()
const said: ClassifiedCase[] = []
for (const [name, client] of Object.entries(clients(createRequire(join(process.argv[2] ?? '', 'lab.js'))))) {
  for (const { it, method } of casesOf(name, client)) {
    const truth = truthOf(it, client, method).at(-1) as Truth
    const [asked = ''] = truth.operation.split(' ')
    let thrown: { error: unknown } | undefined
    const call: typeof client.call = (ask) =>
      client.call(ask).catch((error: unknown) => {
        thrown = { error }
      })
    await world.call(it, { ...client, call }, method)
    await world.drop()
    if (thrown === undefined) continue // it got its answer, or never heard of the end
    const about = { method: asked, url: paths[truth.operation] ?? '' }
    said.push({ case: it.name, client: name, truth, said: classify(thrown.error, about) })
  }
}
world.close()
process.stdout.write(JSON.stringify(said), () => process.exit(0))
