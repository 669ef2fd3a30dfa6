import { describe, expect, it } from 'vitest'
import type { Deed, ErrorCode, Event, Presence, ServerFrame, Welcome } from '../wire.gen'
import { EMPTY, type RoomState } from './state'
import { apply, failed, found, typed, withdrawn } from './store'

const NOW = 1_000_000

const message = (seq: number, member = 'jun', id = `id-${seq}`): Event => ({
  seq,
  at: NOW + seq,
  member,
  nickname: member,
  id,
  body: { kind: 'message', text: `message ${seq}` },
})
const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, at) => message(first + at))

const welcome = (over: Partial<Welcome> = {}): ServerFrame => ({
  type: 'welcome',
  payload: {
    you: { host: false, member: 'me', nickname: 'Mina', ticket: 'me.1' },
    room: { id: 'den', name: 'Den', door: 'closed', every_ms: 0, files: { bytes: 104_857_600, days: 0 } },
    epoch: 'one',
    head: 0,
    resumed: false,
    events: [],
    members: [{ member: 'me', nickname: 'Mina' }],
    count: 1,
    limits: {
      text_bytes: 65_536,
      text_chars: 16_384,
      nickname_chars: 40,
      room_name_chars: 80,
      emoji_bytes: 64,
      room_file_bytes: 4_294_967_296,
      files: 20,
      thumb_bytes: 65_536,
      thumb_pixels: 640,
      query_chars: 200,
    },
    ...over,
  },
})
const measure = (seq: number, deed: Deed, of: string): Event => ({
  ...message(seq, 'host'),
  nickname: 'Host',
  body: { kind: 'measure', what: 'member', deed, of, called: 'Mina' },
})
const presence = (over: Partial<Presence>): ServerFrame => ({
  type: 'presence',
  payload: { reset: false, joined: [], left: [], count: 2, ...over },
})
const events = (...list: Event[]): ServerFrame => ({ type: 'events', payload: { events: list } })
const history = (before: number, list: Event[]): ServerFrame => ({
  type: 'history',
  payload: { place: { before }, seq: before, events: list },
})
const ack = (id: string, seq: number): ServerFrame => ({ type: 'ack', payload: { acks: [{ id, seq }] } })

const refusal = (code: string, id: string): ServerFrame => ({
  type: 'error',
  payload: { code: code as ErrorCode, message: '', id },
})

const play = (frames: ServerFrame[], state: RoomState = EMPTY, now = NOW) =>
  frames.reduce((before, frame) => apply(before, frame, now), state)
const seqs = (state: RoomState) => state.events.map((event) => event.seq)
const say = (state: RoomState, id: string) => typed(state, { id, text: 'hi', at: NOW })

