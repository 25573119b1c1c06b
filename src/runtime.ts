import type { Health } from './warnings.ts'

/** Which calls runtimes other than Node make without telling anybody, and what to use instead. */
const UNSEEN: Readonly<Record<string, string>> = {
  bun: 'Bun tells nobody of calls by fetch and undici, and they are not counted: send those to Mangopay through axios',
  deno: 'Deno tells nobody of calls by fetch and by named imports of node:http, and they are not counted: send those to Mangopay through axios or undici',
}

/** Notes what cannot be counted where this runs. */
export function noteRuntime(health: Health): void {
  for (const [name, line] of Object.entries(UNSEEN)) if (name in process.versions) health.note('RUNTIME', line)
}
