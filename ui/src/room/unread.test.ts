import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Memory } from '../transport/storage'
import type { Event } from '../wire.gen'
import { EMPTY, type RoomState } from './state'
import { Bookmark, dividerIn, unreadIn } from './unread'

const memory = (): Memory => {
  const kept = new Map<string, string>()
  return {
    get: (key) => kept.get(key) ?? null,
    set: (key, value) => {
      kept.set(key, value)
      return true
    },
    remove: (key) => kept.delete(key),
    keys: (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)),
  }
}

const event = (seq: number, member = 'jun', kind = 'message'): Event => ({
  seq,
  at: seq,
  member,
  nickname: member,
  id: `id-${seq}`,
  body:
    kind === 'message'
      ? { kind: 'message', text: `${seq}` }
      : { kind: 'reacted', of: 'x', emoji: '👍', on: true },
})
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, at) => event(first + at))
const you = { member: 'me' } as RoomState['you']
const room = (events: Event[], over: Partial<RoomState> = {}): RoomState => ({
  ...EMPTY,
  you,
  epoch: 'one',
  events,
  cursor: events.at(-1)?.seq ?? 0,
  ...over,
})

describe('what is unread', () => {
  it('is what others have said since, and nothing else', () => {
    const state = room([event(1), event(2, 'me'), event(3, 'ana', 'reacted'), event(4), event(5, 'ana')])
    expect(unreadIn(state, 0)).toEqual({ count: 3, more: false })
    expect(unreadIn(state, 1)).toEqual({ count: 2, more: false })
    expect(unreadIn(state, 4)).toEqual({ count: 1, more: false })
    expect(unreadIn(state, 0, 4)).toEqual({ count: 2, more: false })
    expect(unreadIn(state, 5)).toEqual({ count: 0, more: false })
    expect(unreadIn(EMPTY, 0)).toEqual({ count: 0, more: false })
  })

  it('may be more than is here', () => {
    const state = room(range(90, 100))
    expect(unreadIn(state, 89)).toEqual({ count: 11, more: false })
    expect(unreadIn(state, 88)).toEqual({ count: 11, more: true })
    expect(unreadIn({ ...state, island: range(30, 40) }, 38)).toEqual({ count: 13, more: true })
  })

  it('begins with a message of somebody else’s, where that is here', () => {
    const events = [event(4), event(5, 'me'), event(6, 'ana', 'reacted'), event(7)]
    const after = (after: number) => dividerIn(events, { after, until: 7 }, 'me')
    expect([3, 4, 5, 6].map(after)).toEqual([4, 7, 7, 7])
    expect([2, 7].map(after)).toEqual([null, null])
  })
})

describe('a bookmark', () => {
  let storage: Memory
  let bookmark: Bookmark
  const again = (state: RoomState) => {
    bookmark.stop()
    bookmark = new Bookmark(storage, 'den')
    bookmark.opened(state)
    return bookmark.divider.value
  }
  beforeEach(() => {
    vi.useFakeTimers()
    storage = memory()
    bookmark = new Bookmark(storage, 'den')
    bookmark.opened(room(range(1, 10)))
  })
  afterEach(() => vi.useRealTimers())

  it('finds nothing new for whoever comes for the first time', () => {
    expect(bookmark.read.value).toBe(10)
    expect(bookmark.divider.value).toBe(null)
  })

  it('is kept, in its own room, for its own log', () => {
    expect(again(room(range(1, 15)))).toEqual({ after: 10, until: 15 })
    expect(bookmark.read.value).toBe(10)
    bookmark.saw(12)
    expect(again(room(range(1, 15)))).toEqual({ after: 12, until: 15 })
    expect(again(room(range(1, 15), { epoch: 'two' }))).toBe(null)
    const other = new Bookmark(storage, 'other')
    other.opened(room(range(1, 15)))
    expect(other.divider.value).toBe(null)
  })

  it('writes now and then, not with every message', () => {
    const writes = vi.spyOn(storage, 'set')
    for (let seq = 11; seq <= 60; seq += 1) bookmark.saw(seq)
    expect(writes).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1_000)
    expect(writes).toHaveBeenCalledTimes(1)
    expect(again(room(range(1, 61)))).toEqual({ after: 60, until: 61 })
  })

  it('never goes back', () => {
    bookmark.saw(12)
    bookmark.saw(5)
    expect(bookmark.read.value).toBe(12)
  })

  it('stays where it is while one is away, and shows where that was', () => {
    bookmark.left(room(range(1, 10)))
    bookmark.saw(12)
    expect(bookmark.read.value).toBe(10)
    bookmark.came(room([...range(1, 10), event(11, 'me'), event(12, 'me', 'reacted')]))
    expect(bookmark.divider.value).toBe(null)
    bookmark.came(room(range(1, 13)))
    bookmark.came(room(range(1, 14)))
    expect(bookmark.divider.value).toEqual({ after: 10, until: null })
    expect(bookmark.returned(room(range(1, 14)))).toBe(true)
    // What comes from now on is not what was missed.
    bookmark.came(room(range(1, 20)))
    expect(bookmark.divider.value).toEqual({ after: 10, until: 14 })
    bookmark.saw(20)
    expect(bookmark.divider.value).not.toBe(null)
    bookmark.left(room(range(1, 20)))
    expect(bookmark.divider.value).toBe(null)
    expect(bookmark.returned(room(range(1, 20)))).toBe(false)
  })

  it('is moved on when one goes with only some of it read', () => {
    bookmark.left(room(range(1, 10)))
    bookmark.came(room(range(1, 20)))
    bookmark.returned(room(range(1, 20)))
    bookmark.saw(15)
    bookmark.left(room(range(1, 20)))
    expect(bookmark.divider.value).toEqual({ after: 15, until: null })
  })

  it('is done with once one has said something', () => {
    again(room(range(1, 15)))
    bookmark.answered()
    expect(bookmark.divider.value).toBe(null)
  })

  it('says nothing of another log', () => {
    bookmark.opened(room(range(1, 3), { epoch: 'two' }))
    expect(bookmark.read.value).toBe(3)
    expect(bookmark.divider.value).toBe(null)
    expect(again(room(range(1, 5), { epoch: 'two' }))).toEqual({ after: 3, until: 5 })
  })

  it('has seen all of a log that was put back to an older copy', () => {
    bookmark.opened(room(range(1, 6)))
    expect(bookmark.read.value).toBe(6)
    expect(again(room(range(1, 8)))).toEqual({ after: 6, until: 8 })
  })

  it('goes on with what another tab has read', () => {
    const other = new Bookmark(storage, 'den')
    other.opened(room(range(1, 20)))
    other.saw(18)
    other.stop()
    bookmark.elsewhere('snug.read.den')
    expect(bookmark.read.value).toBe(18)
    bookmark.elsewhere('snug.read.other')
    bookmark.elsewhere(null)
    expect(bookmark.read.value).toBe(18)
  })

  it('makes nothing of what somebody else put in the storage', () => {
    for (const text of [
      '',
      'x',
      '7',
      'null',
      '{}',
      '{"epoch":"one","seq":"9"}',
      '{"epoch":"one","seq":-1}',
    ]) {
      storage.set('snug.read.den', text)
      const fresh = new Bookmark(storage, 'den')
      fresh.opened(room(range(1, 15)))
      expect(fresh.read.value).toBe(15)
    }
  })
})
