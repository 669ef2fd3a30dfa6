import { describe, expect, it } from 'vitest'
import type { Event } from '../wire.gen'
import {
  around,
  earlier,
  fitted,
  hasEarlier,
  later,
  linesIn,
  linesOf,
  MOST,
  newest,
  SHOWN,
  STEP,
} from './log-window'

const END = Number.POSITIVE_INFINITY

const event = (seq: number, body: Event['body']): Event => ({
  seq,
  at: seq,
  member: 'jun',
  nickname: 'Jun',
  id: `${seq}`,
  body,
})
const lines = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, at) => event(first + at, { kind: 'message', text: '' }))

describe('the part of the log on the page', () => {
  it('begins with the newest', () => {
    expect(fitted(null, lines(1, 10_000), true)).toEqual({ from: 10_001 - SHOWN, to: END })
    expect(fitted(null, lines(1, 3), true)).toEqual({ from: 1, to: END })
    expect(linesIn([], fitted(null, [], true))).toEqual([])
  })

  it('never grows beyond its bound, however far one scrolls up and down', () => {
    const all = lines(1, 3_000)
    let part = newest(all)
    for (let step = 0; step < 200; step += 1) {
      part = earlier(all, part)
      expect(linesIn(all, part).length).toBeLessThanOrEqual(MOST)
    }
    expect(part.from).toBe(1)
    expect(hasEarlier(all, part)).toBe(false)
    for (let step = 0; step < 200; step += 1) {
      part = later(all, part)
      expect(linesIn(all, part).length).toBeLessThanOrEqual(MOST)
    }
    expect(part.to).toBe(END)
  })

  it('stays where the reader is while others talk', () => {
    const part = { from: 100, to: END }
    expect(fitted(part, lines(1, 200), false)).toEqual(part)
    expect(fitted(part, lines(1, 5_000), false)).toEqual({ from: 100, to: 99 + MOST })
  })

  it('moves along at the bottom, not with every message', () => {
    expect(fitted({ from: 1, to: END }, lines(1, MOST), true)).toEqual({ from: 1, to: END })
    expect(fitted({ from: 1, to: END }, lines(1, MOST + 1), true)).toEqual({
      from: MOST + 2 - SHOWN,
      to: END,
    })
  })

  it('starts over when the log did', () => {
    expect(fitted({ from: 900, to: END }, lines(1, 5), true)).toEqual({ from: 1, to: END })
    expect(fitted({ from: 1, to: 100 }, lines(800, 870), false)).toEqual({ from: 800, to: END })
  })

  it('reaches back a step at a time', () => {
    expect(earlier(lines(1, 600), { from: 500, to: END }).from).toBe(500 - STEP)
    expect(earlier(lines(5, 100), { from: 10, to: END }).from).toBe(5)
  })

  it('has a place one goes to in its middle, or as near as there is something around it', () => {
    const all = lines(1, 1_000)
    expect(around(all, 500)).toEqual({ from: 500 - SHOWN / 2, to: 499 + SHOWN / 2 })
    expect(around(all, 3)).toEqual({ from: 1, to: SHOWN })
    expect(around(all, 1_000)).toEqual({ from: 1_001 - SHOWN, to: END })
    expect(around(lines(1, 3), 2)).toEqual({ from: 1, to: END })
  })

  it('counts what makes lines: a message with very many reactions is one', () => {
    const reacted = Array.from({ length: 5_000 }, (_, at) =>
      event(2 + at, { kind: 'reacted', of: '1', emoji: '👍', on: at % 2 === 0 }),
    )
    const all = linesOf([...lines(1, 1), ...reacted, ...lines(5_002, 5_070)])
    expect(all).toHaveLength(70)
    expect(newest(all)).toEqual({ from: 1, to: END })
    expect(around(all, 3_000)).toEqual({ from: 1, to: END })
    expect(linesIn(all, { from: 2, to: 5_003 }).map(({ seq }) => seq)).toEqual([5_002, 5_003])
  })
})
