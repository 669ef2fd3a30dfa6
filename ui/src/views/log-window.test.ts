import { describe, expect, it } from 'vitest'
import { earlier, fitted, later, MOST, newest, SHOWN, STEP } from './log-window'

const END = Number.POSITIVE_INFINITY

describe('the part of the log on the page', () => {
  it('begins with the newest', () => {
    expect(fitted(null, 1, 10_000, true)).toEqual({ from: 10_001 - SHOWN, to: END })
    expect(fitted(null, 1, 3, true)).toEqual({ from: 1, to: END })
  })

  it('never grows beyond its bound, however far one scrolls up and down', () => {
    let part = newest(1, 10_000)
    for (let step = 0; step < 300; step += 1) {
      part = earlier(part, 1, 10_000)
      expect(Math.min(part.to, 10_000) - part.from + 1).toBeLessThanOrEqual(MOST)
    }
    expect(part.from).toBe(1)
    for (let step = 0; step < 300; step += 1) {
      part = later(part, 1, 10_000)
      expect(Math.min(part.to, 10_000) - part.from + 1).toBeLessThanOrEqual(MOST)
    }
    expect(part.to).toBe(END)
  })

  it('stays where the reader is while others talk', () => {
    const part = { from: 100, to: END }
    expect(fitted(part, 1, 200, false)).toEqual(part)
    expect(fitted(part, 1, 5_000, false)).toEqual({ from: 100, to: 99 + MOST })
  })

  it('moves along at the bottom, not with every message', () => {
    expect(fitted({ from: 1, to: END }, 1, MOST, true)).toEqual({ from: 1, to: END })
    expect(fitted({ from: 1, to: END }, 1, MOST + 1, true)).toEqual({ from: MOST + 2 - SHOWN, to: END })
  })

  it('starts over when the log did', () => {
    expect(fitted({ from: 900, to: END }, 1, 5, true)).toEqual({ from: 1, to: END })
    expect(fitted({ from: 1, to: 100 }, 800, 900, false)).toEqual({ from: 800, to: END })
  })

  it('reaches back a step at a time', () => {
    expect(earlier({ from: 500, to: END }, 1, 600).from).toBe(500 - STEP)
    expect(earlier({ from: 10, to: END }, 5, 100).from).toBe(5)
  })
})
