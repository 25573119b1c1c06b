/** The packed package with every line of the SDK, old and new Node and TypeScript: a part of `npm run matrix`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'

it('no cell fails', { timeout: 1_800_000 }, async () => {
  const child = spawn(process.execPath, ['build/test/matrix/main.js', '--few'], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
})
