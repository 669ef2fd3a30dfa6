import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { highlighted } from './highlight'
import { type Block, type Inline, read } from './markdown'

interface Hostile {
  name: string
  begin?: string
  text: string
  times?: number
  end?: string
}

/** The same that `tests/tests/browser/hostile.rs` says in a room. */
const CORPUS: Hostile[] = JSON.parse(
  readFileSync(new URL('../../../tests/fixtures/hostile.json', import.meta.url), 'utf8'),
)
const whole = ({ begin = '', text, times = 1, end = '' }: Hostile) => begin + text.repeat(times) + end

/** Nothing else may come out of a message, whatever is in it. */
const BLOCKS = ['paragraph', 'heading', 'quote', 'list', 'code', 'gap']
const INLINES = ['strong', 'emphasis', 'struck', 'code', 'link']

/** How deep a tree is; checks each node of it on the way. */
function depth(nodes: readonly (Block | Inline)[], inline: boolean): number {
  let deepest = 0
  for (const node of nodes) {
    if (typeof node === 'string') continue
    expect(inline ? INLINES : BLOCKS).toContain(node.kind)
    if (node.kind === 'link') expect(node.url).toMatch(/^https?:\/\/[^\s"<>]+$/)
    const inside =
      node.kind === 'list'
        ? Math.max(...node.items.map((item) => depth(item, false)))
        : 'inside' in node
          ? depth(node.inside, inline || node.kind !== 'quote')
          : 0
    deepest = Math.max(deepest, inside + 1)
  }
  return deepest
}

describe('a hostile message', () => {
  it.each(CORPUS.map((hostile) => [hostile.name, hostile] as const))('%s', (_, hostile) => {
    const text = whole(hostile)
    const begun = performance.now()
    const blocks = read(text)
    // A tenth of it on a quiet machine: what isn't bounded takes many seconds.
    expect(performance.now() - begun).toBeLessThan(1_500)
    expect(blocks.length).toBeGreaterThan(0)
    expect(depth(blocks, false)).toBeLessThan(20)
  })

  it('with broken surrogates is shown', () => {
    for (const text of ['\ud800', 'a\udc00b', '*\ud83d*', '`\udfff`', '[\ud800](https://a.example/\udc00)']) {
      expect(read(text)).not.toEqual([])
    }
  })

  it('can not keep the colouring of its code busy', () => {
    const seeds = [
      '"',
      "'",
      '/*',
      '<!--',
      '${',
      '`${',
      '(',
      '{',
      '<',
      '\\',
      'a.',
      '@a(',
      '$(',
      '"""',
      '#',
      '1e',
      '::',
      '<<a\n',
    ]
    for (const language of [
      'javascript',
      'typescript',
      'python',
      'ruby',
      'php',
      'bash',
      'xml',
      'cpp',
      'csharp',
      'rust',
      'swift',
      'kotlin',
      'yaml',
      'powershell',
    ]) {
      for (const seed of seeds) {
        const begun = performance.now()
        highlighted(language, seed.repeat(12_000 / seed.length))
        expect(performance.now() - begun, `${language} ${seed}`).toBeLessThan(1_500)
      }
    }
    // Some 250 of them, on a machine that may be busy.
  }, 60_000)
})
