import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SocketEvents, Transport } from '../transport/transport'
import type { Welcome } from '../wire.gen'
import { Room } from './room'

interface Said {
  type: string
  payload: { id?: string; text?: string; nickname?: string; device?: string; since?: unknown }
}

/** The other end: a relay one plays by hand, and a transport that leads to it. */
class Relay {
  page: SocketEvents | null = null
  heard: Said[] = []
  devices = ['first', 'second']
  remembered: unknown[] = []

  readonly transport: Transport = {
    shell: null,
    here: null,
    open: (_invite, events) => {
      this.page = events
      this.heard = []
      return { send: (text) => this.heard.push(JSON.parse(text)), close: () => {} }
    },
    device: async () => this.devices[0] ?? '',
    forgetDevice: () => void this.devices.shift(),
    nickname: () => '',
    rememberNickname: (nickname) => void this.remembered.push(nickname),
    rememberRoom: (_invite, room, hosted) => void this.remembered.push([room.name, hosted]),
    link: () => '',
    copy: async () => true,
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
      you: { member: 'me', nickname: 'Mina' },
      room: { id: 'den', name: 'Den', open: false },
      epoch: 'one',
      head: 0,
      resumed: false,
      events: [],
      members: [],
      count: 1,
      limits: { text_bytes: 100, nickname_chars: 40 },
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

  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('addEventListener', () => {})
    vi.stubGlobal('removeEventListener', () => {})
    vi.stubGlobal('document', { addEventListener() {}, removeEventListener() {}, visibilityState: 'visible' })
    relay = new Relay()
    number += 1
    room = new Room(relay.transport, { address: 'h:1', room: `den${number}`, secret: 's' }, 'Mina', false)
    room.enter()
  })
  afterEach(() => {
    room.leave()
    vi.useRealTimers()
    vi.unstubAllGlobals()
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
    relay.tell('ack', { id: first, seq: 1 })
    await relay.drops()
    room.say('three')
    await relay.welcomes({ resumed: true })
    expect(relay.texts).toEqual(['two', 'three'])
    expect(relay.ids[0]).toBe(second)
    expect(relay.heard[0]?.payload.since).toEqual({ epoch: 'one', seq: 0 })
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

  it('keeps what was refused, until it is sent again or deleted', async () => {
    await relay.welcomes()
    room.say('one')
    const [id = ''] = relay.ids
    relay.tell('error', { code: 'log_failed', message: '', id })
    expect(room.state.value.pending[0]?.failed).toBe('log_failed')
    await relay.drops()
    await relay.welcomes()
    expect(relay.texts).toEqual([])
    room.retry(id)
    expect(relay.ids).toEqual([id])
    expect(room.state.value.pending[0]?.failed).toBeUndefined()
    room.withdraw(id)
    expect(pending()).toEqual([])
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
      body: { kind: 'message' as const, text: `${seq}` },
    })
    await relay.welcomes({ head: 3, events: [event(3)] })
    room.loadHistory()
    room.loadHistory()
    const asked = () => relay.heard.filter(({ type }) => type === 'history').map(({ payload }) => payload)
    expect(asked()).toEqual([{ before: 3 }])
    relay.tell('history', { before: 3, events: [event(1), event(2)] })
    expect(room.loading.value).toBe(false)
    room.loadHistory()
    expect(asked()).toHaveLength(1)
  })

  it('can ask again when the answer was lost', async () => {
    await relay.welcomes({ head: 9 })
    room.loadHistory()
    expect(room.loading.value).toBe(true)
    await relay.drops()
    expect(room.loading.value).toBe(false)
  })

  it('resumes by itself when events are missing', async () => {
    await relay.welcomes()
    relay.tell('events', {
      events: [{ seq: 5, at: 1, member: 'jun', nickname: 'Jun', body: { kind: 'message', text: 'x' } }],
    })
    expect(relay.heard).toEqual([])
    await relay.opens()
    expect(relay.heard[0]?.payload.since).toEqual({ epoch: 'one', seq: 0 })
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
    expect(relay.heard[0]?.payload.nickname).toBe('Mina')
  })
})
