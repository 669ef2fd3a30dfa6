import { describe, expect, it } from 'vitest'
import { type Block, type Inline, read } from './markdown'

/** The tree written down short: `b(…)` for bold and so on, a block a line. */
const inline = (it: Inline): string => {
  if (typeof it === 'string') return it
  if (it.kind === 'code') return `c(${it.text})`
  const inside = it.inside.map(inline).join('')
  if (it.kind === 'link') return `a(${inside} → ${it.url})`
  return `${{ strong: 'b', emphasis: 'i', struck: 's' }[it.kind]}(${inside})`
}
const block = (it: Block): string => {
  switch (it.kind) {
    case 'paragraph':
      return it.inside.map(inline).join('')
    case 'heading':
      return `h(${it.inside.map(inline).join('')})`
    case 'quote':
      return `q(${it.inside.map(block).join('|')})`
    case 'list':
      return `${it.start ?? 'l'}(${it.items.map((item) => item.map(block).join('|')).join(' • ')})`
    case 'code':
      return `pre(${it.language}: ${it.text})`
    case 'gap':
      return `gap${it.lines}`
  }
}
const written = (text: string) => read(text).map(block)

describe('Markdown', () => {
  it.each([
    ['plain', ['plain']],
    ['**bold** and *italic* and _italic_', ['b(bold) and i(italic) and i(italic)']],
    ['__bold__ ***both***', ['b(bold) i(b(both))']],
    ['~~gone~~', ['s(gone)']],
    ['좋아요~ 내일 봐요~', ['좋아요~ 내일 봐요~']],
    ['`a *b* c`', ['c(a *b* c)']],
    ['snake_case_name and 2*3*4', ['snake_case_name and 2i(3)4']],
    ['# Title', ['h(Title)']],
    ['#channel', ['#channel']],
    ['> said\n> twice', ['q(said\ntwice)']],
    ['> a\n> > b', ['q(a|q(b))']],
    ['- a\n- b\n  - c', ['l(a • b|l(c))']],
    ['3. a\n4. b', ['3(a • b)']],
    ['- [x] done\n- [ ] open', ['l(☑ done • ☐ open)']],
    ['```rust\nfn main() {}\n```', ['pre(rust: fn main() {})']],
    ['```\n  a\n\n  b\n```', ['pre(:   a\n\n  b)']],
    ['```js title="x"\n1\n```', ['pre(js: 1)']],
    ['see:\n```\nx', ['see:', 'pre(: x)']],
    ['[here](https://example.com)', ['a(here → https://example.com/)']],
    ['<https://example.com>', ['a(https://example.com → https://example.com/)']],
    ['https://example.com/a_b_c*d*e', ['a(https://example.com/a_b_c*d*e → https://example.com/a_b_c*d*e)']],
    ['**see https://example.com/_x_**', ['b(see a(https://example.com/_x_ → https://example.com/_x_))']],
    ['foo_bar_baz@example.com', ['foo_bar_baz@example.com']],
    ['*mina@example.com*', ['i(mina@example.com)']],
    ['xhttps://example.com', ['xhttps://example.com']],
    ['*xhttps://example.com*', ['i(xhttps://example.com)']],
    ['`https://example.com`', ['c(https://example.com)']],
    ['![cat](https://example.com/cat.png)', ['a(cat → https://example.com/cat.png)']],
    ['\\*not italic\\*', ['*not italic*']],
    ['**굵게**는 이렇게', ['b(굵게)는 이렇게']],
  ])('%j', (text, expected) => {
    expect(written(text)).toEqual(expected)
  })

  it.each([
    'a\nb',
    'a  \nb',
    '  indented\n    more',
    '\tcode?',
    'text\n---',
    'text\n===',
    '---',
    '* * *',
    '2026. 3. 5.',
    '3. 5. 회의',
    '2026. 봄',
    '-',
    '1.',
    '- ',
    '| a | b |\n|---|---|\n| 1 | 2 |',
    '[a]: ftp://example.com "t"',
    '[a][b] and [c]',
    '<b>bold</b>',
    '<!-- hidden -->',
    '&lt;script&gt; &#60; &amp;',
    '1.5 and 2) and a-b',
    '`unclosed',
    '**unclosed',
    '[unclosed](x',
    '2 < 3 > 1',
    '🎉*',
    '*',
    '[]()',
  ])('leaves %j as it was typed', (text) => {
    expect(written(text)).toEqual([text])
  })

  it('keeps the lines as typed, empty ones included', () => {
    expect(written('a\nb\n\nc\n\n\n\nd')).toEqual(['a\nb\n\nc\n\n\n\nd'])
    expect(written('*a*\nb\n\nc\n\n\n\nd')).toEqual(['i(a)\nb', 'gap1', 'c', 'gap3', 'd'])
    expect(written('*a*\n\n\nb')).toEqual(['i(a)', 'gap2', 'b'])
    expect(written('# a\n\nb\n- c\n\n- d')).toEqual(['h(a)', 'gap1', 'b', 'l(c • d)'])
    expect(written('> a\n\n\n\nb *c*')).toEqual(['q(a)', 'gap3', 'b i(c)'])
  })

  it('finds Markdown between HTML, which is text', () => {
    expect(written('<div>*x*</div>')).toEqual(['<div>i(x)</div>'])
    expect(written('<div>\n\n*x*\n\n</div>')).toEqual(['<div>', 'gap1', 'i(x)', 'gap1', '</div>'])
    expect(written('<b>*x*</b>')).toEqual(['<b>i(x)</b>'])
  })

  it('stops looking in a message that was made to take long, and shows the rest as typed', () => {
    const text = '*a* '.repeat(5_000)
    const [paragraph, ...more] = read(text)
    expect(more).toEqual([])
    const inside = paragraph && 'inside' in paragraph ? paragraph.inside : []
    const found = inside.filter((it) => typeof it !== 'string').length
    expect(found).toBeGreaterThan(50)
    expect(found).toBeLessThan(1_000)
    expect(String(inside.at(-1)).endsWith('*a* *a* ')).toBe(true)
  })

  it('says where a link leads whose words name another address', () => {
    expect(written('[https://bank.example](https://evil.example/x)')).toEqual([
      'a(https://bank.example (evil.example) → https://evil.example/x)',
    ])
    expect(written('[bank.example](https://evil.example)')).toEqual([
      'a(bank.example (evil.example) → https://evil.example/)',
    ])
    expect(written('[bank.example](https://bank.example/in)')).toEqual([
      'a(bank.example → https://bank.example/in)',
    ])
  })
})
