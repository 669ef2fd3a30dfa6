import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { local } from '../transport/storage'
import type { Shell } from '../transport/transport'
import type { Room } from './room'
import { mine, type Relay, Stage } from './stage.fixture'

const DEN = {
  id: 'den',
  name: 'Den',
  door: 'closed' as const,
  every_ms: 0,
  files: { bytes: 104_857_600, days: 0 },
}

describe('a room', () => {
  let stage: Stage
  let relay: Relay
  let room: Room
  const pending = () => room.state.value.pending.map(({ text }) => text)

  beforeEach(() => {
    stage = new Stage()
    relay = stage.relay
    room = stage.room
  })
  afterEach(() => stage.end())

  it('takes up what was said last, and none before it where that can’t be', async () => {
    await relay.welcomes({ events: [mine(1, 'first', 'in the log')], head: 1 })
    // On its way: it is about to be there, and nothing else was said last.
    room.say('on its way')
    const [id] = relay.ids
    expect(room.takeUp()).toBeNull()
    expect(room.draft.writing.value).toEqual({ text: '', reply: null, editing: null })
    // Refused: it is taken back, with what it answers.
    relay.tell('error', { id, code: 'muted', message: '' })
    expect(room.takeUp()).toBe('on its way')
    expect(room.draft.writing.value).toEqual({ text: 'on its way', reply: null, editing: null })
    expect(pending()).toEqual([])
    room.draft.take()
    room.say('an answer', 'first')
    relay.tell('error', { id: relay.ids.at(-1), code: 'slow_mode', message: '' })
    expect(room.takeUp()).toBe('an answer')
    expect(room.draft.writing.value).toEqual({ text: 'an answer', reply: 'first', editing: null })
    room.draft.take()
    // Nothing waits: the one in the log is edited.
    expect(room.takeUp()).toBe('in the log')
    expect(room.draft.writing.value).toEqual({ text: 'in the log', reply: null, editing: 'first' })
  })

  it('asks before a reload that would lose what is being written', async () => {
    // There is no storage at all where these tests run.
    room.wrote('half a th')
    expect(stage.happens('beforeunload')).toBe(false)
    room.draft.take()
    expect(stage.happens('beforeunload')).toBe(true)
  })

  it('lets go of a draft that another tab has said', async () => {
    room.wrote('half a th')
    const oldValue = local.get(`snug.draft.${relay.room}`)
    stage.happens('storage', { key: `snug.draft.${relay.room}`, oldValue, newValue: null })
    expect(room.draft.writing.value.text).toBe('')
  })

  it('has nothing to take up where one has said nothing', async () => {
    await relay.welcomes()
    expect(room.takeUp()).toBeUndefined()
  })

  it('tries at once when the network is back, seen or not, and when it is looked at', async () => {
    await relay.welcomes()
    for (const wake of ['online', 'pageshow', 'visibilitychange']) {
      relay.page?.closed('')
      const before = relay.opened
      expect(relay.opened).toBe(before)
      stage.happens(wake)
      expect(relay.opened).toBe(before + 1)
    }
    stage.seen = 'hidden'
    relay.page?.closed('')
    const before = relay.opened
    stage.happens('visibilitychange')
    expect(relay.opened).toBe(before)
    stage.happens('online')
    expect(relay.opened).toBe(before + 1)
  })

  it('listens to the page no longer than one is in', async () => {
    await relay.welcomes()
    room.say('one')
    expect(stage.happens('beforeunload')).toBe(false)
    room.leave()
    expect(stage.happens('beforeunload')).toBe(true)
    const before = relay.opened
    for (const type of ['online', 'pageshow', 'visibilitychange', 'focus']) stage.happens(type)
    expect(relay.opened).toBe(before)
    expect(relay.heard.filter(({ type }) => type === 'away')).toEqual([])
  })

  it('resumes by itself when events are missing', async () => {
    await relay.welcomes()
    relay.tell('events', {
      events: [
        { seq: 5, at: 1, member: 'jun', nickname: 'Jun', id: 'five', body: { kind: 'message', text: 'x' } },
      ],
    })
    expect(relay.heard).toEqual([])
    await relay.opens()
    expect(relay.heard[0]?.payload.since).toEqual({ epoch: 'one', seq: 0, at: 0 })
  })

  it('gives whoever says at a bare address to be a known room nothing before that is proven', async () => {
    room.say('for the den')
    room.leave()
    const recent = [
      {
        room: relay.room,
        name: 'Den',
        link: `http://h:1/r/${relay.room}#AAAAAAAAAAAAAAAAAAAAAA`,
        others: [],
        mark: 'M',
        host_key: null,
        token: null,
        hosted: false,
        last_used: 1,
      },
    ]
    relay.transport.shell = { state: async () => ({ recent }), onNetwork: () => () => {} } as unknown as Shell
    relay.tokens = []
    const bare = stage.enters({ address: 'h:2' })
    const there = relay.heard
    await relay.welcomes()
    expect(there.map(({ type }) => type)).toEqual(['join'])
    expect(there[0]?.payload).not.toHaveProperty('room')
    expect(relay.texts).toEqual([])
    expect(bare.connection.value.state).toBe('connecting')
    // The shell sees to the proof of who is asked for by name; only then the socket opens.
    expect(relay.invite).toMatchObject({ address: 'h:2', others: ['h:1'], room: relay.room, mark: 'M' })
    expect(relay.tokens).toEqual(['h:2'])
    await relay.welcomes()
    expect(relay.tokens).toEqual(['h:2', relay.room])
    expect(relay.heard[0]?.payload).toMatchObject({ room: relay.room, secret: 'AAAAAAAAAAAAAAAAAAAAAA' })
    expect(relay.texts).toEqual(['for the den'])
    expect(bare.connection.value.state).toBe('online')
  })

  it('takes part in the room it came to alone, and remembers no stranger as a room it knows', async () => {
    room.say('for the den')
    await relay.welcomes({ room: { ...DEN, id: 'attic' } })
    expect(relay.texts).toEqual([])
    expect(relay.remembered).toEqual([])
    relay.room = room.invite.room ?? ''
    await relay.welcomes()
    relay.tell('room', { ...DEN, id: 'attic' })
    expect(room.state.value.room?.id).toBe(relay.room)
    const before = relay.remembered.length
    stage.enters({ address: 'h:2', room: relay.room, stranger: true })
    await relay.welcomes()
    expect(relay.texts).toEqual([])
    expect(relay.remembered.length).toBe(before)
  })

  it('says what one is called where one wanted to be called something else, once', async () => {
    const told = () => room.state.value.notices.map(({ people }) => people[0]?.nickname)
    await relay.welcomes()
    expect(told()).toEqual([])
    const second = {
      resumed: true,
      you: { host: false, member: 'me', nickname: 'Mina 2', ticket: 'me.t' },
    }
    await relay.drops()
    await relay.welcomes(second)
    await relay.drops()
    await relay.welcomes(second)
    expect(told()).toEqual(['Mina 2'])
  })

  it('tries once with another token when the relay doesn’t like this one', async () => {
    await relay.opens()
    expect(relay.heard[0]?.payload.device).toBe('first')
    relay.tell('error', { code: 'bad_device', message: '' })
    await relay.opens()
    expect(relay.heard[0]?.payload.device).toBe('second')
    relay.tell('error', { code: 'bad_device', message: '' })
    expect(room.connection.value).toEqual({ state: 'refused', reason: 'bad_device' })
  })

  it('takes a new name along when it comes back', async () => {
    await relay.welcomes()
    room.rename('Minnie')
    expect(relay.heard.at(-1)).toEqual({ type: 'nickname', payload: { nickname: 'Minnie' } })
    await relay.drops()
    await relay.opens()
    expect(relay.heard[0]?.payload.nickname).toBe('Minnie')
  })

  it('keeps the old name when the new one is refused', async () => {
    await relay.welcomes()
    room.rename('x'.repeat(99))
    relay.tell('error', { code: 'bad_nickname', message: '' })
    expect(room.complaint.value).toBe('bad_nickname')
    expect(relay.remembered.at(-1)).toBe('Mina')
    await relay.drops()
    await relay.opens()
    expect(relay.opened).toBe(2)
    expect(relay.heard[0]?.payload.nickname).toBe('Mina')
  })

  it('comes back under the name one wants, also after somebody else had it', async () => {
    await relay.welcomes({ you: { member: 'me', nickname: 'Mina 2', host: false, ticket: '' } })
    await relay.drops()
    await relay.opens()
    expect(relay.heard[0]?.payload.nickname).toBe('Mina')
  })

  it('tells that one writes until it is sent', async () => {
    await relay.welcomes()
    const said = () => relay.heard.map(({ type, payload }) => [type, (payload as { on?: boolean }).on])
    room.wrote('h')
    room.wrote('he')
    expect(said().slice(-1)).toEqual([['typing', true]])
    room.say('he')
    room.wrote('a')
    room.wrote('')
    expect(said().filter(([type]) => type === 'typing')).toEqual([
      ['typing', true],
      ['typing', true],
      ['typing', false],
    ])
  })
})
