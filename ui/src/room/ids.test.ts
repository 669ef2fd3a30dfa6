import { describe, expect, it } from 'vitest'
import { deviceToken, messageId, mintAfter } from './ids'

describe('ids', () => {
  it('are short, and fit what the wire asks for', () => {
    expect(messageId()).toMatch(/^[A-Za-z0-9_-]{18}$/)
  })

  it('sort behind one that was minted when the clock was ahead', () => {
    const ahead = messageId(Date.now() + 3_600_000)
    mintAfter(ahead)
    expect(messageId() > ahead).toBe(true)
    for (const foreign of ['', 'short', 'not an id!', '🙂🙂🙂🙂🙂🙂🙂🙂']) mintAfter(foreign)
    expect(messageId() > ahead).toBe(true)
  })

  it('sort by when they were minted, thousands in one millisecond included', () => {
    const now = Date.now() + 1_000
    const minted = Array.from({ length: 10_000 }, () => messageId(now))
    expect([...minted].sort()).toEqual(minted)
    expect(new Set(minted).size).toBe(minted.length)
    const afterwards = messageId(now - 60_000)
    expect(afterwards > (minted.at(-1) ?? '')).toBe(true)
  })

  it('make device tokens as the wire asks for', () => {
    expect(deviceToken()).toMatch(/^[A-Za-z0-9_-]{16,64}$/)
    expect(deviceToken()).not.toBe(deviceToken())
  })
})
