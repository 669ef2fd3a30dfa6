import { describe, expect, it } from 'vitest'
import { initials, isJumbo, wellFormed, wellFormedJson } from './characters'

describe('people and emoji', () => {
  it.each([
    ['Mina', 'M'],
    ['mina kim', 'MK'],
    ['Ana María de la Cruz', 'AC'],
    ['김민아', '김'],
    ['김 민아', '김'],
    ['👩‍🚀 Sally', '👩‍🚀'],
    ['', '?'],
    ['  ', '?'],
  ])('%j is known by %j', (nickname, expected) => {
    expect(initials(nickname)).toBe(expected)
  })

  it.each([
    ['🫖', true],
    ['🫖🍵', true],
    ['❤️', true],
    ['🇰🇷', true],
    ['👩‍👩‍👧', true],
    ['🫖🍵🫖🍵', false],
    ['hi 🫖', false],
    ['123', false],
    ['#', false],
    ['', false],
  ])('%j is shown large: %s', (text, expected) => {
    expect(isJumbo(text)).toBe(expected)
  })

  it.each(['🏻'.repeat(31), '🇰🇷'.repeat(15), `${'🏻'.repeat(28)}x`, '👩‍👩‍👧'.repeat(2000)])(
    'many of them are told from a few at once',
    (text) => {
      const begun = performance.now()
      expect(isJumbo(text)).toBe(false)
      expect(performance.now() - begun).toBeLessThan(100)
    },
  )
})

describe('text to be sent', () => {
  it.each([
    ['whole 🫖 as it is', 'whole 🫖 as it is'],
    ['half \ud83d of one', 'half \ufffd of one'],
    ['\udc00\ud800', '\ufffd\ufffd'],
  ])('%j is sent as %j', (text, expected) => {
    expect(wellFormed(text)).toBe(expected)
    expect(JSON.stringify(wellFormed(text))).not.toMatch(/\\ud[89a-f]/)
  })

  it('is mended in every part of a frame', () => {
    const frame = {
      type: 'join',
      payload: { nickname: 'Mi\ud800na', since: null, files: ['\udfff', 'a\\ud800'] },
    }
    expect(JSON.parse(wellFormedJson(frame))).toEqual({
      type: 'join',
      payload: { nickname: 'Mi\ufffdna', since: null, files: ['\ufffd', 'a\\ud800'] },
    })
    expect(wellFormedJson(frame)).not.toMatch(/[^\\]\\ud[89a-f]/)
  })
})
