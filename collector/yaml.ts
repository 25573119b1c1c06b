/**
 * Configuration as YAML, with comments, by a few lines of our own: the command of the package writes it too, which has no
 * dependency. Quotes are single ones, in which the statements stand as the language spells them.
 */

/** What can be written. A key that begins with `#` is a comment. */
export type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml | undefined }

const WIDTH = 118

/** A document, without a line break at its beginning. */
export const toYaml = (value: { readonly [key: string]: Yaml | undefined }): string => `${lines(value).join('\n')}\n`

function scalar(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value)
  return /^[a-zA-Z_][a-zA-Z0-9_./:-]*$/.test(value) && !/^(true|false|null|yes|no|on|off|y|n)$|:$/i.test(value)
    ? value
    : `'${value.replaceAll("'", "''")}'`
}

const isScalar = (value: Yaml): value is string | number | boolean => typeof value !== 'object'
const isList = (value: Yaml): value is readonly Yaml[] => Array.isArray(value)

function lines(value: Yaml): string[] {
  if (isScalar(value)) return [scalar(value)]
  if (Object.keys(value).length === 0) return [isList(value) ? '[]' : '{}']
  if (isList(value)) {
    return value.flatMap((item) => lines(item).map((line, at) => `${at === 0 ? '- ' : '  '}${line}`))
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key.startsWith('#')) return key === '#' ? [''] : wrap(key.slice(1).trim())
    if (inner === undefined) return []
    const short = flow(inner)
    if (short !== undefined && key.length + short.length < WIDTH - 20) return [`${scalar(key)}: ${short}`]
    if (isScalar(inner)) return [`${scalar(key)}: ${scalar(inner)}`]
    return [`${scalar(key)}:`, ...lines(inner).map((line) => (line === '' ? '' : `  ${line}`))]
  })
}

/** A list of single values on one line, and what is empty. */
function flow(value: Yaml): string | undefined {
  if (isScalar(value)) return undefined
  if (isList(value)) {
    return value.every(isScalar) && !value.some((it) => String(it).includes('('))
      ? `[${value.map((it) => scalar(it as string)).join(', ')}]`
      : undefined
  }
  return Object.keys(value).length === 0 ? '{}' : undefined
}

function wrap(comment: string): string[] {
  const wrapped = ['#']
  for (const word of comment.split(' ')) {
    const line = wrapped.at(-1) ?? ''
    if (line.length + word.length >= 100) wrapped.push(`# ${word}`)
    else wrapped[wrapped.length - 1] = `${line} ${word}`
  }
  return wrapped
}
