import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from '../../examples/demo/page/server.ts'
import { builtServer } from './page.ts'

describe('the server of the demo page', () => {
  let page: Page

  beforeAll(async () => {
    const { startPage } = await builtServer()
    page = await startPage()
  })
  afterAll(() => page?.close())

  /** fetch() would not let a Host be set. */
  const ask = (method: string, path: string, headers: Record<string, string>, body = ''): Promise<number> =>
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

  it('answers to its own names only', async () => {
    const { port } = page
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, `LOCALHOST:${port}`]) {
      expect(await ask('GET', '/', { Host: host })).toBe(200)
    }
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
      `127.0.0.1.evil.example:${port}`,
    ]) {
      for (const path of ['/', '/events', '/page.css']) expect(await ask('GET', path, { Host: host })).toBe(421)
      expect(await ask('POST', '/play', { ...json, Host: host }, outage)).toBe(421)
    }
  })

  it('takes control calls of its own page only', async () => {
    const own = `http://127.0.0.1:${page.port}`
    const playing = () => page.stage.playing()?.scenario.name
    expect(playing()).toBe('normal')
    expect(await ask('POST', '/play', { ...json, Origin: 'http://evil.example' }, outage)).toBe(403)
    expect(await ask('POST', '/play', { ...json, Origin: 'null' }, outage)).toBe(403)
    expect(await ask('POST', '/play', { ...json, Origin: `http://127.0.0.1:${page.port + 1}` }, outage)).toBe(403)
    expect(await ask('POST', '/play', { ...json, 'Sec-Fetch-Site': 'cross-site' }, outage)).toBe(403)
    expect(await ask('POST', '/play', { ...json, 'Sec-Fetch-Site': 'same-site', Origin: own }, outage)).toBe(403)
    // What a form or a beacon can send without being asked for leave.
    expect(await ask('POST', '/play', { 'Content-Type': 'text/plain' }, outage)).toBe(415)
    expect(await ask('POST', '/play', {}, outage)).toBe(415)
    expect(await ask('GET', '/play', {})).toBe(404)
    expect(await ask('HEAD', '/events', {})).toBe(404)
    expect(await ask('DELETE', '/play', json)).toBe(405)
    expect(playing()).toBe('normal')
    expect(await ask('POST', '/play', { ...json, Origin: own, 'Sec-Fetch-Site': 'same-origin' }, outage)).toBe(200)
    expect(playing()).toBe('outage')
  })

  it('refuses control calls that make no sense', async () => {
    for (const body of [
      '',
      'null',
      '{',
      '[]',
      '{"scenario":7}',
      '{"scenario":"proof"}',
      '{"scenario":"__proto__"}',
      ' '.repeat(5_000),
    ]) {
      expect(await ask('POST', '/play', json, body)).toBe(400)
    }
    expect(await ask('POST', '/nothing', json, '{}')).toBe(404)
  })

  it('serves its own files and nothing else', async () => {
    for (const path of [
      '/page.css?x=1',
      '/icon.svg',
      '/uplot.js',
      '/js/dashboards/palette.js',
      '/runbook',
      '/events',
    ]) {
      expect(await ask('GET', path, {})).toBe(200)
    }
    for (const path of [
      '/package.json',
      '/../package.json',
      '/js/../../package.json',
      '/js/examples/demo/page/server.js',
      '//',
      '/%2e%2e/package.json',
    ]) {
      expect(await ask('GET', path, {})).toBe(404)
    }
  })

  it('lets nothing from elsewhere run', async () => {
    const { headers } = await fetch(page.url)
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/)
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('access-control-allow-origin')).toBeNull()
    const html = await (await fetch(page.url)).text()
    expect(html).not.toMatch(/https?:\/\//)
  })

  it('refuses tabs without end, and forgets those that have gone', async () => {
    const abort = new AbortController()
    const tabs = await Promise.all(
      Array.from({ length: 20 }, () => fetch(`${page.url}/events`, { signal: abort.signal })),
    )
    expect(tabs.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    expect((await fetch(`${page.url}/events`)).status).toBe(503)
    abort.abort()
    for (let i = 0; i < 50 && page.tabs() > 0; i++) await sleep(50)
    expect(page.tabs()).toBe(0)
    expect(await ask('GET', '/events', {})).toBe(200)
  })
})
