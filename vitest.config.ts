import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (file: string) => fileURLToPath(new URL(`./src/${file}`, import.meta.url))

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
  resolve: {
    alias: [
      { find: /^opentelemetry-mangopay$/, replacement: source('index.ts') },
      { find: /^opentelemetry-mangopay\/(names|register)$/, replacement: source('$1.ts') },
    ],
  },
})
