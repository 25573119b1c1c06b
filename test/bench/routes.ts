/** One call for each operation of the route table, with ids in its path. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Method and path, such as `GET` and `/v2.01/acme/users/id_01/wallets`. Benchmarks and tests run in the root. */
export const operations: readonly { method: string; path: string }[] = readFileSync(
  join(process.cwd(), 'test/request/routes.tsv'),
  'utf8',
)
  .trim()
  .split('\n')
  .slice(1)
  .map((row) => {
    const [, method = '', template = ''] = row.split('\t')
    const path = template.replace('{apiVersion}', 'v2.01').replace('{clientId}', 'acme')
    return { method, path: path.replace(/\{\w+\}/g, 'id_01J82SPSKW53') }
  })

/** The paths alone. */
export const operationPaths: readonly string[] = operations.map(({ path }) => path)
