/** Where a secret must not be found: in what is logged, and in anything else that we write. */
import { inspect } from 'node:util'
import { type DiagLogFunction, DiagLogLevel, diag } from '@opentelemetry/api'
import { secret } from './urls.ts'

/** Whether the secret is anywhere in it. Errors with their messages, stacks and causes. */
export const leaked = (value: unknown): boolean => {
  const text =
    typeof value === 'string' ? value : inspect(value, { depth: 20, maxStringLength: null, maxArrayLength: null })
  return text.includes(secret)
}

/** Collects every line that goes to the diagnostic log, until `end`. */
export function logged(): { end(): string[] } {
  const lines: string[] = []
  const collect: DiagLogFunction = (message, ...more) =>
    void lines.push([message, ...more.map((it) => inspect(it))].join(' '))
  diag.setLogger(
    { error: collect, warn: collect, info: collect, debug: collect, verbose: collect },
    { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true },
  )
  return {
    end: () => {
      diag.disable()
      return lines
    },
  }
}
