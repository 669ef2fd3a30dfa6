import { describe, expect, it } from 'vitest'
import type { Body, Event, Place, ServerFrame, Welcome } from '../wire.gen'
import { changedBy } from './changes'
import { backToNewest, forgotten, located, stretchOf, turnedTo } from './pages'
import { EMPTY, type RoomState } from './state'
import { apply } from './store'

const PAGE = 8
const BOUNDS = { most: 60, keep: 24 }
const END = Number.POSITIVE_INFINITY

/** A relay's log, with its rules: changes are events, and what they are of is written anew. */
class Log {
  /** As they were appended. */
  readonly told: Event[] = []
  /** As they read now. */
  readonly now: Event[] = []

  append(body: Body): void {
    const seq = this.told.length + 1
    const event: Event = { seq, at: seq * 10, member: 'jun', nickname: 'Jun', id: `id-${seq}`, body }
    if (body.kind !== 'message' && body.kind !== 'gone' && body.kind !== 'measure') {
      const at = this.now.findIndex(({ id }) => id === body.of)
      const message = this.now[at]
      if (message) this.now[at] = changedBy(message, event)
    }
    this.told.push(event)
    this.now.push(event)
  }

  page(place: Place): ServerFrame {
    const head = this.now.length
    const part = (from: number, to: number) => this.now.slice(Math.max(0, from - 1), Math.max(0, to))
    const [seq, events] =
      'before' in place
        ? [place.before, part(place.before - PAGE, place.before - 1)]
        : 'after' in place
          ? [place.after, part(place.after + 1, place.after + PAGE)]
          : (() => {
              const wanted =
                'around' in place
                  ? place.around
                  : 'id' in place
                    ? Number(place.id.slice(3))
                    : Math.ceil(place.at / 10)
              const seq = Math.min(Math.max(1, wanted), head)
              return [seq, part(seq - PAGE / 2, seq + PAGE / 2 - 1)] as const
            })()
    return { type: 'history', payload: { place, seq, events: [...events] } }
  }

  welcome(after: number | null): ServerFrame {
    const head = this.now.length
    // As much of it as matters here.
    const payload = {
      you: { host: false, member: 'me', nickname: 'Mina' } as Welcome['you'],
      room: { id: 'den', name: 'Den', door: 'closed', every_ms: 0, files: { bytes: 104_857_600, days: 0 } },
      epoch: 'one',
      head,
      resumed: after !== null,
      events: after === null ? this.now.slice(-PAGE) : this.now.slice(after, after + PAGE),
      members: [],
      count: 1,
    } as Partial<Welcome> as Welcome
    return { type: 'welcome', payload }
  }
}