describe('the log', () => {
  it('knows whether a host has muted one, and which, from the welcome on', () => {
    const muted = (...list: Event[]) =>
      apply(apply(EMPTY, welcome(), NOW), events(...list), NOW).you?.muted_by ?? null
    expect(muted(measure(1, 'muted', 'me'))).toBe('Host')
    expect(muted(measure(1, 'muted', 'jun'))).toBe(null)
    expect(muted(measure(1, 'muted', 'me'), measure(2, 'unmuted', 'me'), measure(3, 'muted', 'jun'))).toBe(
      null,
    )
    const you = { host: false, member: 'me', nickname: 'Mina', ticket: 'me.1', muted_by: 'Sol' }
    expect(apply(EMPTY, welcome({ you }), NOW).you?.muted_by).toBe('Sol')
  })

  it('is what the welcome brings, then what follows', () => {
    const state = play([welcome({ head: 3, events: from(2, 3) }), events(message(4), message(5))])
    expect(seqs(state)).toEqual([2, 3, 4, 5])
    expect(state.cursor).toBe(5)
    expect(state.complete).toBe(false)
  })

  it('takes no event twice', () => {
    const state = play([welcome({ head: 2, events: from(1, 2) }), events(...from(1, 3)), events(message(3))])
    expect(seqs(state)).toEqual([1, 2, 3])
  })

  it('takes nothing beyond a gap, and says so', () => {
    const state = play([welcome({ head: 2, events: from(1, 2) }), events(message(4))])
    expect(seqs(state)).toEqual([1, 2])
    expect(state.gap).toBe(true)
  })

  it('goes on after a gap when the relay resumes from the cursor', () => {
    const state = play([
      welcome({ head: 2, events: from(1, 2) }),
      events(message(4)),
      welcome({ head: 4, resumed: true, events: from(3, 4) }),
    ])
    expect(seqs(state)).toEqual([1, 2, 3, 4])
    expect(state.gap).toBe(false)
  })

  it('resumes with nothing missed', () => {
    const state = play([
      welcome({ head: 2, events: from(1, 2) }),
      welcome({ head: 2, resumed: true, events: [] }),
    ])
    expect(seqs(state)).toEqual([1, 2])
  })

  it('starts over when too much was missed', () => {
    const state = play([
      welcome({ head: 2, events: from(1, 2) }),
      welcome({ head: 900, resumed: false, events: from(841, 900) }),
    ])
    expect(state.events[0]?.seq).toBe(841)
    expect(state.complete).toBe(false)
  })

  it('tells when the host has another log, and only then', () => {
    const lost = play([
      welcome({ head: 5, events: from(1, 5) }),
      presence({ joined: [{ member: 'jun', nickname: 'Jun' }] }),
    ])
    // Another epoch, or the same one from an older copy: the relay doesn't resume.
    for (const epoch of ['one', 'two']) {
      const state = play([welcome({ epoch, head: 2, events: from(1, 2) })], lost)
      expect(state.notices).toMatchObject([{ kind: 'replaced', after: 2, at: NOW }])
      expect(state.replacements).toBe(1)
      const later = play([events(message(3)), presence({ left: ['jun'] })], state)
      expect(later.notices[0]?.kind).toBe('replaced')
    }
    for (const state of [
      play([welcome({ head: 5, events: from(1, 5) })]),
      play([welcome(), welcome({ epoch: 'two', head: 1, events: from(1, 1) })]),
      play([welcome({ head: 6, resumed: true, events: [message(6)] })], lost),
    ]) {
      expect(state.notices.some(({ kind }) => kind === 'replaced')).toBe(false)
    }
  })

  it('starts over in another epoch, whatever the seqs are', () => {
    const state = play([
      welcome({ head: 5, events: from(1, 5) }),
      welcome({ head: 2, epoch: 'two', events: from(1, 2) }),
    ])
    expect(seqs(state)).toEqual([1, 2])
    expect(state.cursor).toBe(2)
    expect(state.epoch).toBe('two')
  })

  it('never continues one epoch with another, even if told so', () => {
    const state = play([
      welcome({ head: 2, events: from(1, 2) }),
      welcome({ head: 3, epoch: 'two', resumed: true, events: [message(3)] }),
    ])
    expect(seqs(state)).toEqual([3])
  })

  it('is complete when it begins with the first event, or is empty', () => {
    expect(play([welcome()]).complete).toBe(true)
    expect(play([welcome({ head: 1, events: from(1, 1) })]).complete).toBe(true)
    expect(play([welcome(), events(message(1))]).complete).toBe(true)
  })

  it('ignores frames it does not know', () => {
    const state = play([welcome()])
    expect(apply(state, { type: 'fireworks', payload: {} } as unknown as ServerFrame, NOW)).toBe(state)
  })
})

describe('history', () => {
  const start = play([welcome({ head: 6, events: from(5, 6) })])

  it('goes before what is there', () => {
    const state = play([history(5, from(3, 4)), history(3, from(1, 2))], start)
    expect(seqs(state)).toEqual([1, 2, 3, 4, 5, 6])
    expect(state.complete).toBe(true)
  })

  it('is ignored when it answers another question, or leaves a gap', () => {
    expect(apply(start, history(4, from(2, 3)), NOW)).toBe(start)
    expect(apply(start, history(5, from(2, 3)), NOW)).toBe(start)
  })

  it('ends at an empty page', () => {
    expect(play([history(5, [])], start).complete).toBe(true)
  })
})

