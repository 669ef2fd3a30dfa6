import { type Signal, signal } from '@preact/signals'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { EMPTY, type RoomState } from '../room/state'
import type { Event } from '../wire.gen'
import { chooseLanguage } from '../words/words'
import type { Permission, Told } from './alerts'
import type { Choice } from './choices'
import { Notifier, type Word } from './notifier'

describe('a room nobody looks at', () => {
  let state: Signal<RoomState>
  let quoted: Signal<ReadonlyMap<string, Event | null>>
  let sought: string[]
  let notifier: Notifier
  let looked: boolean
  let choice: Choice
  let permission: Permission
  let sound: boolean
  let shown: (Told | null)[]
  let badges: number[]
  let chimes: number
  let words: Word[]

  const says = (member: string, ...texts: string[]) => {
    const from = state.value.cursor
    const events = texts.map(
      (text, at): Event => ({
        seq: from + 1 + at,
        at: 1,
        member,
        nickname: member,
        id: `id${from + 1 + at}`,
        body: { kind: 'message', text },
      }),
    )
    state.value = { ...state.value, events: [...state.value.events, ...events], cursor: from + texts.length }
  }
  const later = (ms = 700) => vi.advanceTimersByTime(ms)
  const titles = () => shown.map((told) => told?.title ?? null)

  beforeAll(() => chooseLanguage('en'))
  beforeEach(() => {
    vi.useFakeTimers()
    looked = false
    choice = 'all'
    permission = 'granted'
    sound = false
    shown = []
    badges = []
    chimes = 0
    words = []
    state = signal<RoomState>(EMPTY)
    quoted = signal(new Map())
    sought = []
    notifier = new Notifier({
      room: 'den',
      state,
      quoted,
      findQuoted: (id) => sought.push(id),
      alerts: {
        permission: () => permission,
        ask: async () => permission,
        show: (told) => shown.push(told),
        takeBack: () => shown.push(null),
        badge: (count) => badges.push(count),
        clicks: () => () => {},
      },
      choice: () => choice,
      hasSound: () => sound,
      chime: () => {
        chimes += 1
      },
      called: (name) => name,
      looked: () => looked,
      say: (word) => words.push(word),
    })
    notifier.start()
    const you = { member: 'me', nickname: 'Mina', host: false, ticket: 'me.1' }
    state.value = {
      ...EMPTY,
      you,
      room: { id: 'den', name: 'Den', door: 'closed', every_ms: 0, files: { bytes: 104_857_600, days: 0 } },
    }
  })
  afterEach(() => {
    notifier.stop()
    vi.useRealTimers()
  })

  it('finds out whose message is answered that is no longer here', () => {
    choice = 'mentions'
    const answers = (seq: number, reply: string) => {
      const body = { kind: 'message', text: 'yes', reply } as const
      const event: Event = { seq, at: 1, member: 'jun', nickname: 'Jun', id: `id${seq}`, body }
      state.value = { ...state.value, events: [...state.value.events, event], cursor: seq }
    }
    const first = (member: string): Event => ({
      seq: 1,
      at: 1,
      member,
      nickname: member,
      id: 'x',
      body: { kind: 'message', text: 'so?' },
    })
    answers(8, 'of another')
    answers(9, 'mine')
    answers(10, 'nobody knows')
    expect(sought).toEqual(['of another', 'mine', 'nobody knows'])
    later()
    expect(shown).toEqual([])
    quoted.value = new Map([['of another', first('jun')]])
    quoted.value = new Map([...quoted.value, ['nobody knows', null], ['mine', first('me')]])
    later()
    expect(shown.map((told) => told?.message)).toEqual(['id9'])
    expect(badges).toEqual([1])
  })

  it('tells of what is said, and takes it back once somebody looks', () => {
    says('Jun', 'hello')
    later()
    expect(shown).toEqual([{ title: 'Jun in Den', body: 'hello', message: 'id1' }])
    expect(badges).toEqual([1])
    looked = true
    notifier.looked()
    expect(titles()).toEqual(['Jun in Den', null])
    expect(badges).toEqual([1, 0])
  })

  it('tells nothing that is looked at, one said oneself, or that was there before', () => {
    notifier.stop()
    says('Jun', 'before')
    notifier.start()
    looked = true
    says('Jun', 'seen')
    looked = false
    says('me', 'my own')
    later(60_000)
    expect(shown).toEqual([])
    expect(badges).toEqual([])
  })

  it('makes one notification of a burst', () => {
    for (let number = 0; number < 500; number += 1) says('Jun', `number ${number}`)
    later()
    expect(titles()).toEqual(['500 new messages in Den'])
  })

  it('tells no more than one in a while, however long a burst lasts', () => {
    for (let second = 0; second < 60; second += 1) {
      says('Jun', 'and again')
      later(1_000)
    }
    expect(shown.length).toBeLessThanOrEqual(13)
    later(10_000)
    expect(titles().at(-1)).toBe('60 new messages in Den')
  })

  it('waits a moment, in which somebody may come to look', () => {
    says('Jun', 'hello')
    looked = true
    notifier.looked()
    later(60_000)
    expect(shown).toEqual([])
  })

  it('tells only what one has chosen', () => {
    choice = 'none'
    says('Jun', '@Mina')
    choice = 'mentions'
    says('Jun', 'nothing for anybody')
    later()
    expect(shown).toEqual([])
    says('Jun', 'psst, @Mina')
    later(6_000)
    expect(shown).toHaveLength(1)
    expect(badges).toEqual([1])
  })

  it('tells nothing of what was deleted meanwhile', () => {
    says('Jun', 'oops')
    const [event] = state.value.events
    if (event) state.value = { ...state.value, events: [{ ...event, body: { kind: 'gone' } }] }
    later()
    expect(shown).toEqual([])
    expect(badges).toEqual([1, 0])
  })

  it('rings where that is wanted, whether or not it may show anything', () => {
    says('Jun', 'hello')
    later()
    expect(chimes).toBe(0)
    sound = true
    permission = 'insecure'
    says('Jun', 'hello', 'hello', 'hello')
    later(6_000)
    expect(chimes).toBe(1)
    expect(shown).toHaveLength(1)
  })

  it('takes back what one has answered on another device', () => {
    says('Jun', 'are you there?')
    later()
    says('me', 'yes')
    expect(titles()).toEqual(['Jun in Den', null])
  })

  it('begins anew with another log', () => {
    says('Jun', 'hello')
    state.value = { ...state.value, events: [], cursor: 40, replacements: 1 }
    later(60_000)
    expect(shown).toEqual([])
  })

  it('leaves it to one tab of several', () => {
    says('Jun', 'hello')
    notifier.heard({ room: 'den', kind: 'told', seq: 1 })
    later(60_000)
    expect(shown).toEqual([])
    says('Jun', 'once more')
    notifier.heard({ room: 'another', kind: 'told', seq: 2 })
    later(6_000)
    expect(words.at(-1)).toEqual({ room: 'den', kind: 'told', seq: 2 })
    expect(titles()).toEqual(['2 new messages in Den'])
    notifier.heard({ room: 'den', kind: 'read', seq: 2 })
    expect(titles()).toEqual(['2 new messages in Den', null])
  })
})
