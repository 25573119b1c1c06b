import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (file: string) => fileURLToPath(new URL(`./src/${file}`, import.meta.url))

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'code', include: ['test/**/*.test.ts'], exclude: ['test/stack/**'] } },
      {
        // Real servers and many processes, on the clock: after everything else and one file at a time.
        extends: true,
        test: { name: 'stack', include: ['test/stack/**/*.test.ts'], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
  resolve: {
    alias: [
      { find: /^opentelemetry-mangopay$/, replacement: source('index.ts') },
      { find: /^opentelemetry-mangopay\/(names|register)$/, replacement: source('$1.ts') },
    ],
  },
})
