/** What emoji are made of. There is one way to read each, or what is none would take years to tell from one. */
const EMOJI_ONLY = /^(?:[\p{Emoji_Presentation}\p{EMod}\p{RI}\u200D]|\p{Emoji}\uFE0F)+$/u

/** More than any three of them take, in UTF-16 code units. */
const JUMBO_UNITS = 60

/** One to three emoji and nothing else: shown larger. */
export function isJumbo(text: string): boolean {
  if (text.length > JUMBO_UNITS) return false
  const said = text.replace(/\s/g, '')
  return (
    EMOJI_ONLY.test(said) && /\p{Emoji_Presentation}|\uFE0F|\p{RI}/u.test(said) && graphemes(said).length <= 3
  )
}

/** What a person calls characters. */
export function graphemes(text: string): string[] {
  if (typeof Intl.Segmenter !== 'function') return Array.from(text)
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment)
}

/** How many there are. */
export const charactersIn = (text: string) => graphemes(text).length

/** One or two characters to know someone by. */
export function initials(nickname: string): string {
  const words = nickname.trim().split(/\s+/u)
  const first = graphemes(words[0] ?? '')[0] ?? '?'
  const last = words.length > 1 ? (graphemes(words.at(-1) ?? '')[0] ?? '') : ''
  // Two wide characters don't fit, and one of them is telling enough.
  return /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]+$/u.test(first + last)
    ? (first + last).toLocaleUpperCase()
    : first
}

/** The text with what can't be sent, halves of characters, replaced: a relay would refuse all of it. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd')
}

/** The same for all that is said in a frame or a request, names included. */
export const wellFormedJson = (said: unknown) =>
  JSON.stringify(said, (_, value) => (typeof value === 'string' ? wellFormed(value) : value))
