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
