import lines from 'virtual:emoji'
import { folded } from '../text/folded'
import type { Language } from '../words/words'

/** Loaded by whoever first types a colon and letters, or opens the picker. */
export interface Emoji {
  emoji: string
  /** Unicode's own group, by number. */
  group: number
  /** Without the colons, the best known first. */
  codes: string[]
  names: Record<Language, string>
  /** What it is found by, folded: its codes, its names, the words they are made of, and other words for it. */
  keys: [codes: string[], names: string[], words: string[], tags: string[]]
}

const words = (text: string) => folded(text).split(/[\s|:,]+/u)

export const EMOJI: readonly Emoji[] = lines.split('\n').map(read)

const byCode = new Map(EMOJI.flatMap((it) => it.codes.map((code) => [code, it.emoji] as const)))

function read(line: string): Emoji {
  const [emoji = '', group = '', codes = '', en = '', ko = '', tags = ''] = line.split('\t')
  const shortcodes = codes.split(' ')
  return {
    emoji,
    group: Number(group),
    codes: shortcodes,
    names: { en, ko },
    keys: [shortcodes.map(folded), [en, ko].map(folded), words(`${en} ${ko}`), words(tags)],
  }
}

/** The emoji of exactly this shortcode. */
export function emojiOf(code: string): string | null {
  return byCode.get(code) ?? null
}

/** The best matches first: the code itself, then what begins with it, codes before names before other words. */
export function search(query: string, most: number): Emoji[] {
  const wanted = folded(query.trim()).replace(/[\s-]+/gu, '_')
  const spoken = wanted.replaceAll('_', ' ')
  if (spoken === '') return []
  const found: { emoji: Emoji; rank: number }[] = []
  for (const emoji of EMOJI) {
    const rank = rankOf(emoji, wanted, spoken)
    if (rank !== null) found.push({ emoji, rank })
  }
  // Sorting is stable: among equals Unicode's order stays, faces before flags.
  return found
    .sort((one, other) => one.rank - other.rank)
    .slice(0, most)
    .map(({ emoji }) => emoji)
}

function rankOf({ keys }: Emoji, wanted: string, spoken: string): number | null {
  const [codes, names, words, tags] = keys
  if (codes.includes(wanted)) return 0
  if (names.includes(spoken)) return 1
  if (codes.some((code) => code.startsWith(wanted))) return 2
  if (names.some((name) => name.startsWith(spoken))) return 3
  if (words.includes(spoken)) return 4
  if (words.some((word) => word.startsWith(spoken))) return 5
  if (tags.includes(spoken)) return 6
  if (tags.some((tag) => tag.startsWith(spoken))) return 7
  return [...codes, ...names].some((text) => text.includes(wanted) || text.includes(spoken)) ? 8 : null
}
