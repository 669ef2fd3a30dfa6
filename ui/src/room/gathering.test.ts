import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Event } from '../wire.gen'
import { Gathering } from './gathering'

describe('what comes too fast to be looked at', () => {
  let taken: number[][]
  let gathering: Gathering
  const event = (seq: number) => ({ seq }) as Event
  beforeEach(() => {
    vi.useFakeTimers()
    taken = []
    gathering = new Gathering((events) => taken.push(events.map(({ seq }) => seq)))
  })
  afterEach(() => vi.useRealTimers())

  it('goes in at once after a pause, and together otherwise', () => {
    gathering.add([event(1)])
    expect(taken).toEqual([[1]])
    for (let seq = 2; seq <= 9; seq += 1) gathering.add([event(seq)])
    expect(taken).toEqual([[1]])
    vi.advanceTimersByTime(50)
    expect(taken).toEqual([[1], [2, 3, 4, 5, 6, 7, 8, 9]])
    vi.advanceTimersByTime(50)
    gathering.add([event(10)])
    expect(taken.at(-1)).toEqual([10])
  })

  it('goes in when something comes that has to be after it', () => {
    gathering.add([event(1)])
    gathering.add([event(2)])
    gathering.flush()
    gathering.flush()
    expect(taken).toEqual([[1], [2]])
    vi.advanceTimersByTime(1_000)
    expect(taken).toHaveLength(2)
  })

  it('is bounded where timers hardly run', () => {
    for (let seq = 1; seq <= 6_001; seq += 1) gathering.add([event(seq)])
    expect(taken.map((events) => events.length)).toEqual([1, 2_000, 2_000, 2_000])
  })
})
