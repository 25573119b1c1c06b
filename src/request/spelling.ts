/**
 * Whether a text is spelled like ours, which is as long and in lower case. From the end, where texts differ soonest:
 * hosts most of all. Only ASCII letters are folded: toLowerCase would turn the Kelvin sign into a k, and a look-alike
 * into our host.
 */
export function isSpelled(text: string, ours: string): boolean {
  if (text === ours) return true
  for (let i = ours.length - 1; i >= 0; i--) {
    const code = text.charCodeAt(i)
    if (code !== ours.charCodeAt(i) && !(code >= 65 && code <= 90 && code + 32 === ours.charCodeAt(i))) return false
  }
  return true
}
