import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (file: string) => fileURLToPath(new URL(`./src/${file}`, import.meta.url))

export default defineConfig({
  test: {
    // Real processes and servers take their time on a busy machine, and a test that passes is not held up.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      {
        // Half of the time goes into waiting for children and time limits: vitest's own number, one less than there are
        // cores, leaves them idle.
        extends: true,
        test: { name: 'short', include: ['test/**/*.test.ts'], exclude: ['test/**/*.long.test.ts'], maxWorkers: 3 },
      },
      {
        // What takes minutes, or needs more than `npm ci` installs. One file at a time: each uses the whole machine, and
        // some run on the clock.
        extends: true,
        test: { name: 'long', include: ['test/**/*.long.test.ts'], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
  resolve: {
    alias: [
      { find: /^opentelemetry-mangopay$/, replacement: source('index.ts') },
      { find: /^opentelemetry-mangopay\/(names|register|classify|monitor)$/, replacement: source('$1.ts') },
    ],
  },
})
