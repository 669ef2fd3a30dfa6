import { describe, expect, it } from 'vitest'
import { deviceToken, messageId } from './ids'

describe('ids', () => {
  it('are v7 UUIDs', () => {
    expect(messageId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
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
