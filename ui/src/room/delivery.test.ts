import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Delivery } from './delivery'
import type { Pending } from './state'

describe('delivery', () => {
  let waiting: Pending[]
  let sent: string[]
  let open: boolean
  let delivery: Delivery

  beforeEach(() => {
    vi.useFakeTimers()
    waiting = []
    sent = []
    open = true
    delivery = new Delivery({
      unsent: () => waiting,
      send: ({ id }) => {
        if (open) sent.push(id)
        return open
      },
      random: () => 1,
    })
  })
  afterEach(() => {
    delivery.stop()
    vi.useRealTimers()
  })

  const types = (...ids: string[]) => {
    for (const id of ids) {
      const item = { id, text: id, at: 1 }
      waiting.push(item)
      delivery.added(item)
    }
  }
  const taken = (id: string) => {
    waiting = waiting.filter((item) => item.id !== id)
    delivery.settled([id])
  }
  /** What was sent since the last time one looked. */
  const news = () => sent.splice(0)

  it('sends at once, and all that waits once there is a room', () => {
    types('a', 'b')
    expect(news()).toEqual(['a', 'b'])
    taken('a')
    delivery.welcomed()
    types('c')
    expect(news()).toEqual(['b', 'c'])
  })

  it('sends one by one, in order, after the host was in trouble', () => {
    types('a', 'b')
    news()
    delivery.delayed('a')
    delivery.delayed('b')
    types('c')
    vi.advanceTimersByTime(1_999)
    expect(news()).toEqual([])
    vi.advanceTimersByTime(1)
    expect(news()).toEqual(['a'])
    taken('a')
    expect(news()).toEqual(['b'])
    taken('b')
    taken('c')
    types('d', 'e')
    expect(news()).toEqual(['c', 'd', 'e'])
  })

  it('asks ever less often while the trouble lasts, never less than twice a minute', () => {
    types('a')
    const waits: number[] = []
    for (let round = 0; round < 7; round += 1) {
      news()
      delivery.delayed('a')
      const before = Date.now()
      while (sent.length === 0) vi.advanceTimersToNextTimer()
      waits.push(Date.now() - before)
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 15_000, 30_000, 30_000, 30_000])
  })

  it('goes on behind a message that is refused for good, or deleted', () => {
    types('a', 'b', 'c')
    delivery.delayed('a')
    vi.advanceTimersByTime(2_000)
    news()
    taken('a')
    taken('b')
    expect(news()).toEqual(['b', 'c'])
  })

  it('is not hurried by what was on its way before the trouble', () => {
    types('a', 'b', 'c')
    news()
    delivery.delayed('a')
    taken('b')
    expect(news()).toEqual([])
    vi.advanceTimersByTime(2_000)
    expect(news()).toEqual(['a'])
    delivery.delayed('c')
    taken('a')
    expect(news()).toEqual(['c'])
  })

  it('does not let a person who is in a hurry change the order', () => {
    types('a', 'b')
    news()
    delivery.delayed('a')
    delivery.again({ id: 'b', text: 'b', at: 1 })
    expect(news()).toEqual(['a'])
    vi.advanceTimersByTime(60_000)
    expect(news()).toEqual([])
  })

  it('sends nothing a second time for a person in a hurry while it is on its way', () => {
    types('a', 'b')
    news()
    delivery.delayed('a')
    delivery.again({ id: 'a', text: 'a', at: 1 })
    delivery.again({ id: 'b', text: 'b', at: 1 })
    expect(news()).toEqual(['a'])
    delivery.delayed('a')
    delivery.again({ id: 'b', text: 'b', at: 1 })
    expect(news()).toEqual(['a'])
  })

  it('waits for the room, and goes on where it was', () => {
    types('a', 'b')
    news()
    delivery.delayed('a')
    open = false
    vi.advanceTimersByTime(60_000)
    open = true
    delivery.welcomed()
    expect(news()).toEqual(['a'])
    taken('a')
    expect(news()).toEqual(['b'])
  })
})
