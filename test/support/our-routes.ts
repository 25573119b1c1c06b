/** The rows of the library's route table, each with its whole path. */
import { ROUTES } from '../../src/request/routes.ts'

export const ours = Object.entries(ROUTES).flatMap(([prefix, rows]) =>
  rows.map((row) => {
    const [method, path] = row.split(' ') as [string, string]
    return { row, method, path: prefix + path }
  }),
)
