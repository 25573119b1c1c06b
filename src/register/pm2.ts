import type { Env } from './env.ts'

/** Which of the variables are read before PM2 hands them over. */
const READ = ['OTEL_', 'MANGOPAY_TELEMETRY_']

/** What PM2 knows of the process that it starts. */
export interface Pm2 {
  /** The app's main script, in place of PM2's own. */
  readonly script?: string
  /** The app's working directory. */
  readonly folder?: string
}

/**
 * In its cluster mode PM2 hands the variables of the ecosystem file over when it loads the script, which is after
 * `--import`: until then they stand in one variable as JSON. They are set here as PM2 will set them, since exporters read
 * the environment themselves.
 *
 * @param env - `process.env`
 */
export function fromPm2(env: Record<string, string | undefined> & Env): Pm2 {
  const text = env['pm2_env']
  if (text === undefined) return {}
  let told: Readonly<Record<string, unknown>>
  try {
    told = JSON.parse(text)
  } catch {
    return {} // somebody's own
  }
  for (const [name, value] of Object.entries(told ?? {})) {
    if (READ.some((start) => name.startsWith(start)) && typeof value !== 'object') env[name] = String(value)
  }
  const { pm_exec_path: script, pm_cwd: folder } = told ?? {}
  return {
    ...(typeof script === 'string' ? { script } : {}),
    ...(typeof folder === 'string' ? { folder } : {}),
  }
}
