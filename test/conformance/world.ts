/**
 * Where the cases happen, in the process that makes the calls: servers, names and ports that treat each request as its
 * case says, and what is then true.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Case, cases, type Hop, type Target } from './cases.ts'
import type { Client } from './clients.ts'
import type { Truth } from './record.ts'
import { blockedPort, type RawServer, rawServer, refusedPort } from './server.ts'

/** Method of a case's request. */
export type Method = 'GET' | 'POST'

export const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

/** Starts it. */
export async function startWorld() {
  // Mangopay's SDK answers a failed connection with an unhandled rejection and a promise that never settles.
  let rejected = () => {}
  process.on('unhandledRejection', () => rejected())
  const server: RawServer = await rawServer()
  const secure: RawServer = await rawServer(selfSigned())
  const blocked = await blockedPort()
  const origins: Record<Target, string> = {
    server: `http://127.0.0.1:${server.port}`,
    dns: 'http://api.mangopay.invalid',
    refused: `http://127.0.0.1:${await refusedPort()}`,
    'tls-plain': `https://127.0.0.1:${server.port}`,
    'tls-self-signed': `https://127.0.0.1:${secure.port}`,
    blocked: `http://127.0.0.1:${blocked.port}`,
  }
  return {
    origins,
    /** Makes one case happen; resolves when the client is done, or has made no sound for 5 s. */
    call: async (it: Case, client: Client, method: Method): Promise<void> => {
      server.reply = secure.reply = it.reply
      const path = method === 'GET' ? '/v2.01/acme/users/user_m_01' : '/v2.01/acme/payins/card/direct'
      const origin = origins[it.target ?? 'server']
      const ask = { act: it.act ?? 'plain', method, origin, path, token: it.token ?? false }
      const unhandled = new Promise<void>((resolve) => {
        rejected = resolve
      })
      await Promise.race([
        client.call(ask).then(
          () => {},
          () => {},
        ),
        unhandled,
        pause(5_000),
      ])
    },
    /** Ends what a case has left hanging. */
    drop: async (): Promise<void> => {
      server.drop()
      secure.drop()
      await pause(10)
    },
    close: () => blocked.close(),
  }
}

/** What is true of the requests of a case. */
export function truthOf(it: Case, client: Client, method: Method): Truth[] {
  const post = it.token ? 'POST /oauth/token' : (client.post ?? 'POST /payins/card/direct')
  return [it.truth].flat().map((hop: Hop): Truth => {
    const read = method === 'GET' || hop.get
    return {
      operation: read && !it.token ? 'GET /users/{userId}' : post,
      outcome: read && !it.token ? (hop.category ? 'failure' : 'success') : hop.write,
      ...(hop.category && { category: hop.category }),
      ...(hop.status && { status: hop.status }),
    }
  })
}

/** The cases that a client can be in. */
export const casesOf = (name: string, client: Client): { it: Case; method: Method }[] =>
  cases
    .filter((it) => client.acts.includes(it.act ?? 'plain') && (it.clients?.includes(name) ?? true))
    .flatMap((it) => (it.token ? (['POST'] as const) : (['GET', 'POST'] as const)).map((method) => ({ it, method })))

/** A key and its certificate, which nobody has signed. */
export function selfSigned(): { key: string; cert: string } {
  const at = mkdtempSync(join(tmpdir(), 'certificate-'))
  const files = ['-keyout', join(at, 'key'), '-out', join(at, 'cert'), '-subj', '/CN=localhost', '-days', '2']
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files], { stdio: 'ignore' })
  const read = (file: string) => readFileSync(join(at, file), 'utf8')
  const pair = { key: read('key'), cert: read('cert') }
  rmSync(at, { recursive: true })
  return pair
}
