import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Room } from './room'
import { mine, type Relay, Stage, theirs } from './stage.fixture'

describe('reading in a room', () => {
  let stage: Stage
  let relay: Relay
  let room: Room
  /** What was asked for. */
  const asked = () => relay.heard.filter(({ type }) => type === 'history').map(({ payload }) => payload)

  beforeEach(() => {
    stage = new Stage()
    relay = stage.relay
    room = stage.room
  })
  afterEach(() => stage.end())

  it('asks less eagerly for a page of history that the host could not read', async () => {
    await relay.welcomes({ head: 9, events: [mine(9, 'x', 'nine')] })
    room.reader.load('before')
    relay.tell('error', { code: 'log_failed', message: '' })
    room.reader.load('before')
    expect(asked()).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(5_000)
    room.reader.load('before')
    expect(asked()).toHaveLength(2)
  })

  it('asks for history once at a time, and never beyond the beginning', async () => {
    await relay.welcomes({ head: 3, events: [theirs(3)] })
    room.reader.load('before')
    room.reader.load('before')
    expect(asked()).toEqual([{ place: { before: 3 } }])
    relay.tell('history', { place: { before: 3 }, seq: 3, events: [theirs(1), theirs(2)] })
    expect(room.reader.loading.value).toBe(null)
    room.reader.load('before')
    expect(asked()).toHaveLength(1)
  })

  it('can ask again when the answer was lost', async () => {
    await relay.welcomes({ head: 9 })
    room.reader.load('before')
    expect(room.reader.loading.value).toBe('before')
    await relay.drops()
    expect(room.reader.loading.value).toBe(null)
  })

  describe('goes to a place', () => {
    const events = (first: number, last: number) =>
      Array.from({ length: last - first + 1 }, (_, at) => theirs(first + at))
    beforeEach(() => relay.welcomes({ head: 90, events: events(80, 90) }))

    it('that is here, without asking', () => {
      for (const target of [{ seq: 85 }, { id: 'id-85' }, { at: 845 }]) {
        room.goTo(target)
        expect(room.reader.goal.value).toEqual({ kind: 'place', seq: 85 })
      }
      expect(asked()).toEqual([])
      expect(room.reader.seeking.value).toBe(null)
    })

    it('that is not, once it has come', () => {
      for (const [target, place] of [
        [{ seq: 40 }, { around: 40 }],
        [{ id: 'id-40' }, { id: 'id-40' }],
        [{ at: 395 }, { at: 395 }],
      ] as const) {
        room.reader.goToNewest()
        room.goTo(target)
        expect(room.reader.seeking.value).toBe('seeking')
        expect(asked().at(-1)).toEqual({ place })
        relay.tell('history', { place, seq: 40, events: events(30, 50) })
        expect(room.reader.seeking.value).toBe(null)
        expect(room.reader.goal.value).toEqual({ kind: 'place', seq: 40 })
        expect(room.state.value.island?.[0]?.seq).toBe(30)
        expect(room.state.value.cursor).toBe(90)
      }
    })

    it('that was asked for last, whatever is answered first', () => {
      room.goTo({ seq: 40 })
      room.goTo({ seq: 20 })
      relay.tell('history', { place: { around: 40 }, seq: 40, events: events(35, 45) })
      expect(room.reader.seeking.value).toBe('seeking')
      expect(room.state.value.island).toBe(null)
      relay.tell('history', { place: { around: 20 }, seq: 20, events: events(15, 25) })
      expect(room.reader.goal.value).toEqual({ kind: 'place', seq: 20 })
      expect(room.state.value.island?.[0]?.seq).toBe(15)
    })

    it('unless that is nowhere', async () => {
      room.goTo({ id: 'unheard-of' })
      relay.tell('error', { code: 'no_such_message', message: '', id: 'unheard-of' })
      expect(room.reader.seeking.value).toBe('missing')
      expect(room.reader.goal.value).toBe(null)
      room.reader.stopSeeking()
      expect(room.reader.seeking.value).toBe(null)
      room.goTo({ at: 5 })
      relay.tell('error', { code: 'log_failed', message: '' })
      expect(room.reader.seeking.value).toBe('failed')
    })

    it('once it is back, where the line was cut', async () => {
      room.goTo({ seq: 40 })
      await relay.drops()
      expect(room.reader.seeking.value).toBe('seeking')
      await relay.welcomes({ head: 90, resumed: true })
      expect(asked()).toEqual([{ place: { around: 40 } }])
      relay.tell('history', { place: { around: 40 }, seq: 40, events: events(35, 45) })
      expect(room.reader.goal.value).toEqual({ kind: 'place', seq: 40 })
    })

    it('and is led to what is new on coming back only where one has followed the newest', async () => {
      const others = (seq: number) => relay.tell('events', { events: [theirs(seq)] })
      stage.seen = 'hidden'
      stage.happens('blur')
      others(91)
      stage.seen = 'visible'
      stage.happens('focus')
      expect(room.reader.goal.value).toEqual({ kind: 'unread', seq: 90 })
      room.goTo({ seq: 40 })
      relay.tell('history', { place: { around: 40 }, seq: 40, events: events(35, 45) })
      const goal = room.reader.goal.value
      room.reader.follows = false
      stage.seen = 'hidden'
      stage.happens('blur')
      await vi.advanceTimersByTimeAsync(100)
      others(92)
      stage.seen = 'visible'
      stage.happens('focus')
      expect(room.reader.goal.value).toBe(goal)
      expect(room.state.value.island?.[0]?.seq).toBe(35)
    })

    it('and learns what a message says that is quoted and isn’t here', async () => {
      room.reader.findQuoted('id-40')
      room.reader.findQuoted('id-40')
      room.reader.findQuoted('unheard-of')
      expect(asked()).toEqual([
        { place: { id: 'id-40' }, limit: 1 },
        { place: { id: 'unheard-of' }, limit: 1 },
      ])
      relay.tell('history', { place: { id: 'id-40' }, seq: 40, events: events(40, 40) })
      relay.tell('error', { code: 'no_such_message', message: '', id: 'unheard-of' })
      expect(room.find('id-40')?.body).toEqual({ kind: 'message', text: '40' })
      expect(room.find('unheard-of')).toBe(null)
      // It is looked at from here, and nobody has gone there.
      expect(room.state.value.island).toBe(null)
      expect(room.reader.seeking.value).toBe(null)
      const edited = { ...theirs(91), body: { kind: 'edited' as const, of: 'id-40', text: 'other' } }
      relay.tell('events', { events: [edited] })
      expect(room.find('id-40')?.body).toMatchObject({ text: 'other' })
      relay.tell('events', { events: [{ ...theirs(92), body: { kind: 'deleted' as const, of: 'id-40' } }] })
      await vi.advanceTimersByTimeAsync(100)
      expect(room.find('id-40')).toBe(null)
    })

    it('and leaves it by saying something, or by going to the newest', () => {
      for (const leave of [() => room.say('here'), () => room.reader.goToNewest()]) {
        room.goTo({ seq: 40 })
        relay.tell('history', { place: { around: 40 }, seq: 40, events: events(35, 45) })
        expect(room.state.value.island).not.toBe(null)
        leave()
        expect(room.state.value.island).toBe(null)
        expect(room.reader.goal.value).toEqual({ kind: 'newest' })
      }
      room.goTo({ seq: 40 })
      relay.tell('history', { place: { around: 40 }, seq: 40, events: events(35, 45) })
      room.outgoing.react('id-40', '👍', true)
      expect(room.state.value.island).not.toBe(null)
    })
  })
})
