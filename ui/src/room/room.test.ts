import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FileError, type Files } from '../transport/files'
import { local } from '../transport/storage'
import type { SocketEvents, Transport } from '../transport/transport'
import type { Welcome } from '../wire.gen'
import { messageId } from './ids'
import type { Invite } from './invite'
import { Room } from './room'

interface Said {
  type: string
  payload: {
    room?: string
    id?: string
    text?: string
    files?: string[]
    nickname?: string
    device?: string
    since?: unknown
  }
}

/** The other end: a relay one plays by hand, and a transport that leads to it. */
class Relay {
  page: SocketEvents | null = null
  room = 'den'
  /** How many sockets the page has asked for. */
  opened = 0
  heard: Said[] = []
  devices = ['first', 'second']
  /** Uploads, by id, and whether they can be begun. */
  uploads: string[] = []
  takes = true
  remembered: unknown[] = []

  readonly files: Files = {
    part: 1_000_000,
    begin: async ({ name }) => {
      if (!this.takes) throw new FileError('unreachable', '')
      this.uploads.push(name)
      return { upload: `up${this.uploads.length}`, offset: 0 }
    },
    put: async (upload, offset, { size }) => ({
      upload,
      offset: offset + size,
      file: { hash: upload, name: '', bytes: size, media: '' },
    }),
    offset: async (upload) => ({ upload, offset: 0 }),
    thumb: async (upload) => ({ upload, offset: 0 }),
    cancel: async () => {},
    url: ({ hash }) => hash,
    bring: null,
    thumbUrl: () => null,
    check: async () => {},
    save: async () => true,
  }

  readonly transport: Transport = {
    shell: null,
    here: null,
    carried: null,
    message: () => null,
    open: (_invite, events) => {
      this.page = events
      this.heard = []
      this.opened += 1
      return { send: (text) => this.heard.push(JSON.parse(text)), close: () => {} }
    },
    files: () => this.files,
    device: async () => this.devices[0] ?? '',
    forgetDevice: () => void this.devices.shift(),
    forgetHostKey: () => {},
    nickname: () => '',
    rememberNickname: (nickname) => void this.remembered.push(nickname),
    rememberRoom: (_invite, room, hosted) => void this.remembered.push([room.name, hosted]),
    link: () => '',
    copy: async () => true,
    writeMail: null,
    saveArchive: null,
    openLink: null,
  }

  tell(type: string, payload: object) {
    this.page?.frame(JSON.stringify({ type, payload }))
  }
  async opens() {
    this.page?.opened()
    await vi.advanceTimersByTimeAsync(0)
  }
  async welcomes(over: Partial<Welcome> = {}) {
    await this.opens()
    this.tell('welcome', {
      you: { member: 'me', nickname: 'Mina', ticket: 'me.t' },
      room: {
        id: this.room,
        name: 'Den',
        door: 'closed',
        every_ms: 0,
        files: { bytes: 104_857_600, days: 0 },
      },
      epoch: 'one',
      head: 0,
      resumed: false,
      events: [],
      members: [],
      count: 1,
      limits: { text_bytes: 100, text_chars: 100, nickname_chars: 40 },
      ...over,
    })
  }
  /** What was said on this socket, without the join. */
  get texts() {
    return this.heard.filter(({ type }) => type === 'new_message').map(({ payload }) => payload.text)
  }
  get ids() {
    return this.heard.filter(({ type }) => type === 'new_message').map(({ payload }) => payload.id ?? '')
  }
  async drops() {
    this.page?.closed('')
    await vi.advanceTimersByTimeAsync(10_000)
  }
}

