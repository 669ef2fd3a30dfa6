import { describe, expect, it } from 'vitest'
import { excerpt, summary } from './excerpt'

describe('an excerpt', () => {
  it.each([
    ['hello', 'hello'],
    ['one\n\ntwo', 'one two'],
    ['**bold** and `code`', 'bold and code'],
    ['> quoted\nsaid', 'quoted said'],
    ['```rust\nlet a = 1;\n```', 'let a = 1;'],
    ['- one\n- two', 'one two'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['snake_case stays readable', 'snake_case stays readable'],
  ])('of %j is %j', (text, line) => {
    expect(excerpt(text)).toBe(line)
  })

  it('is short, and never half a character', () => {
    const line = excerpt('👍'.repeat(5_000))
    expect(line).toBe(`${'👍'.repeat(160)}…`)
  })
})

describe('a message in one line', () => {
  const file = (name: string) => ({ hash: '', name, bytes: 1, media: '' })

  it('is what it says, or what its files are called', () => {
    expect(summary({ text: 'look', files: [file('a.jpg')] })).toBe('look')
    expect(summary({ text: ' ', files: [file('__init__.py'), file('gpj\u202e.exe')] })).toBe(
      '__init__.py, gpj.exe',
    )
    expect(summary({ text: '' })).toBe('')
  })
})
