const HANGUL = /\p{Script=Hangul}/u

/** A word so long that letters which are drawn nearer to each other take a browser seconds to lay out. */
const ENDLESS = /\S{500}/

/**
 * The class of what is written by people, by how its lines break: Korean between its words, and Japanese and Chinese
 * between any two characters, whatever language the page itself speaks.
 */
export const wrapping = (text: string) =>
  `${HANGUL.test(text) ? 'by-words' : 'by-characters'}${ENDLESS.test(text) ? ' endless' : ''}`

/** Nothing shorter is in the way of a line's end. */
const LONG = /\S{24,}/g
/** And what is longer than any address has no parts worth keeping. */
const MOST = 2_000
/** Behind one of these an address or a path may go on in the next line. */
const BEHIND = /(?<=[/\\?&=#._])(?=[\p{L}\p{N}])/gu
/** Whose address it is stays together. */
const HOST = /^[a-z]+:\/\/[^/?#]*/i
/** Parts shorter than these aren't worth a line's end, or a line. */
const LEAST = 6
const LEAST_LEFT = 4

/** Cut where a line may break that has to break within a word. Put together again, the pieces are the text. */
export function breakable(text: string): string[] {
  const found: string[] = []
  let from = 0
  for (const { 0: word, index } of text.matchAll(LONG)) {
    if (word.length > MOST) continue
    const host = HOST.exec(word)?.[0].length ?? 0
    for (const { index: within } of word.matchAll(BEHIND)) {
      const at = index + within
      if (within <= host || word.length - within < LEAST_LEFT || at - Math.max(from, index) < LEAST) continue
      found.push(text.slice(from, at))
      from = at
    }
  }
  found.push(text.slice(from))
  return found
}
