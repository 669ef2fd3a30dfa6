import { describe, expect, it } from 'vitest'
import { EMOJI, emojiOf, search } from './emoji'

const first = (query: string) => search(query, 8)[0]?.emoji
const found = (query: string) => search(query, 8).map(({ emoji }) => emoji)

describe('emoji', () => {
  it('are all there, each with a code and two names', () => {
    expect(EMOJI.length).toBeGreaterThan(1_800)
    for (const { emoji, group, codes, names } of EMOJI) {
      expect(emoji).not.toBe('')
      expect(group).toBeGreaterThanOrEqual(0)
      expect(codes[0]).toMatch(/^[a-z0-9_+-]+$/)
      expect(names.en).not.toBe('')
      expect(names.ko).toMatch(/\p{Script=Hangul}|^[\p{L}\p{N}\s:.,!?#*-]+$/u)
    }
  })

  it.each([
    ['tada', '🎉'],
    ['+1', '👍️'],
    ['heart', '❤️'],
    ['fire', '🔥'],
    ['teapot', '🫖'],
    ['불', '🔥'],
    ['찻주전자', '🫖'],
  ])('are found by %j', (query, expected) => {
    expect(first(query)?.replace('\ufe0f', '')).toBe(expected.replace('\ufe0f', ''))
  })

  it('are found while a syllable or a word is half typed', () => {
    expect(found('tad')).toContain('🎉')
    expect(found('하트').length).toBe(8)
    expect(found('하').length).toBe(8)
    expect(search('찻주저', 20).map(({ emoji }) => emoji)).toContain('🫖')
    expect(found('RED heart')[0]).toContain('❤')
  })

  it('are not found by nothing', () => {
    expect(found('')).toEqual([])
    expect(found(' ')).toEqual([])
    expect(found('qqqqq')).toEqual([])
  })

  it('have one for each code', () => {
    expect(emojiOf('tada')).toBe('🎉')
    expect(emojiOf('constructor')).toBeNull()
  })
})
