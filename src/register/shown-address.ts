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