describe('a message typed here', () => {
  const start = say(play([welcome()]), 'a')

  it('is pending until it has a seq', () => {
    expect(start.pending).toEqual([{ id: 'a', text: 'hi', at: NOW }])
  })

  it('settles when the ack comes before the event', () => {
    const acked = play([ack('a', 1)], start)
    expect(acked.pending[0]?.seq).toBe(1)
    expect(play([events(message(1, 'me', 'a'))], acked).pending).toEqual([])
  })

  it('settles when the event comes before the ack', () => {
    const seen = play([events(message(1, 'me', 'a'))], start)
    expect(seen.pending).toEqual([])
    expect(play([ack('a', 1)], seen).pending).toEqual([])
  })

  it('is not settled by somebody else using its id', () => {
    expect(play([events(message(1, 'jun', 'a'))], start).pending).toHaveLength(1)
  })

  it('settles through what a resume brings, its ack lost', () => {
    const state = play([welcome({ head: 1, resumed: true, events: [message(1, 'me', 'a')] })], start)
    expect(state.pending).toEqual([])
  })

  it('waits again when the log that acknowledged it is gone, unless the new one has it', () => {
    const acked = play([ack('a', 1), ack('b', 2)], say(say(start, 'b'), 'c'))
    const list = [...from(1, 2), message(3, 'me', 'b')]
    const state = play([welcome({ epoch: 'two', head: 3, events: list })], acked)
    expect(state.pending).toEqual(['a', 'c'].map((id) => ({ id, text: 'hi', at: NOW })))
  })

  it('fails with a reason, and settles after all when it is sent again', () => {
    const state = play([refusal('text_too_long', 'a')], start)
    expect(state.pending[0]?.failed).toBe('text_too_long')
    expect(play([ack('a', 1)], state).pending[0]).toEqual({ id: 'a', text: 'hi', at: NOW, seq: 1 })
  })

  it('is held, not failed, while the host is in trouble', () => {
    for (const code of ['log_failed', 'disk_full', 'log_damaged', 'stopping']) {
      const held = play([refusal(code, 'a')], start)
      expect(held.pending).toEqual([{ id: 'a', text: 'hi', at: NOW, held: code }])
      expect(play([ack('a', 1)], held).pending).toEqual([{ id: 'a', text: 'hi', at: NOW, seq: 1 }])
      expect(play([welcome({ resumed: true })], held).pending).toEqual([{ id: 'a', text: 'hi', at: NOW }])
    }
  })

  it('settles together with others', () => {
    const acks = (...list: [string, number][]): ServerFrame => ({
      type: 'ack',
      payload: { acks: list.map(([id, seq]) => ({ id, seq })) },
    })
    const state = play([acks(['a', 1], ['c', 3], ['z', 9])], say(say(start, 'b'), 'c'))
    expect(state.pending.map(({ seq }) => seq)).toEqual([1, undefined, 3])
    expect(play([events(message(1, 'me', 'a'), ...from(2, 3))], state).pending.map(({ id }) => id)).toEqual([
      'b',
    ])
  })

  it('is found by another tab, unless the log shows it', () => {
    const state = play([events(message(1, 'me', 'b'))], start)
    const items = ['b', 'c', 'a'].map((id) => ({ id, text: 'from there', at: NOW }))
    expect(found(state, items).pending.map(({ id, text }) => [id, text])).toEqual([
      ['a', 'hi'],
      ['c', 'from there'],
    ])
    expect(found(state, [])).toBe(state)
  })

  it('can be withdrawn', () => {
    expect(withdrawn(start, 'a').pending).toEqual([])
    expect(failed(start, 'unknown', 'full')).toBe(start)
  })

  it('keeps its place among the others', () => {
    const state = play([ack('b', 2)], say(say(start, 'b'), 'c'))
    expect(state.pending.map((it) => it.id)).toEqual(['a', 'b', 'c'])
  })

  it('is untouched by acks and errors about others', () => {
    expect(play([ack('z', 9)], start)).toBe(start)
  })
})

