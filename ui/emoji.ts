import english from 'emojibase-data/en/data.json' with { type: 'json' }
import emojibase from 'emojibase-data/en/shortcodes/emojibase.json' with { type: 'json' }
import github from 'emojibase-data/en/shortcodes/github.json' with { type: 'json' }
import korean from 'emojibase-data/ko/data.json' with { type: 'json' }
import type { Plugin } from 'vite'

/** Newer ones are empty boxes on systems two or three years old. */
const NEWEST_VERSION = 15
/** Skin tones by themselves. */
const COMPONENTS = 2

const MODULE = 'virtual:emoji'

/**
 * The emoji as a module of one string: each a line, its fields apart by tabs: the emoji, its group, its
 * shortcodes, its English and Korean names, and the words it is found by. Of all the data there is about
 * emoji this is a small part, and compressed it is a third of what it would be as objects.
 */
export function emoji(): Plugin {
  return {
    name: 'snug:emoji',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    load: (id) => (id === `\0${MODULE}` ? `export default ${JSON.stringify(lines())}` : null),
  }
}

function lines(): string {
  const inKorean = new Map(korean.map((it) => [it.hexcode, it]))
  return english
    .filter((it) => it.group !== undefined && it.group !== COMPONENTS && it.version <= NEWEST_VERSION)
    .sort((one, other) => (one.order ?? 0) - (other.order ?? 0))
    .map((it) => {
      const ko = inKorean.get(it.hexcode)
      const codes = new Set([...codesOf(github, it.hexcode), ...codesOf(emojibase, it.hexcode)])
      const tags = new Set([...(it.tags ?? []), ...(ko?.tags ?? [])])
      return [
        it.emoji,
        it.group,
        [...codes].join(' '),
        it.label,
        ko?.label ?? it.label,
        [...tags].join('|'),
      ].join('\t')
    })
    .join('\n')
}

function codesOf(codes: Record<string, string | string[]>, hexcode: string): string[] {
  return [codes[hexcode] ?? []].flat()
}