describe('a room', () => {
  let relay: Relay
  let room: Room
  let number = 0
  /** What the page listens for. */
  let heard: Map<string, (event: unknown) => void>
  let seen: DocumentVisibilityState

  const enters = (invite: Invite = { address: 'h:1', room: relay.room, secret: 's' }) => {
    const entered = new Room(relay.transport, invite, 'Mina', false)
    entered.enter()
    return entered
  }
  const mine = (seq: number, id: string, text: string) => ({
    seq,
    at: 1,
    member: 'me',
    nickname: 'Mina',
    id,
    body: { kind: 'message' as const, text },
  })

  beforeEach(() => {
    vi.useFakeTimers()
    heard = new Map()
    seen = 'visible'
    const listen = (type: string, listener: (event: unknown) => void) => {
      const others = heard.get(type)
      heard.set(type, (event) => {
        others?.(event)
        listener(event)
      })
    }
    vi.stubGlobal('addEventListener', listen)
    vi.stubGlobal('removeEventListener', () => {})
    vi.stubGlobal('document', {
      addEventListener: listen,
      removeEventListener() {},
      hasFocus: () => seen === 'visible',
      get visibilityState() {
        return seen
      },
    })
    vi.spyOn(Math, 'random').mockReturnValue(1)
    relay = new Relay()
    number += 1
    relay.room = `den${number}`
    room = enters()
  })
  afterEach(() => {
    room.leave()
    vi.useRealTimers()
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
  })
  const pending = () => room.state.value.pending.map(({ text }) => text)

  it('sends what was typed before one was in, in order, once welcomed', async () => {
    room.say('one')
    room.say('two')
    await relay.welcomes()
    expect(relay.texts).toEqual(['one', 'two'])
    expect(relay.remembered).toEqual([['Den', false]])
  })

  it('sends again, under the same ids, what was not acknowledged', async () => {
    await relay.welcomes()
    room.say('one')
    room.say('two')
    const [first, second] = relay.ids
    relay.tell('ack', { acks: [{ id: first, seq: 1 }] })
    await relay.drops()
    room.say('three')
    await relay.welcomes({ resumed: true })
    expect(relay.texts).toEqual(['two', 'three'])
    expect(relay.ids[0]).toBe(second)
    expect(relay.heard[0]?.payload.since).toEqual({ epoch: 'one', seq: 0, at: 0 })
  })

  it('does not send again what the missed events show', async () => {
    await relay.welcomes()
    room.say('one')
    const [id] = relay.ids
    await relay.drops()
    await relay.welcomes({
      resumed: true,
      head: 1,
      events: [
        {
          seq: 1,
          at: 1,
          member: 'me',
          nickname: 'Mina',
          id: id ?? '',
          body: { kind: 'message', text: 'one' },
        },
      ],
    })
    expect(relay.texts).toEqual([])
    expect(pending()).toEqual([])
  })

  it('keeps what was refused, through a reload, until it is sent again or deleted', async () => {
    await relay.welcomes()
    room.say('one')
    const [id = ''] = relay.ids
    relay.tell('error', { code: 'text_too_long', message: '', id })
    expect(room.state.value.pending[0]?.failed).toBe('text_too_long')
    await relay.drops()
    await relay.welcomes()
    expect(relay.texts).toEqual([])
    room.leave()
    room = enters()
    await relay.welcomes()
    expect(relay.texts).toEqual([])
    expect(room.state.value.pending[0]?.failed).toBe('text_too_long')
    room.retry(id)
    expect(relay.ids).toEqual([id])
    expect(room.state.value.pending[0]?.failed).toBeUndefined()
    room.withdraw(id)
    expect(pending()).toEqual([])
  })

  it('sends by itself, in order, what the host could not take', async () => {
    await relay.welcomes()
    room.say('one')
    room.say('two')
    for (const id of relay.ids) relay.tell('error', { code: 'disk_full', message: '', id })
    expect(room.state.value.pending.map(({ held }) => held)).toEqual(['disk_full', 'disk_full'])
    room.say('three')
    const [one = '', two = ''] = relay.ids
    expect(relay.texts).toEqual(['one', 'two'])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(relay.texts).toEqual(['one', 'two', 'one'])
    relay.tell('ack', { acks: [{ id: one, seq: 1 }] })
    relay.tell('ack', { acks: [{ id: two, seq: 2 }] })
    expect(relay.texts).toEqual(['one', 'two', 'one', 'two', 'three'])
    expect(room.state.value.pending.map(({ seq }) => seq)).toEqual([1, 2, undefined])
  })

  it('sends the others when one in the middle is refused', async () => {
    for (const text of ['one', 'two', 'three']) room.say(text)
    await relay.welcomes()
    const [one = '', two = '', three = ''] = relay.ids
    relay.tell('ack', { acks: [{ id: one, seq: 1 }] })
    relay.tell('error', { code: 'text_too_long', message: '', id: two })
    relay.tell('ack', { acks: [{ id: three, seq: 2 }] })
    await relay.drops()
    await relay.welcomes({ resumed: true, head: 2, events: [mine(1, one, 'one'), mine(2, three, 'three')] })
    expect(relay.texts).toEqual([])
    expect(pending()).toEqual(['two'])
  })

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

  it('has nothing to take up where one has said nothing', async () => {
    await relay.welcomes()
    expect(room.takeUp()).toBeUndefined()
  })

  it('sends what is typed during the resend behind what is resent', async () => {
    for (const text of ['one', 'two']) room.say(text)
    await relay.opens()
    room.say('three')
    await relay.welcomes()
    room.say('four')
    expect(relay.texts).toEqual(['one', 'two', 'three', 'four'])
  })

  it('says again what a log that is gone had acknowledged before anyone saw it', async () => {
    await relay.welcomes({ head: 1, events: [mine(1, 'x', 'before')] })
    room.say('one')
    const [id = ''] = relay.ids
    relay.tell('ack', { acks: [{ id, seq: 2 }] })
    await relay.drops()
    await relay.welcomes({ epoch: 'two', head: 0 })
    expect(relay.ids).toEqual([id])
    expect(room.state.value.notices.map(({ kind }) => kind)).toEqual(['replaced'])
  })

  it('sends and shows nothing of one room in another that is found at the same bare address', async () => {
    room.leave()
    room = enters({ address: 'h:1' })
    await relay.welcomes()
    room.draft.write('half a th')
    room.say('for the first room')
    await relay.drops()
    await relay.opens()
    expect(relay.heard[0]?.payload.room).toBe(relay.room)
    room.leave()
    const first = relay.room
    relay.room = `${first}-other`
    room = enters({ address: 'h:1' })
    await relay.welcomes()
    expect(relay.texts).toEqual([])
    expect(room.draft.writing.value.text).toBe('')
    const there = room.keptAs.value
    room.leave()
    relay.room = first
    room = enters({ address: 'h:1' })
    await relay.welcomes()
    expect(relay.texts).toEqual(['for the first room'])
    expect(room.draft.writing.value.text).toBe('half a th')
    expect(room.keptAs.value).not.toBe(there)
  })

  it('asks less eagerly for a page of history that the host could not read', async () => {
    await relay.welcomes({ head: 9, events: [mine(9, 'x', 'nine')] })
    const asked = () => relay.heard.filter(({ type }) => type === 'history').length
    room.reader.load('before')
    relay.tell('error', { code: 'log_failed', message: '' })
    room.reader.load('before')
    expect(asked()).toBe(1)
    await vi.advanceTimersByTimeAsync(5_000)
    room.reader.load('before')
    expect(asked()).toBe(2)
  })

  it('tries at once when the network is back, seen or not, and when it is looked at', async () => {
    await relay.welcomes()
    for (const wake of ['online', 'pageshow', 'visibilitychange']) {
      relay.page?.closed('')
      const before = relay.opened
      expect(relay.opened).toBe(before)
      heard.get(wake)?.({ type: wake })
      expect(relay.opened).toBe(before + 1)
    }
    seen = 'hidden'
    relay.page?.closed('')
    const before = relay.opened
    heard.get('visibilitychange')?.({ type: 'visibilitychange' })
    expect(relay.opened).toBe(before)
    heard.get('online')?.({})
    expect(relay.opened).toBe(before + 1)
  })

  describe('in two tabs', () => {
    /** The other tab of the same browser changes what is stored, of which this one is told. */
    const change = (id: string, value: object | null) => {
      const key = `snug.outbox.${relay.room}.${id}`
      const newValue = value === null ? null : JSON.stringify(value)
      if (newValue === null) local.remove(key)
      else local.set(key, newValue)
      heard.get('storage')?.({ key, newValue })
    }

    it('shows as sent what the other tab was acknowledged', async () => {
      await relay.welcomes()
      room.say('one')
      const [id = ''] = relay.ids
      change(id, { id, text: 'one', at: 1, seq: 1 })
      change(id, null)
      expect(room.state.value.pending).toMatchObject([{ id, seq: 1 }])
      await relay.drops()
      await relay.welcomes({ resumed: true })
      expect(relay.texts).toEqual([])
      relay.tell('events', { events: [mine(1, id, 'one')] })
      expect(pending()).toEqual([])
    })

    it('drops what the other tab deleted, and follows what it tries again', async () => {
      room.say('one')
      room.say('two')
      const [one, two] = room.state.value.pending
      if (!one || !two) throw new Error('both wait')
      change(one.id, null)
      change(two.id, { ...two, failed: 'text_too_long' })
      expect(room.state.value.pending).toMatchObject([{ text: 'two', failed: 'text_too_long' }])
      change(two.id, two)
      await relay.welcomes()
      expect(relay.texts).toEqual(['two'])
    })

    it('leaves to the other tab what it has just typed, and takes it over on coming back', async () => {
      await relay.welcomes()
      const id = messageId()
      const item = { id, text: 'from the other tab', at: 1 }
      change(id, item)
      expect(pending()).toEqual([])
      await relay.drops()
      await relay.welcomes({ resumed: true })
      expect(relay.ids).toEqual([id])
      expect(pending()).toEqual(['from the other tab'])
    })
  })

  it('knows that a reload would lose what could not be stored, and asks before one', async () => {
    expect(room.perishable.value).toBe(false)
    // There is no storage at all where these tests run.
    room.say('one')
    expect(room.perishable.value).toBe(true)
    const event = { preventDefault: vi.fn() }
    heard.get('beforeunload')?.(event)
    expect(event.preventDefault).toHaveBeenCalledTimes(1)
    await relay.welcomes()
    relay.tell('ack', { acks: [{ id: relay.ids[0], seq: 1 }] })
    expect(room.perishable.value).toBe(false)
    heard.get('beforeunload')?.(event)
    expect(event.preventDefault).toHaveBeenCalledTimes(1)
  })

  it('starts anew with another log, and sends there what this one had not taken', async () => {
    await relay.welcomes()
    room.say('one')
    await relay.drops()
    await relay.welcomes({ epoch: 'two' })
    expect(relay.texts).toEqual(['one'])
  })

  it('asks for history once at a time, and never beyond the beginning', async () => {
    const event = (seq: number) => ({
      seq,
      at: 1,
      member: 'jun',
      nickname: 'Jun',
      id: `id-${seq}`,
      body: { kind: 'message' as const, text: `${seq}` },
    })
    await relay.welcomes({ head: 3, events: [event(3)] })
    room.reader.load('before')
    room.reader.load('before')
    const asked = () => relay.heard.filter(({ type }) => type === 'history').map(({ payload }) => payload)
    expect(asked()).toEqual([{ place: { before: 3 } }])
    relay.tell('history', { place: { before: 3 }, seq: 3, events: [event(1), event(2)] })
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
    const event = (seq: number) => ({
      seq,
      at: seq * 10,
      member: 'jun',
      nickname: 'Jun',
      id: `id-${seq}`,
      body: { kind: 'message' as const, text: `${seq}` },
    })
    const events = (first: number, last: number) =>
      Array.from({ length: last - first + 1 }, (_, at) => event(first + at))
    const asked = () => relay.heard.filter(({ type }) => type === 'history').map(({ payload }) => payload)
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
      const listener = (type: string) => heard.get(type)?.({ type })
      const others = (seq: number) => relay.tell('events', { events: [event(seq)] })
      seen = 'hidden'
      listener('blur')
      others(91)
      seen = 'visible'
      listener('focus')
      expect(room.reader.goal.value).toEqual({ kind: 'unread', seq: 90 })
      room.goTo({ seq: 40 })
      relay.tell('history', { place: { around: 40 }, seq: 40, events: events(35, 45) })
      const goal = room.reader.goal.value
      room.reader.follows = false
      seen = 'hidden'
      listener('blur')
      await vi.advanceTimersByTimeAsync(100)
      others(92)
      seen = 'visible'
      listener('focus')
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
      const edited = { ...event(91), body: { kind: 'edited' as const, of: 'id-40', text: 'other' } }
      relay.tell('events', { events: [edited] })
      expect(room.find('id-40')?.body).toMatchObject({ text: 'other' })
      relay.tell('events', { events: [{ ...event(92), body: { kind: 'deleted' as const, of: 'id-40' } }] })
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
      room.react('id-40', '👍', true)
      expect(room.state.value.island).not.toBe(null)
    })
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

  describe('with files', () => {
    const attach = async (...names: string[]) => {
      await room.attachments.add(names.map((name) => new File(['words'], name)))
      await vi.advanceTimersByTimeAsync(50)
      return room.attachments.uploads.value?.list.value.filter(({ message }) => message === null) ?? []
    }
    const files = () =>
      relay.heard.filter(({ type }) => type === 'new_message').map(({ payload }) => payload.files ?? null)

    it('names the uploads of those that are there already', async () => {
      await relay.welcomes()
      room.say('look', null, await attach('a.txt', 'b.txt'))
      expect(relay.texts).toEqual(['look'])
      expect(files()).toEqual([['up1', 'up2']])
      const [id] = relay.ids
      relay.tell('events', { events: [mine(1, id ?? '', 'look')] })
      expect(room.attachments.uploads.value?.list.value).toEqual([])
      expect(room.unsentFiles).toBe(false)
    })

    it('waits for what is on its way, and later messages don’t', async () => {
      await relay.welcomes()
      relay.takes = false
      room.say('look', null, await attach('a.txt'))
      room.say('never mind that')
      expect(relay.texts).toEqual(['never mind that'])
      expect(room.unsentFiles).toBe(true)
      const preventDefault = vi.fn()
      heard.get('beforeunload')?.({ preventDefault })
      expect(preventDefault).toHaveBeenCalled()
      relay.takes = true
      await vi.advanceTimersByTimeAsync(5_000)
      expect(relay.texts).toEqual(['never mind that', 'look'])
      expect(files()).toEqual([null, ['up1']])
    })

    it('goes on as soon as the host is back', async () => {
      await relay.welcomes()
      relay.takes = false
      room.say('look', null, await attach('a.txt'))
      await vi.advanceTimersByTimeAsync(60_000)
      relay.takes = true
      await relay.drops()
      await relay.welcomes({ resumed: true })
      await vi.advanceTimersByTimeAsync(50)
      expect(relay.texts).toEqual(['look'])
    })

    it('goes without one that is taken off, and not at all without the last', async () => {
      await relay.welcomes()
      relay.takes = false
      const [one, other] = await attach('a.txt', 'b.txt')
      room.say('', null, one && other ? [one, other] : [])
      const id = room.state.value.pending[0]?.id ?? ''
      room.detach(id, one?.key ?? '')
      expect(room.state.value.pending[0]?.files?.map(({ name }) => name)).toEqual(['b.txt'])
      room.detach(id, other?.key ?? '')
      expect(room.state.value.pending).toEqual([])
      expect(room.unsentFiles).toBe(false)
    })

    it('sends them once more where the host has lost them, and a second time gives up', async () => {
      await relay.welcomes()
      room.say('look', null, await attach('a.txt'))
      const [id] = relay.ids
      relay.tell('error', { code: 'no_such_upload', message: '', id })
      expect(room.state.value.pending[0]?.failed).toBeUndefined()
      await vi.advanceTimersByTimeAsync(50)
      expect(files()).toEqual([['up1'], ['up2']])
      relay.tell('error', { code: 'no_such_upload', message: '', id })
      expect(room.state.value.pending[0]?.failed).toBe('no_such_upload')
    })

    it('keeps the words through a reload, and says which files it couldn’t', async () => {
      await relay.welcomes()
      relay.takes = false
      room.say('look', null, await attach('a.txt'))
      await attach('draft.txt')
      room = enters()
      await relay.welcomes()
      expect(room.attachments.lost.value).toEqual(['draft.txt'])
      expect(room.state.value.pending).toEqual([
        expect.objectContaining({ text: 'look', failed: 'files_lost' }),
      ])
      expect(relay.texts).toEqual([])
      room.retry(room.state.value.pending[0]?.id ?? '')
      expect(relay.texts).toEqual(['look'])
      expect(files()).toEqual([null])
      room.attachments.forgetLost()
      expect(enters().attachments.lost.value).toEqual([])
    })
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
