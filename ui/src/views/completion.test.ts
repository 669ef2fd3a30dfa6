import { describe, expect, it } from 'vitest'
import { askedAt, closedCodeAt, peopleFor } from './completion'

const asked = (text: string) => {
  const found = askedAt(text, text.length)
  return found && `${found.kind} ${found.query} ${found.from}`
}

describe('what is asked for', () => {
  it.each([
    [':ta', 'emoji ta 0'],
    ['so :tada', 'emoji tada 3'],
    ['(:+1', 'emoji +1 1'],
    [':불', 'emoji 불 0'],
    ['좋아 :하트', 'emoji 하트 3'],
    ['@', 'person  0'],
    ['hi @Mi', 'person Mi 3'],
    ['@Mina K', 'person Mina K 0'],
    ['one\n@민', 'person 민 4'],
  ])('%j: %j', (text, expected) => {
    expect(asked(text)).toBe(expected)
  })

  it.each([
    '',
    ':',
    ':t',
    'at 10:30',
    'http://example',
    'std::vec',
    'mina@exa',
    'a: b',
    ':ta ',
    '@one@',
    '@a\nb',
  ])('%j: nothing', (text) => {
    expect(asked(text)).toBeNull()
  })

  it('is what stands before the caret', () => {
    expect(askedAt(':tada and more', 4)).toEqual({ kind: 'emoji', query: 'tad', from: 0, to: 4 })
    expect(askedAt(':tada and more', 9)).toBeNull()
  })

  it.each([
    [':tada:', 'tada'],
    ['so :+1:', '+1'],
    ['10:30:', null],
    ['a:b:', null],
    ['::', null],
  ])('%j is the whole code %j', (text, expected) => {
    expect(closedCodeAt(text, text.length)).toBe(expected)
  })
})

describe('people', () => {
  const names = ['Jun', 'Mina', 'Mina Kim', '김민아', '민아', 'Émile']
  it.each([
    ['', ['Jun', 'Mina', 'Mina Kim', '김민아', '민아', 'Émile']],
    ['mi', ['Mina', 'Mina Kim']],
    ['kim', ['Mina Kim']],
    ['Mina k', ['Mina Kim']],
    ['ㅁ', ['민아']],
    ['미', ['민아']],
    ['민', ['민아']],
    ['em', ['Émile']],
    ['x', []],
  ])('for %j: %j', (query, expected) => {
    expect(peopleFor(query, names).map(({ label }) => label)).toEqual(expected)
  })
})
