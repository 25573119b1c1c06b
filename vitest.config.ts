import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (file: string) => fileURLToPath(new URL(`./src/${file}`, import.meta.url))

export default defineConfig({
  test: {
    // Real processes, browsers and servers: on a busy machine they take their time, and a test that passes is not held up.
    testTimeout: 120_000,
    hookTimeout: 120_000,
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