describe('who is here', () => {
  const start = play([
    welcome({
      members: [
        { member: 'me', nickname: 'Mina' },
        { member: 'jun', nickname: 'Jun' },
      ],
      count: 2,
    }),
  ])
  const told = (state: RoomState) =>
    state.notices.map((notice) => `${notice.people.map((it) => it.nickname).join('+')} ${notice.kind}`)

  it('follows who comes and goes', () => {
    const state = play(
      [presence({ joined: [{ member: 'ana', nickname: 'Ana' }], left: ['jun'], count: 2 })],
      start,
    )
    expect([...state.members.values()]).toEqual(['Mina', 'Ana'])
    expect(told(state)).toEqual(['Jun left', 'Ana joined'])
  })

  it('says why somebody left once, where a host put them out', () => {
    const out = play(
      [events(measure(1, 'removed', 'jun')), presence({ left: ['jun'], joined: [], count: 1 })],
      start,
    )
    expect(told(out)).toEqual([])
    const back = presence({ joined: [{ member: 'jun', nickname: 'Jun' }], count: 2 })
    const later = play([back, events(message(2)), presence({ left: ['jun'], count: 1 })], out)
    expect(told(later)).toEqual(['Jun joined', 'Jun left'])
  })

  it('knows who is away and who hosts, which is no news to anybody', () => {
    const away = play(
      [presence({ joined: [{ member: 'jun', nickname: 'Jun', away: true, host: true }], count: 2 })],
      start,
    )
    expect([[...away.away], [...away.hosts], told(away)]).toEqual([['jun'], ['jun'], []])
    const back = play([presence({ joined: [{ member: 'jun', nickname: 'Jun' }], count: 2 })], away)
    expect([[...back.away], [...back.hosts], told(back)]).toEqual([[], [], []])
    expect([...play([presence({ left: ['jun'], count: 1 })], away).away]).toEqual([])
  })

  it('knows who types, until they have said it', () => {
    const typing = play([{ type: 'typing', payload: { members: ['jun', 'me'] } }], start)
    expect(typing.typing).toEqual(['jun', 'me'])
    const said = play(
      [{ type: 'events', payload: { events: [{ ...message(start.cursor + 1), member: 'jun' }] } }],
      typing,
    )
    expect(said.typing).toEqual(['me'])
    expect(play([welcome()], typing).typing).toEqual([])
  })

  it('starts over when the relay says so, without a flood of notices', () => {
    const state = play(
      [presence({ reset: true, joined: [{ member: 'me', nickname: 'Mina' }], count: 1 })],
      start,
    )
    expect([...state.members.keys()]).toEqual(['me'])
    expect(state.notices).toEqual([])
  })

  it('says nothing of oneself coming', () => {
    expect(told(play([presence({ joined: [{ member: 'me', nickname: 'Mina' }] })], start))).toEqual([])
  })

  it('notes a new name, and takes one’s own', () => {
    const state = play([presence({ joined: [{ member: 'me', nickname: 'Minnie' }] })], start)
    expect(state.you?.nickname).toBe('Minnie')
    expect(state.notices[0]?.people[0]).toEqual({ member: 'me', nickname: 'Minnie', was: 'Mina' })
  })

  it('tells many who come at once, or one after another, in one notice', () => {
    const many = ['a', 'b', 'c'].map((member) => ({ member, nickname: member.toUpperCase() }))
    const state = play(
      [
        presence({ joined: many, count: 5 }),
        presence({ joined: [{ member: 'd', nickname: 'D' }], count: 6 }),
      ],
      start,
    )
    expect(told(state)).toEqual(['A+B+C+D joined'])
  })

  it('does not gather across something said', () => {
    const joined = (member: string) => presence({ joined: [{ member, nickname: member }] })
    expect(told(play([joined('a'), events(message(1)), joined('b')], start))).toEqual([
      'a joined',
      'b joined',
    ])
  })

  it('says nothing of someone who is right back', () => {
    const state = play(
      [presence({ left: ['jun'], count: 1 }), presence({ joined: [{ member: 'jun', nickname: 'Jun' }] })],
      start,
    )
    expect(told(state)).toEqual([])
  })

  it('says nothing of those who come back after the host did', () => {
    const again = welcome({ resumed: true })
    const frame = presence({ joined: [{ member: 'jun', nickname: 'Jun' }] })
    expect(told(play([again, frame], start))).toEqual([])
    expect(told(play([frame], play([again], start), NOW + 10 * 60_000))).toEqual(['Jun joined'])
  })

  it('tells it when they were away for long', () => {
    const gone = play([presence({ left: ['jun'], count: 1 })], start)
    const back = play([presence({ joined: [{ member: 'jun', nickname: 'Jun' }] })], gone, NOW + 10 * 60_000)
    expect(told(back)).toEqual(['Jun left', 'Jun joined'])
  })

  it('tells several new names of one person as one', () => {
    const named = (nickname: string) => presence({ joined: [{ member: 'jun', nickname }] })
    const state = play([named('J'), named('JJ')], start)
    expect(state.notices).toHaveLength(1)
    expect(state.notices[0]?.people[0]).toEqual({ member: 'jun', nickname: 'JJ', was: 'Jun' })
    expect(play([named('Jun')], state).notices).toEqual([])
  })

  it('does not announce strangers where only a part of the people is known by name', () => {
    const crowd = play([welcome({ count: 5_000 })])
    const state = play(
      [presence({ joined: [{ member: 'x', nickname: 'X' }], left: ['y'], count: 5_000 })],
      crowd,
    )
    expect(told(state)).toEqual([])
    expect(state.count).toBe(5_000)
  })

  it('keeps only the newest notices', () => {
    const frames = Array.from({ length: 500 }, (_, at) => [
      presence({ joined: [{ member: `m${at}`, nickname: 'M' }] }),
      events(message(at + 1)),
    ]).flat()
    expect(play(frames, start).notices).toHaveLength(200)
  })
})
