/**
 * `npx opentelemetry-mangopay`: prints the files of this package with your own values in them. What is rendered beforehand
 * is read from the package; the Collector's configuration is generated, since hosts change its statements.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { fillInDashboard, fillInRules, type Own } from '../alerts/fill-in.ts'
import { renderComplete, renderFragment } from '../collector/config.ts'

/** What a user got wrong. */
class UsageError extends Error {}

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>

interface Option {
  readonly type: 'string' | 'boolean'
  readonly multiple?: true
  /** What stands for the value in the help. */
  readonly value?: string
  readonly help: string
}

interface Command {
  readonly help: string
  readonly options: Readonly<Record<string, Option>>
  run(values: Values): string
}

const RUNBOOK_URL: Option = {
  type: 'string',
  value: 'URL',
  help: 'your copy of the runbook; {alert} in it becomes the name of the alert, else # and that are added',
}
const DASHBOARD_URL: Option = {
  type: 'string',
  value: 'URL',
  help: 'your dashboard; its variable environment is added',
}

const COMMANDS: Readonly<Record<string, Command>> = {
  collector: {
    help: 'configuration of an OpenTelemetry Collector, for services in any language',
    options: {
      host: {
        type: 'string',
        multiple: true,
        value: 'HOST[=ENVIRONMENT]',
        help: 'a host besides Mangopay’s own: host, host:port or host/prefix (again for each)',
      },
      environment: { type: 'string', value: 'NAME', help: 'environment of the hosts that are given without one' },
      privacy: { type: 'boolean', help: 'remove URLs from attributes and from the texts of errors' },
      'keep-span-names': { type: 'boolean', help: 'do not rename spans to method and route' },
      complete: { type: 'boolean', help: 'a whole configuration, not the part to add to your own' },
    },
    run: collector,
  },
  rules: {
    help: 'alerts and recording rules for Prometheus',
    options: {
      'runbook-url': RUNBOOK_URL,
      'dashboard-url': DASHBOARD_URL,
      records: { type: 'boolean', help: 'the recording rules alone, which grafana-rules needs' },
    },
    run: (values) =>
      values['records']
        ? shipped('alerts/mangopay.records.yml')
        : fillInRules(shipped('alerts/mangopay.rules.yml'), ownOf(values)),
  },
  'grafana-rules': {
    help: 'the alerts as Grafana-managed rules',
    options: {
      'datasource-uid': { type: 'string', value: 'UID', help: 'your Prometheus data source (default: prometheus)' },
      'runbook-url': RUNBOOK_URL,
      'dashboard-url': DASHBOARD_URL,
    },
    run: (values) => fillInRules(shipped('alerts/grafana-alerting.yaml'), ownOf(values)),
  },
  dashboard: {
    help: 'the dashboard for Grafana',
    options: { 'runbook-url': RUNBOOK_URL },
    run: (values) => fillInDashboard(shipped('dashboards/mangopay-api-client.json'), ownOf(values)),
  },
}

const COMMON: Readonly<Record<string, Option>> = {
  out: { type: 'string', value: 'FILE', help: 'write to this file instead of the standard output' },
  help: { type: 'boolean', help: 'show this' },
}

function shipped(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
}

function collector(values: Values): string {
  const environment = values['environment'] as string | undefined
  if (environment !== undefined && environment.trim() === '')
    throw new UsageError('--environment must be a name, not ""')
  const given = (values['host'] ?? []) as string[]
  const hosts = Object.fromEntries(
    given.map((entry) => {
      const [host = '', name = environment, ...rest] = entry.split('=')
      if (rest.length > 0) throw new UsageError(`--host must be host=environment, not "${entry}"`)
      if (name === undefined) {
        throw new UsageError(
          `--host "${host}" belongs to no environment: write --host ${host}=production, or add --environment production`,
        )
      }
      return [host, name]
    }),
  )
  if (environment !== undefined && given.length === 0) {
    throw new UsageError(
      `--environment "${environment}" is that of hosts: add --host with a host besides Mangopay’s own`,
    )
  }
  const render = values['complete'] ? renderComplete : renderFragment
  try {
    return render({
      hosts,
      privacy: values['privacy'] === true,
      renameSpans: values['keep-span-names'] !== true,
    })
  } catch (error) {
    // A host or an environment that the library would not take either.
    if (error instanceof TypeError || error instanceof RangeError) {
      throw new UsageError(error.message.replace('opentelemetry-mangopay: option hosts', '--host'))
    }
    throw error
  }
}

