import { describe, expect, it } from 'vitest'
import { breakable, wrapping } from './wrapping'

describe('how lines break', () => {
  it('goes by what is written, and not by the language of the page', () => {
    expect(wrapping('회의는 세 시에 시작해요')).toBe('by-words')
    expect(wrapping('see you at 3시')).toBe('by-words')
    for (const text of ['会议三点开始', '会議は三時からです', 'the meeting is at three', '']) {
      expect(wrapping(text)).toBe('by-characters')
    }
  })

  it('and a word without end is set letter by letter', () => {
    expect(wrapping('W'.repeat(499))).toBe('by-characters')
    expect(wrapping(`see ${'W'.repeat(500)}`)).toBe('by-characters endless')
    expect(wrapping('가'.repeat(500))).toBe('by-words endless')
  })
})

describe('a long address or path', () => {
  it('breaks between its parts', () => {
    expect(breakable('https://example.com/a/rather/long/address?with=something&more=of#it')).toEqual([
      'https://example.com/',
      'a/rather/',
      'long/address?',
      'with=something&',
      'more=of#it',
    ])
    expect(breakable('it is in /home/mina/projects/snug/ui/src/main.tsx, I think')).toEqual([
      'it is in /home/',
      'mina/projects/',
      'snug/ui/',
      'src/main.',
      'tsx, I think',
    ])
    expect(breakable('C:\\Users\\Mina\\Documents\\report_final.docx')).toEqual([
      'C:\\Users\\',
      'Mina\\Documents\\',
      'report_',
      'final.',
      'docx',
    ])
  })

  it('keeps what is short, and what has no parts, in one piece', () => {
    for (const text of [
      'https://example.com/a',
      '3.141592653589793238462643',
      'a/b or c/d, e.g. this',
      'a'.repeat(90),
      '',
    ]) {
      expect(breakable(text).join('')).toBe(text)
    }
    expect(breakable('either/or, and/or. Then?Yes')).toHaveLength(1)
    // A mark belongs to the sign before it, wherever that is.
    expect(breakable(`${'a'.repeat(30)}/\u0301b`)).toHaveLength(1)
  })

  it('is the same text when it is put together again, and no more pieces than it can bear', () => {
    for (const text of [
      'a/'.repeat(8_000),
      'a.b'.repeat(600),
      `${'/x'.repeat(900)} `.repeat(8),
      '../'.repeat(50),
    ]) {
      expect(breakable(text).join('')).toBe(text)
      expect(breakable(text).length).toBeLessThan(text.length / 6 + 2)
    }
    expect(breakable('a/'.repeat(8_000))).toHaveLength(1)
  })
})
