import { type Piece, pieces } from './links'
import type { Block, Inline } from './markdown'

/** Without one of these there is nothing to find, and most messages are without. */
const MARKUP = /[*_~`\\<>[#]|^[ \t]*(?:[-+]|\d{1,9}[.)])[ \t]/m

/** Whether there is nothing in a text that could be Markdown. */
export const isPlain = (text: string) => !MARKUP.test(text)

/** A text as it was typed, but for the links in it. */
export const plain = (text: string): Block[] => [{ kind: 'paragraph', inside: linksIn(text) }]

/** Text with the links that are in it. */
export function linksIn(text: string): Inline[] {
  return pieces(text).map((piece: Piece) =>
    piece.url === null ? piece.text : { kind: 'link', url: piece.url, inside: [piece.text] },
  )
}
