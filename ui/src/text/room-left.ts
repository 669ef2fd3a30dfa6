import type { Limits } from '../wire.gen'

/** What relays take, until this one has said so itself. */
const USUAL = { text_bytes: 65_536, text_chars: 16_384 }
/** From here on the room that is left is shown. */
const NEARLY_FULL = 0.85

/**
 * How many more characters the relay takes, below zero when there are too many; null while there is room
 * enough. The relay counts what people call characters, and bytes for those who pile them up.
 */
export function roomLeft(
  text: string,
  limits: Pick<Limits, 'text_bytes' | 'text_chars'> | null,
): number | null {
  const { text_bytes, text_chars } = limits ?? USUAL
  // A character has one code unit at least, and none has more than three bytes.
  if (text.length <= text_chars * NEARLY_FULL && text.length * 3 <= text_bytes * NEARLY_FULL) return null
  const bytes = new TextEncoder().encode(text).length
  const characters = count(text)
  if (characters <= text_chars * NEARLY_FULL && bytes <= text_bytes * NEARLY_FULL) return null
  // Bytes mean nothing to people, who count in characters of the kind they are typing.
  const spare = ((text_bytes - bytes) * characters) / bytes
  return Math.min(text_chars - characters, spare < 0 ? Math.min(-1, Math.ceil(spare)) : Math.floor(spare))
}

function count(text: string): number {
  if (typeof Intl.Segmenter !== 'function') return Array.from(text).length
  let characters = 0
  for (const _ of new Intl.Segmenter().segment(text)) characters += 1
  return characters
}
