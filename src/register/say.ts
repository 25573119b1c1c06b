/** Tells the person who started the app something, in one line. */
export type Say = (line: string) => void

const said = new Set<string>()

/** Says it on stderr, where it does not mix with what the app prints, and the same thing once. */
export const sayOnStderr: Say = (line) => {
  if (said.has(line)) return
  said.add(line)
  process.stderr.write(`opentelemetry-mangopay: ${line.replace(/\s+/g, ' ')}\n`)
}

/** What an error says, whatever was thrown; its first line, since Node appends whole require stacks. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.split('\n', 1)[0] ?? ''
}

const ADDRESS = /^([a-z][a-z0-9+.-]*:\/\/)?([^/?#\\]*@)?(\[[0-9a-f:.]*\]|[^/?#\\@:=]*)(:\d{1,5}(?!\w))?/i

/**
 * Of an address that somebody got wrong: scheme, host and port, so that it is found again. User, path, query and
 * whatever cannot be told apart from them become dots, since keys and passwords stand there and logs are kept.
 */
export function shownAddress(text: string): string {
  const [known = '', scheme = '', user, host = '', port = ''] = ADDRESS.exec(text) ?? []
  const rest = text.slice(known.length)
  if (rest.includes('@')) return `${scheme}…` // what looks like the host may be half of a password
  return `${scheme}${user ? '…@' : ''}${host}${port}${rest && '…'}`
}
