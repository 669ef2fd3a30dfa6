import type { ComponentChildren } from 'preact'

/**
 * Message text, made into what is shown: the text itself, as it was typed, with http(s) links one can
 * follow. The only place where text becomes elements; nothing here or anywhere makes HTML from strings.
 */
export function rich(text: string, openLink: ((url: string) => void) | null): ComponentChildren[] {
  return pieces(text).map((piece) =>
    piece.url === null ? (
      piece.text
    ) : (
      <a
        href={piece.url}
        target="_blank"
        rel="noopener noreferrer"
        class="link"
        onClick={(event) => {
          if (!openLink || piece.url === null) return
          event.preventDefault()
          openLink(piece.url)
        }}
      >
        {piece.text}
      </a>
    ),
  )
}

export interface Piece {
  text: string
  url: string | null
}

const LINK = /\bhttps?:\/\/[^\s<>"“”«»「」『』【】《》（）|\\^`{}]+/giu
/** Ends a sentence, not a link. */
const TRAILING = /[.,:;!?'’…。、，．！？：；·]$/u
const OPENER: Record<string, string> = { ')': '(', ']': '[' }
/** A host in Latin letters that runs into another script: Korean particles follow without a space. */
const HOST_THEN_LETTERS =
  /^(https?:\/\/[a-z0-9.-]*(?:\.[a-z]{2,}|[0-9])(?::[0-9]+)?)[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/iu

/** The text cut into plain pieces and links; put together again they are the text. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let from = 0
  for (const match of text.matchAll(LINK)) {
    const link = withoutTrailing(match[0])
    const url = safeUrl(link)
    if (url === null) continue
    if (match.index > from) found.push({ text: text.slice(from, match.index), url: null })
    found.push({ text: link, url })
    from = match.index + link.length
  }
  if (from < text.length) found.push({ text: text.slice(from), url: null })
  return found
}

function withoutTrailing(candidate: string): string {
  let link = HOST_THEN_LETTERS.exec(candidate)?.[1] ?? candidate
  for (;;) {
    const last = link.at(-1) ?? ''
    const opener = OPENER[last]
    // "(see https://example.com/a_(b))": the bracket that was opened outside stays outside.
    const unbalanced = opener !== undefined && link.split(last).length > link.split(opener).length
    if (!unbalanced && !TRAILING.test(link)) return link
    link = link.slice(0, -1)
  }
}

function safeUrl(link: string): string | null {
  try {
    const url = new URL(link)
    const http = url.protocol === 'http:' || url.protocol === 'https:'
    return http && url.hostname !== '' ? url.href : null
  } catch {
    return null
  }
}

const EMOJI_ONLY = /^(?:\p{RI}\p{RI}|\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\p{EMod}|\u200D|\s){1,24}$/u

/** One to three emoji and nothing else: shown larger. */
export function isJumbo(text: string): boolean {
  return (
    EMOJI_ONLY.test(text) && /\p{Emoji_Presentation}|\uFE0F|\p{RI}/u.test(text) && graphemes(text).length <= 3
  )
}

/** What a person calls characters. */
export function graphemes(text: string): string[] {
  const clean = text.replace(/\s/g, '')
  if (typeof Intl.Segmenter !== 'function') return Array.from(clean)
  return Array.from(new Intl.Segmenter().segment(clean), ({ segment }) => segment)
}

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
