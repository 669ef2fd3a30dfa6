/** Text cut into plain pieces and links, without any markup: addresses as people paste them. */
export interface Piece {
  text: string
  url: string | null
}

const WEB = String.raw`\bhttps?:\/\/[^\s<>"“”«»「」『』【】《》（）|\\^${'`'}{}]+`
const LINK = new RegExp(WEB, 'giu')
const WEB_HERE = new RegExp(WEB, 'iuy')
/** Ends a sentence, not a link. */
const TRAILING = /[.,:;!?'’…。、，．！？：；·]$/u
const OPENER: Record<string, string> = { ')': '(', ']': '[' }
/** A host in Latin letters that runs into another script: Korean particles follow without a space. */
const HOST_THEN_LETTERS =
  /^(https?:\/\/[a-z0-9.-]*(?:\.[a-z]{2,}|[0-9])(?::[0-9]+)?)[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/iu

/** Put together again, the pieces are the text. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let from = 0
  for (const match of text.matchAll(LINK)) {
    const piece = linkIn(match[0])
    if (!piece) continue
    if (match.index > from) found.push({ text: text.slice(from, match.index), url: null })
    found.push(piece)
    from = match.index + piece.text.length
  }
  if (from < text.length) found.push({ text: text.slice(from), url: null })
  return found
}

/** The web link that `text` begins with. */
export function linkAtStart(text: string): Piece | null {
  WEB_HERE.lastIndex = 0
  const match = WEB_HERE.exec(text)
  return match && linkIn(match[0])
}

function linkIn(candidate: string): Piece | null {
  const text = withoutTrailing(candidate)
  const url = safeUrl(text)
  return url === null ? null : { text, url }
}

function withoutTrailing(candidate: string): string {
  let link = HOST_THEN_LETTERS.exec(candidate)?.[1] ?? candidate
  const open: Record<string, number> = {}
  for (const [closer, opener] of Object.entries(OPENER)) {
    open[closer] = link.split(opener).length - link.split(closer).length
  }
  for (;;) {
    const last = link.at(-1) ?? ''
    // "(see https://example.com/a_(b))": the bracket that was opened outside stays outside.
    const unbalanced = (open[last] ?? 0) < 0
    if (!unbalanced && !TRAILING.test(last)) return link
    if (unbalanced) open[last] = (open[last] ?? 0) + 1
    link = link.slice(0, -1)
  }
}

/** In its normal form, if it is one that may be opened: a page. */
export function safeUrl(link: string): string | null {
  try {
    const url = new URL(link)
    const web = url.protocol === 'http:' || url.protocol === 'https:'
    return web && url.hostname !== '' ? url.href : null
  } catch {
    return null
  }
}

/** Where a link leads, as far as a reader has to know it. */
export function hostOf(url: string): string {
  return new URL(url).host
}
