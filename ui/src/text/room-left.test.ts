import { describe, expect, it } from 'vitest'
import { roomLeft } from './room-left'

const limits = { text_bytes: 400, text_chars: 100 }

describe('the room that is left in a message', () => {
  it('is nothing to speak of until it nearly runs out', () => {
    expect(roomLeft('', limits)).toBeNull()
    expect(roomLeft('a'.repeat(85), limits)).toBeNull()
    expect(roomLeft('a'.repeat(86), limits)).toBe(14)
    expect(roomLeft('a'.repeat(100), limits)).toBe(0)
    expect(roomLeft('a'.repeat(103), limits)).toBe(-3)
  })

  it('is the same in every language', () => {
    expect(roomLeft('가'.repeat(86), limits)).toBe(14)
    expect(roomLeft('가'.repeat(101), limits)).toBe(-1)
    expect(roomLeft('🙂'.repeat(86), limits)).toBe(14)
  })

  it('counts what people call characters', () => {
    expect(roomLeft('👩‍🚀'.repeat(20), limits)).toBeNull()
    expect(roomLeft('e\u0301'.repeat(90), limits)).toBe(10)
  })

  it('ends with the bytes where many are piled onto one character', () => {
    expect(roomLeft('👩‍🚀'.repeat(40), limits)).toBeLessThan(0)
    expect(roomLeft(`x${'\u0301'.repeat(200)}`, limits)).toBe(-1)
  })

  it('knows what is usual before the relay has said', () => {
    expect(roomLeft('a'.repeat(16_385), null)).toBe(-1)
    expect(roomLeft('가'.repeat(16_384), null)).toBe(0)
  })
})