/** The user's own values, of those that the command takes. */
function ownOf(values: Values): Own {
  const [runbookUrl, dashboardUrl] = ['runbook-url', 'dashboard-url'].map((option) => addressOf(option, values))
  const uid = values['datasource-uid'] as string | undefined
  if (runbookUrl?.includes('#') && !runbookUrl.includes('{alert}')) {
    const wanted = 'have {alert} where the name of an alert is to stand: it is added behind a # otherwise'
    throw new UsageError(`--runbook-url "${runbookUrl}" has a # already; it must ${wanted}`)
  }
  if (dashboardUrl?.includes('#')) {
    throw new UsageError(`--dashboard-url must have no #, since a variable is added: "${dashboardUrl}"`)
  }
  return {
    ...(runbookUrl !== undefined && { runbookUrl }),
    ...(dashboardUrl !== undefined && { dashboardUrl }),
    ...(uid !== undefined && { datasourceUid: yamlUid(uid) }),
  }
}

function yamlUid(uid: string): string {
  if (!/^[a-zA-Z0-9_-]{1,40}$/.test(uid)) {
    const wanted = 'up to 40 letters, digits, dashes and underscores, as in the address of the data source in Grafana'
    throw new UsageError(`--datasource-uid must be ${wanted}, not "${uid}"`)
  }
  // Quoted where YAML would take it for something else than a text.
  const isPlain = /^[a-zA-Z_][a-zA-Z0-9_-]*$/.test(uid) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(uid)
  return isPlain ? uid : `"${uid}"`
}

function addressOf(option: string, values: Values): string | undefined {
  const address = values[option] as string | undefined
  if (address === undefined) return undefined
  const filled = option === 'runbook-url' ? address.replaceAll('{alert}', 'alert') : address
  // Without what YAML, JSON or a template could take for its own.
  if (/^https?:\/\/[^\s"'<>\\{}`^|$]+$/.test(filled) && URL.canParse(filled)) return address
  throw new UsageError(`--${option} must be an address that begins with https:// or http://, not "${address}"`)
}

const lines = (options: Readonly<Record<string, Option>>): string =>
  Object.entries(options)
    .map(([name, { value, help }]) => {
      const option = `  --${name}${value === undefined ? '' : ` ${value}`}`
      return option.length < 30 ? `${option.padEnd(30)}${help}` : `${option}\n${' '.repeat(30)}${help}`
    })
    .join('\n')

const HELP = `Prints files of opentelemetry-mangopay with your own values in them.

  opentelemetry-mangopay COMMAND [OPTIONS]

${Object.entries(COMMANDS)
  .map(([name, { help }]) => `  ${name.padEnd(28)}${help}`)
  .join('\n')}

  opentelemetry-mangopay COMMAND --help shows the options of a command.
`

const helpOf = (name: string, { help, options }: Command): string =>
  `Prints ${help}.\n\n  opentelemetry-mangopay ${name} [OPTIONS]\n\n${lines({ ...options, ...COMMON })}\n`

/** The options of a command. Node's own parser says what is wrong with one; we say where to look. */
function optionsOf(name: string, command: Command, args: readonly string[]): Values {
  const options = Object.fromEntries(
    Object.entries({ ...command.options, ...COMMON }).map(([option, { type, multiple = false }]) => [
      option,
      { type, multiple },
    ]),
  )
  try {
    const { values } = parseArgs({ args: [...args], options, allowPositionals: false })
    const twice = args
      .map((arg) => arg.split('=')[0] ?? '')
      .filter((arg, at, all) => arg.startsWith('--') && all.indexOf(arg) !== at)
    for (const arg of twice) if (!command.options[arg.slice(2)]?.multiple) throw new UsageError(`${arg} is given twice`)
    return values as Values
  } catch (error) {
    const [message = ''] = (error as Error).message.split('. To specify')
    throw new UsageError(`${message}\nopentelemetry-mangopay ${name} --help shows what there is.`)
  }
}

/** What is asked for, written to the file that is named; what is to be printed otherwise. */
function answer([name, ...args]: readonly string[]): string {
  if (name === '--help' || name === '-h' || name === 'help') return HELP
  if (name === undefined) throw new UsageError(HELP.trimEnd())
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command === undefined) {
    throw new UsageError(`there is no command "${name}"; there are ${Object.keys(COMMANDS).join(', ')}`)
  }
  const values = optionsOf(name, command, args)
  if (values['help']) return helpOf(name, command)
  const text = command.run(values)
  const out = values['out'] as string | undefined
  if (out === undefined) return text
  try {
    writeFileSync(out, text)
    return ''
  } catch (error) {
    throw new Error(`--out "${out}" cannot be written: ${(error as Error).message}`)
  }
}

// A reader that has seen enough, such as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
try {
  process.stdout.write(answer(process.argv.slice(2)))
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  // 2: what was asked for is wrong; 1: it could not be done.
  process.exitCode = error instanceof UsageError ? 2 : 1
}
