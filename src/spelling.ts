/** Comparing with a text of ours, in any case. */

/** The character codes of a text in ASCII. */
export const codesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

/**
 * Whether a text is spelled like ours, which is as long and in lower case. From the end, where texts differ soonest:
 * hosts most of all. Only ASCII letters are folded: toLowerCase would turn the Kelvin sign into a k, and a look-alike
 * into our host.
 */
export function isSpelled(text: string, codes: Uint8Array): boolean {
  for (let i = codes.length - 1; i >= 0; i--) {
    const code = text.charCodeAt(i)
    if (code !== codes[i] && !(code >= 65 && code <= 90 && code + 32 === codes[i])) return false
  }
  return true
}
