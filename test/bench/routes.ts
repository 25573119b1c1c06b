/** One path for each operation of the route table, with ids in it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Paths such as `/v2.01/acme/users/id_01/wallets`. Benchmarks and tests run in the root of the repository. */
export const operationPaths: readonly string[] = readFileSync(join(process.cwd(), 'test/routes.tsv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((row) => (row.split('\t')[2] ?? '').replace('{apiVersion}', 'v2.01').replace('{clientId}', 'acme'))
  .map((template) => template.replace(/\{\w+\}/g, 'id_01J82SPSKW53'))
