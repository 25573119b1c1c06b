/** Writing statements of the Collector's transformation language (OTTL). */

/** A text as OTTL writes it: the escapes are those of JSON. The Collector would take `${` for one of its variables. */
export const text = (value: string): string => JSON.stringify(value).replace(/\$(?=[{$])/g, '$$$$')

/** An attribute of the span. */
export const attribute = (name: string): string => `span.attributes[${text(name)}]`

/** A variable that lives as long as the statements of one group work on one span. */
export const variable = (name: string): string => `span.cache[${text(name)}]`

/** What one group or pipeline leaves for the next one is kept on the span, under this prefix, and removed at the end. */
export const TEMPORARY = 'mangopay.tmp.'
export const temporary = (name: string): string => attribute(TEMPORARY + name)

/** A statement, and when it applies: all of the conditions have to be true. */
const when = (statement: string, conditions: readonly string[]): string =>
  conditions.length === 0 ? statement : `${statement} where ${and(...conditions)}`

export const set = (target: string, value: string, ...conditions: string[]): string =>
  when(`set(${target}, ${value})`, conditions)

export const replace = (target: string, pattern: string, replacement: string, ...conditions: string[]): string =>
  when(`replace_pattern(${target}, ${text(pattern)}, ${text(replacement)})`, conditions)

export const remove = (name: string, ...conditions: string[]): string =>
  when(`delete_key(span.cache, ${text(name)})`, conditions)

export const and = (...conditions: string[]): string => conditions.map(grouped).join(' and ')
export const or = (...conditions: string[]): string => conditions.join(' or ')
const grouped = (condition: string): string => (/ or /.test(condition) ? `(${condition})` : condition)

export const matches = (value: string, pattern: string): string => `IsMatch(${value}, ${text(pattern)})`
export const isText = (value: string): string => `IsString(${value})`
export const isThere = (value: string): string => `${value} != nil`
export const isMissing = (value: string): string => `${value} == nil`
export const concat = (parts: readonly string[], separator = ''): string =>
  `Concat([${parts.join(', ')}], ${text(separator)})`
/** The named group of a pattern, for what is known to match it. */
export const extract = (value: string, pattern: string, group: string): string =>
  `ExtractPatterns(${value}, ${text(pattern)})[${text(group)}]`

/** A literal text in a pattern. */
export const literal = (value: string): string => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The same, ASCII letters in either case: `(?i)` would also take the Kelvin sign for a k and a long s for an s. */
export const anyCase = (value: string): string =>
  [...value]
    .map((char) => (/[a-zA-Z]/.test(char) ? `[${char.toLowerCase()}${char.toUpperCase()}]` : literal(char)))
    .join('')

/**
 * A table as one text, since the language has no constant map: it would build the map anew for every span. A key is looked
 * up with `Index`, which is fast because every key begins and ends with a letter that is nowhere else in the table.
 */
export interface Table {
  /** The table itself. */
  readonly text: string
  /** The expression of a key. */
  key(parts: readonly string[], separator: string): string
}

/** Ends of a key. No value and no key may contain it. */
const EDGE = 'Z'

/**
 * @param entries - key → value, in which positions are counted in single bytes: ASCII only
 * @throws Error for an entry that could be mistaken for another one
 */
export function table(entries: Iterable<readonly [key: string, value: string]>): Table {
  let all = ''
  for (const [key, value] of entries) {
    if (!/^[ -Y[-~]*$/.test(key + value)) throw new Error(`an entry with ${EDGE} or not in ASCII: ${key} ${value}`)
    all += `${EDGE}${key}${EDGE}${value}`
  }
  return {
    text: text(all),
    key: (parts, separator) => concat([text(EDGE), concat(parts, separator), text(EDGE)]),
  }
}

/** Statements that run one after the other on each span or event that meets one of the conditions. */
export interface Group {
  /** What it finds out, for the reader of the file. */
  readonly comment: string
  readonly context: 'span' | 'spanevent' | 'resource' | 'scope' | 'metric' | 'datapoint'
  /** One of them has to be true; always without any. */
  readonly conditions?: readonly string[]
  readonly statements: readonly string[]
}
