/** The server of the demo page: who may ask, what is served, and what a tab costs. */
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ALERT_NAMES } from '../../alerts/model.ts'
import { runbookPage } from '../../examples/demo/page/runbook.ts'
import type { Page } from '../../examples/demo/page/server.ts'
import { Stream } from '../../examples/demo/page/stream.ts'
import { builtServer } from './program.ts'

describe('the server of the demo page', () => {
  let page: Page

  beforeAll(async () => {
    page = await (await builtServer()).startPage()
  })
  afterAll(() => page?.close())

  /** fetch() would not let a Host be set. */
  const ask = (method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<number> =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: page.port, method, path, headers }
      const sent = request(options, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
        if (path === '/events') sent.destroy()
      })
      sent.on('error', reject)
      sent.end(body)
    })

  const json = { 'Content-Type': 'application/json' }
  const outage = JSON.stringify({ scenario: 'outage' })
  const playing = () => page.stage()?.playing()?.scenario.name

  it('answers to its own names only', async () => {
    const { port } = page
    for (const name of ['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST']) {
      expect(await ask('GET', '/', { Host: `${name}:${port}` })).toBe(200)
    }
    const foreign = [`evil.example:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`, `127.0.0.1.evil.example:${port}`]
    for (const host of ['evil.example', ...foreign]) {
      for (const path of ['/', '/events', '/page.css']) expect(await ask('GET', path, { Host: host })).toBe(421)
      expect(await ask('POST', '/play', { ...json, Host: host }, outage)).toBe(421)
    }
  })

  it('takes control calls of its own page only', async () => {
    const own = `http://127.0.0.1:${page.port}`
    for (const [headers, status] of [
      [{ ...json, Origin: 'http://evil.example' }, 403],
      [{ ...json, Origin: 'null' }, 403],
      [{ ...json, Origin: `http://127.0.0.1:${page.port + 1}` }, 403],
      [{ ...json, 'Sec-Fetch-Site': 'cross-site' }, 403],
      [{ ...json, 'Sec-Fetch-Site': 'same-site', Origin: own }, 403],
      // What a form or a beacon can send without being asked for leave.
      [{ 'Content-Type': 'text/plain' }, 415],
      [{}, 415],
    ] as const) {
      expect(await ask('POST', '/play', headers, outage)).toBe(status)
    }
    expect(await ask('GET', '/play')).toBe(404)
    expect(await ask('HEAD', '/events')).toBe(404)
    expect(await ask('DELETE', '/play', json)).toBe(405)
    expect(playing()).toBe('normal')
    expect(await ask('POST', '/play', { ...json, Origin: own, 'Sec-Fetch-Site': 'same-origin' }, outage)).toBe(200)
    expect(playing()).toBe('outage')
  })

  it('refuses control calls that make no sense', async () => {
    const wrong = ['', 'null', '{', '[]', '{"scenario":7}', '{"scenario":"proof"}', '{"scenario":"__proto__"}']
    for (const body of [...wrong, ' '.repeat(5_000)]) expect(await ask('POST', '/play', json, body)).toBe(400)
    expect(await ask('POST', '/nothing', json, '{}')).toBe(404)
  })

  it('plays the last of many stories asked for at once', async () => {
    const names = ['normal', 'sca-wave', 'outage', 'reused-keys']
    const bodies = names.map((scenario) => JSON.stringify({ scenario }))
    await Promise.all(bodies.map((body) => ask('POST', '/play', json, body)))
    expect(names).toContain(playing())
    await ask('POST', '/play', json, outage)
    expect(playing()).toBe('outage')
  })

  it('serves its own files and nothing else, and lets nothing from elsewhere run', async () => {
    for (const path of [
      '/page.css?x=1',
      '/icon.svg',
      '/uplot.js',
      '/js/dashboards/palette.js',
      '/runbook',
      '/events',
    ]) {
      expect(await ask('GET', path)).toBe(200)
    }
    const foreign = ['/package.json', '/../package.json', '/js/../../package.json', '//', '/%2e%2e/package.json']
    for (const path of ['/js/examples/demo/page/server.js', ...foreign]) expect(await ask('GET', path)).toBe(404)
    const { headers } = await fetch(page.url)
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/)
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(await (await fetch(page.url)).text()).not.toMatch(/https?:\/\//)
  })

  it('refuses tabs without end, and forgets those that have gone', async () => {
    const controller = new AbortController()
    const open = () => fetch(`${page.url}/events`, { signal: controller.signal })
    await expect.poll(() => page.tabs(), { timeout: 100_000 }).toBe(0)
    const tabs = await Promise.all(Array.from({ length: 20 }, open))
    expect(tabs.every(({ status }) => status === 200)).toBe(true)
    expect((await open()).status).toBe(503)
    controller.abort()
    await expect.poll(() => page.tabs(), { timeout: 100_000 }).toBe(0)
  })
})

it('a tab that does not listen is let go', () => {
  const stream = new Stream()
  let destroyed = false
  const slow = {
    writableLength: 0,
    on: () => {},
    writeHead: () => {},
    write: () => true,
    end: () => {},
    destroy: () => {
      destroyed = true
    },
  }
  stream.add(slow as unknown as Parameters<Stream['add']>[0], {} as Parameters<Stream['add']>[1])
  stream.publish('failed', [])
  expect(destroyed).toBe(false)
  slow.writableLength = 10_000_000
  stream.publish('failed', [])
  expect(destroyed).toBe(true)
  stream.end()
})

it('the runbook is rendered, with a section to link to for each alert', () => {
  const html = runbookPage('docs/runbook.md')
  for (const alert of ALERT_NAMES) {
    expect(html).toContain(`<section id="${alert.toLowerCase()}"><h2>${alert}</h2>`)
  }
  expect(html).toContain('<pre><code class="language-promql">')
  expect(html).not.toMatch(/\*\*|```|<a id=|<script|href="(?!#|\/|https:)/)
})
