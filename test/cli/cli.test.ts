/** The command, as a user types it. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const folder = mkdtempSync(join(tmpdir(), 'mangopay-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the built command in a folder of its own. */
function run(line: string) {
  const args = line.split(' ').filter((arg) => arg !== '')
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(process.cwd(), 'dist/cli.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

const shipped = (path: string) => readFileSync(path, 'utf8')

describe('opentelemetry-mangopay', () => {
  it.each([
    ['collector', 'collector/mangopay.yaml'],
    ['collector --complete', 'collector/complete.example.yaml'],
    ['rules', 'alerts/mangopay.rules.yml'],
    ['rules --records', 'alerts/mangopay.records.yml'],
    ['grafana-rules', 'alerts/grafana-alerting.yaml'],
    ['dashboard', 'dashboards/mangopay-api-client.json'],
  ])('%s without values prints the file as shipped', (line, path) => {
    expect(run(line)).toEqual({ status: 0, stdout: shipped(path), stderr: '' })
  })

  it('puts addresses into every alert, and a data source into every rule', () => {
    const urls =
      '--runbook-url https://wiki.example.com/runbook --dashboard-url https://grafana.example.com/d/x?orgId=2'
    for (const line of [`rules ${urls}`, `grafana-rules ${urls} --datasource-uid 123`]) {
      const { stdout, status } = run(line)
      expect(status).toBe(0)
      const rules = (parse(stdout) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules)
      const alerts = rules.filter(({ alert, title }) => alert !== undefined || title !== undefined)
      expect(alerts.length).toBeGreaterThan(10)
      for (const { alert, title = '', annotations, data } of alerts) {
        const name = (alert ?? title.split(' ')[0] ?? '').toLowerCase()
        expect(annotations?.['runbook_url']).toBe(`https://wiki.example.com/runbook#${name}`)
        expect(annotations?.['dashboard_url']).toMatch(
          /^https:\/\/grafana\.example\.com\/d\/x\?orgId=2.*&var-environment=/,
        )
        for (const { datasourceUid } of data ?? []) expect(['123', '__expr__']).toContain(datasourceUid)
      }
    }
    expect(JSON.parse(run('dashboard --runbook-url https://wiki.example.com/r').stdout)).toHaveProperty('uid')
    expect(run('rules --runbook-url https://wiki.example.com/{alert}.html').stdout).toContain(
      'runbook_url: https://wiki.example.com/mangopayfailing.html',
    )
  })

  it('generates the Collector’s configuration for hosts and choices', () => {
    const { stdout, status } = run(
      'collector --host gateway.internal:8443=production --host mock.test/mangopay --environment test --privacy --keep-span-names',
    )
    expect(status).toBe(0)
    expect(parse(stdout)).toHaveProperty('service.pipelines.traces/mangopay')
    for (const part of ['"8443"', '"production"', '^/mangopay(?:/|$)', '"test"', 'exception.stacktrace'])
      expect(stdout).toContain(part)
    expect(stdout).not.toContain('set(span.name')
    expect(run('collector').stdout).toContain('set(span.name')
  })

  it.each([
    ['', 2, 'COMMAND [OPTIONS]'],
    ['dashbord', 2, 'there is no command "dashbord"; there are collector, rules, grafana-rules, dashboard'],
    ['constructor', 2, 'there is no command "constructor"'],
    ['rules --runbok-url x', 2, "Unknown option '--runbok-url'\nopentelemetry-mangopay rules --help"],
    ['rules --runbook-url', 2, 'argument missing'],
    ['rules now', 2, "Unexpected argument 'now'"],
    ['rules --out a --out b', 2, '--out is given twice'],
    [
      'rules --runbook-url wiki',
      2,
      '--runbook-url must be an address that begins with https:// or http://, not "wiki"',
    ],
    ['rules --runbook-url https://w/{{x}}', 2, 'not "https://w/{{x}}"'],
    ['rules --runbook-url https://w#alerts', 2, '{alert}'],
    ['rules --dashboard-url https://g/d#x', 2, '--dashboard-url must have no #'],
    ['grafana-rules --datasource-uid a.b', 2, 'not "a.b"'],
    ['collector --host gateway', 2, '--host "gateway" belongs to no environment: write --host gateway=production'],
    ['collector --host https://gateway=production', 2, 'without scheme or user'],
    ['collector --host a=b=c', 2, '--host must be host=environment, not "a=b=c"'],
    ['collector --host gateway=', 2, 'the name of an environment'],
    ['collector --environment test', 2, 'add --host'],
    ['collector --out missing/mangopay.yaml', 1, '--out "missing/mangopay.yaml" cannot be written'],
  ])('"%s" ends with %i and says what is wrong', (line, status, message) => {
    const result = run(line)
    expect(result).toMatchObject({ status, stdout: '' })
    expect(result.stderr).toContain(message)
  })

  it('shows every option in its help', () => {
    expect(run('--help')).toMatchObject({ status: 0, stderr: '' })
    for (const command of ['collector', 'rules', 'grafana-rules', 'dashboard']) {
      expect(run('help').stdout).toContain(`  ${command} `)
      expect(run(`${command} --help`).stdout).toContain('--out FILE')
    }
    expect(run('collector --help').stdout).toMatch(/--host HOST.*--environment NAME.*--privacy.*--complete/s)
  })
})

interface Rule {
  alert?: string
  title?: string
  annotations?: Record<string, string>
  data?: { datasourceUid: string }[]
}

describe('installed from the packed package', () => {
  beforeAll(() => {
    const [{ filename }] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { encoding: 'utf8' }),
    )
    writeFileSync(join(folder, 'package.json'), '{}')
    // The peer dependency is not what the command needs.
    execFileSync('npm', ['install', '--offline', '--legacy-peer-deps', '--no-audit', '--no-fund', `./${filename}`], {
      cwd: folder,
    })
  })

  it('runs by npx, alone', () => {
    const { status, stderr } = spawnSync(
      'npx',
      ['--no', 'opentelemetry-mangopay', 'collector', '--out', 'mangopay.yaml'],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    )
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(readFileSync(join(folder, 'mangopay.yaml'), 'utf8')).toBe(shipped('collector/mangopay.yaml'))
    expect(shipped(join(folder, 'node_modules/opentelemetry-mangopay/collector/mangopay.yaml'))).toBe(
      shipped('collector/mangopay.yaml'),
    )
  })
})
