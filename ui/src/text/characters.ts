const EMOJI_ONLY = /^(?:\p{RI}\p{RI}|\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\p{EMod}|\u200D|\s){1,24}$/u

/** One to three emoji and nothing else: shown larger. */
export function isJumbo(text: string): boolean {
  return (
    EMOJI_ONLY.test(text) &&
    /\p{Emoji_Presentation}|\uFE0F|\p{RI}/u.test(text) &&
    graphemes(text.replace(/\s/g, '')).length <= 3
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