/** The same numbers each time. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return Math.floor((state / 0x80000000) * sides)
  }
}

const play = (state: RoomState, ...frames: ServerFrame[]) =>
  frames.reduce((before, frame) => apply(before, frame, 0), state)
const seqs = (events: readonly Event[] | null) => events?.map(({ seq }) => seq)
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at)

const withMessages = (count: number) => {
  const log = new Log()
  for (let number = 1; number <= count; number += 1) log.append({ kind: 'message', text: `${number}` })
  return log
}

describe('a part of the log away from the newest', () => {
  const log = withMessages(100)
  const start = play(EMPTY, log.welcome(null))

  it('is read in place of them, while what comes is taken behind it', () => {
    const state = play(start, log.page({ around: 50 }), {
      type: 'events',
      payload: { events: [{ ...(log.now[0] as Event), seq: 101, id: 'new' }] },
    })
    expect(seqs(stretchOf(state))).toEqual(range(46, 53))
    expect(seqs(state.events)).toEqual(range(93, 101))
    expect(state.cursor).toBe(101)
  })

  it('is paged both ways', () => {
    const state = play(start, log.page({ id: 'id-50' }), log.page({ before: 46 }), log.page({ after: 53 }))
    expect(seqs(state.island)).toEqual(range(38, 61))
    expect(play(state, log.page({ after: 53 }), log.page({ before: 46 }))).toEqual(state)
  })

  it('becomes one with the newest where they meet, at the last event or beyond', () => {
    for (const place of [{ around: 88 }, { around: 89 }, { around: 92 }, { around: 93 }]) {
      const state = play(start, log.page(place), log.page({ after: place.around + 3 }))
      expect(state.island).toBe(null)
      expect(seqs(state.events)).toEqual(range(place.around - 4, 100))
    }
    expect(seqs(play(start, log.page({ around: 100 })).events)).toEqual(range(93, 100))
  })

  it('takes nothing beyond the cursor: that comes by itself', () => {
    const behind = play(EMPTY, withMessages(90).welcome(null))
    const state = play(behind, log.page({ around: 85 }), log.page({ after: 88 }))
    expect(state.cursor).toBe(90)
    expect(seqs(state.events)?.at(-1)).toBe(90)
    expect(play(behind, log.page({ around: 98 })).events).toEqual(behind.events)
  })

  it('is left at once', () => {
    const state = play(start, log.page({ around: 50 }))
    expect(backToNewest(state)).toEqual(start)
    expect(turnedTo(state, 95)).toEqual(start)
    expect(turnedTo(state, 50)).toBe(state)
  })

  it('is gone with the log it was of', () => {
    const state = play(start, log.page({ around: 50 }), withMessages(100).welcome(null))
    expect(state.island).toBe(null)
  })

  it('changes with what happens to it', () => {
    const edited: Event = {
      ...(log.now[49] as Event),
      seq: 101,
      id: 'e',
      body: { kind: 'edited', of: 'id-50', text: 'other' },
    }
    const state = play(start, log.page({ around: 50 }), { type: 'events', payload: { events: [edited] } })
    expect(state.island?.[4]?.body).toEqual({ kind: 'message', text: 'other', edited: 'e' })
  })

  it('is told apart from what leaves a gap or answers another question', () => {
    const state = play(start, log.page({ around: 50 }))
    expect(play(state, log.page({ after: 60 }))).toBe(state)
    expect(play(state, log.page({ before: 60 }))).toBe(state)
    const torn = log.page({ around: 20 })
    if (torn.type === 'history') torn.payload.events.splice(2, 1)
    expect(play(state, torn)).toBe(state)
  })
})

describe('what is here', () => {
  const log = withMessages(100)
  const state = play(EMPTY, log.welcome(null), log.page({ around: 50 }))

  it('is found by place, id and moment', () => {
    expect(located(state, { seq: 50 })).toBe(50)
    expect(located(state, { id: 'id-95' })).toBe(95)
    expect(located(state, { id: 'id-52' })).toBe(52)
    expect(located(state, { at: 495 })).toBe(50)
    expect(located(state, { at: 5_000 })).toBe(100)
    const early = play(EMPTY, log.welcome(null), log.page({ around: 1 }))
    expect(located(early, { at: 0 })).toBe(1)
  })

  it('is not taken for what may be elsewhere', () => {
    expect(located(state, { seq: 20 })).toBe(undefined)
    expect(located(state, { id: 'id-20' })).toBe(undefined)
    // Before the first that is here there may be one that fits, too; after the last, too.
    expect(located(state, { at: 460 })).toBe(undefined)
    expect(located(state, { at: 600 })).toBe(undefined)
    expect(located(EMPTY, { at: 0 })).toBe(undefined)
  })
})

describe('what is far from the reader', () => {
  const log = withMessages(300)
  const paged = (state: RoomState, pages: number) => {
    let now = state
    for (let page = 0; page < pages; page += 1)
      now = play(now, log.page({ before: stretchOf(now)[0]?.seq ?? 0 }))
    return now
  }
  const start = play(EMPTY, log.welcome(null))

  it('stays while there is little of it', () => {
    expect(forgotten(start, 293, END, BOUNDS)).toBe(start)
    const state = paged(start, 3)
    expect(forgotten(state, 280, END, BOUNDS)).toBe(state)
  })

  it('goes at the old end, for whoever reads the newest', () => {
    const state = forgotten(paged(start, 10), 293, END, BOUNDS)
    expect(seqs(state.events)).toEqual(range(277, 300))
    expect(state.complete).toBe(false)
    expect(seqs(paged(state, 1).events)?.[0]).toBe(269)
  })

  it('goes at both ends, for whoever reads something else', () => {
    const state = forgotten(paged(start, 20), 150, 160, BOUNDS)
    expect(seqs(state.island)).toEqual(range(144, 166))
    expect(seqs(state.events)).toEqual(range(277, 300))
  })

  it('leaves no gap where the two come together', () => {
    const state = forgotten(paged(start, 20), 262, 272, BOUNDS)
    expect(state.island).toBe(null)
    expect(seqs(state.events)).toEqual(range(256, 300))
  })

  it('goes behind a part that is read, too', () => {
    let state = play(start, log.page({ around: 50 }))
    for (let page = 0; page < 10; page += 1)
      state = play(state, log.page({ after: state.island?.at(-1)?.seq ?? 0 }))
    const kept = forgotten(state, 110, 120, BOUNDS)
    expect(seqs(kept.island)).toEqual(range(104, 126))
    expect(forgotten(kept, 110, 120, BOUNDS)).toBe(kept)
  })

  it('never goes round in circles', () => {
    const state = forgotten(paged(start, 30), 130, 250, BOUNDS)
    expect(forgotten(state, 130, 250, BOUNDS)).toBe(state)
  })
})

describe('whatever comes in whatever order', () => {
  /** What is shown is the log: in order, without a gap, nothing twice, as it reads up to the cursor. */
  const check = (state: RoomState, log: Log) => {
    for (const part of [state.events, state.island ?? []]) {
      const first = part[0]?.seq ?? 1
      expect(seqs(part)).toEqual(range(first, first + part.length - 1))
    }
    const first = state.events[0]?.seq ?? state.cursor + 1
    expect(state.events.at(-1)?.seq ?? state.cursor).toBe(state.cursor)
    if (state.island) expect(state.island.at(-1)?.seq).toBeLessThan(first - 1)
    if (state.cursor < log.now.length) return
    expect(state.events).toEqual(log.now.slice(first - 1))
    const island = state.island?.[0]?.seq ?? 1
    expect(state.island ?? []).toEqual(log.now.slice(island - 1, island - 1 + (state.island?.length ?? 0)))
  }

  const story = (seed: number) => {
    const roll = dice(seed)
    const log = withMessages(roll(40))
    let state = play(EMPTY, log.welcome(null))
    /** Asked and not answered yet. As on a socket, answers keep the order, and are as of when they are read. */
    const line: ServerFrame[] = []
    let sent = state.cursor
    const deliver = () => {
      const events = log.told.slice(sent, sent + 1 + roll(6))
      if (events.length === 0) return
      // Read anew when they are sent, as the relay's tail is.
      line.push({ type: 'events', payload: { events: log.now.slice(sent, sent + events.length) } })
      sent += events.length
    }
    const arrive = () => {
      const frame = line.shift()
      if (frame) state = play(state, frame)
    }
    for (let step = 0; step < 150; step += 1) {
      const stretch = stretchOf(state)
      const [first, last] = [stretch[0]?.seq ?? 1, stretch.at(-1)?.seq ?? 0]
      switch (roll(12)) {
        case 0:
        case 1:
          for (let many = roll(9); many >= 0; many -= 1) log.append({ kind: 'message', text: `${step}` })
          break
        case 2: {
          const of = `id-${1 + roll(log.now.length || 1)}`
          const message = log.now.find(({ id }) => id === of)
          if (message?.body.kind !== 'message') break
          const bodies: Body[] = [
            { kind: 'edited', of, text: `edited ${step}` },
            { kind: 'reacted', of, emoji: '👍', on: roll(2) === 0 },
            { kind: 'deleted', of },
          ]
          log.append(bodies[roll(3)] as Body)
          break
        }
        case 3:
          deliver()
          break
        case 4:
          line.push(log.page({ before: first }))
          break
        case 5:
          line.push(log.page({ after: last }))
          break
        case 6:
          line.push(log.page({ around: 1 + roll(log.now.length || 1) }))
          break
        case 7:
          line.push(log.page({ at: roll(log.now.length * 10 + 20) }))
          break
        case 8: {
          // What is on the page lies somewhere in what is read, or is followed to the end.
          const from = first + roll(Math.max(1, last - first))
          const to = roll(2) === 0 ? END : Math.min(last, from + roll(10))
          state = forgotten(state, from, to, { most: 30, keep: 12 })
          break
        }
        case 9:
          state = roll(2) === 0 ? backToNewest(state) : turnedTo(state, 1 + roll(log.now.length || 1))
          break
        case 10:
          // The line is cut: what was on it is lost, and comes again from the cursor on.
          line.length = 0
          state = play(state, log.welcome(state.cursor))
          sent = state.cursor
          break
        default:
          arrive()
      }
      check(state, log)
    }
    while (sent < log.now.length || line.length > 0) {
      deliver()
      arrive()
    }
    check(state, log)
    // All of it, from here to the newest and back to the beginning.
    for (let pages = 0; state.island && pages < 200; pages += 1)
      state = play(state, log.page({ after: state.island.at(-1)?.seq ?? 0 }))
    for (let pages = 0; !state.complete && pages < 200; pages += 1)
      state = play(state, log.page({ before: state.events[0]?.seq ?? state.cursor + 1 }))
    expect(state.events).toEqual(log.now)
  }

  it('the log is what is shown', () => {
    for (let seed = 1; seed <= 150; seed += 1) {
      try {
        story(seed)
      } catch (error) {
        throw new Error(`with seed ${seed}`, { cause: error })
      }
    }
  })
})
