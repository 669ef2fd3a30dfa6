import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Socket, SocketEvents } from '../transport/transport'
import type { ErrorCode, ServerFrame } from '../wire.gen'
import { type Connection, Session } from './session'

/** Of a welcome, what is looked at here. */
const DEN = { room: { id: 'den' } }

/** The relay's end of one socket. */
class Line {
  readonly sent: { type: string; payload: unknown }[] = []
  closed = false
  constructor(readonly page: SocketEvents) {}
  readonly socket: Socket = {
    send: (text) => this.sent.push(JSON.parse(text)),
    close: () => {
      this.closed = true
    },
  }
  get types() {
    return this.sent.map(({ type }) => type)
  }
  tell(type: string, payload: object = {}) {
    this.page.frame(JSON.stringify({ type, payload }))
  }
  refuse(code: ErrorCode) {
    this.tell('error', { code, message: code })
  }
  /** As the relay does it: open, be joined, welcome. */
  async welcome() {
    await this.opens()
    this.tell('welcome', DEN)
  }
  async opens() {
    this.page.opened()
    await vi.advanceTimersByTimeAsync(0)
  }
}

describe('a session', () => {
  let lines: Line[]
  let standing: Connection[]
  let frames: ServerFrame[]
  let cursor: number
  let session: Session

  beforeEach(() => {
    vi.useFakeTimers()
    lines = []
    standing = []
    frames = []
    cursor = 0
    session = new Session({
      open: (events) => {
        const line = new Line(events)
        lines.push(line)
        return line.socket
      },
      join: async () => ({ room: 'den', since: { epoch: 'one', seq: cursor, at: 0 } }),
      welcomes: (room) => room === 'den',
      frame: (frame) => frames.push(frame),
      connection: (connection) => standing.push(connection),
      random: () => 1,
    })
  })
  afterEach(() => {
    session.stop()
    vi.useRealTimers()
  })

  const line = () => {
    const last = lines.at(-1)
    if (!last) throw new Error('no socket was opened')
    return last
  }
  const now = () => standing.at(-1)

  it('joins, is welcomed, and is online', async () => {
    session.start()
    expect(now()).toEqual({ state: 'connecting' })
    await line().opens()
    expect(line().sent).toEqual([
      { type: 'join', payload: { room: 'den', since: { epoch: 'one', seq: 0, at: 0 } } },
    ])
    expect(session.send({ type: 'ping', payload: {} })).toBe(false)
    line().tell('welcome', DEN)
    expect(now()).toEqual({ state: 'online' })
    expect(session.send({ type: 'new_message', payload: { id: 'a', text: 'hi' } })).toBe(true)
  })

  it('takes no welcome that it didn’t ask for, to another room, nor anything before it', async () => {
    session.start()
    line().tell('welcome', DEN)
    line().page.opened()
    line().tell('welcome', DEN)
    await vi.advanceTimersByTimeAsync(0)
    expect(line().types).toEqual(['join'])
    line().tell('room', { id: 'den' })
    line().tell('welcome', { room: { id: 'attic' } })
    line().tell('events', { events: [] })
    expect([frames, now()]).toEqual([[], { state: 'connecting' }])
    line().tell('welcome', DEN)
    expect(frames.map(({ type }) => type)).toEqual(['welcome'])
    expect(now()).toEqual({ state: 'online' })
  })

  it('comes back from where it was, fast at first', async () => {
    session.start()
    await line().welcome()
    await vi.advanceTimersByTimeAsync(6_000)
    cursor = 7
    line().page.closed('')
    expect(now()).toEqual({ state: 'offline', reason: null })
    await vi.advanceTimersByTimeAsync(250)
    await line().welcome()
    expect(lines).toHaveLength(2)
    expect(line().sent[0]?.payload).toEqual({ room: 'den', since: { epoch: 'one', seq: 7, at: 0 } })
    expect(now()).toEqual({ state: 'online' })
  })

  it('tries for ever, ever more slowly, never slower than every ten seconds', async () => {
    session.start()
    const waits: number[] = []
    for (let attempt = 0; attempt < 12; attempt += 1) {
      line().page.closed('')
      const before = Date.now()
      const count = lines.length
      while (lines.length === count) await vi.advanceTimersToNextTimerAsync()
      waits.push(Date.now() - before)
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 7_000, ...Array(6).fill(10_000)])
  })

  it('spreads out those who lost the same host', () => {
    session.stop()
    const early = new Session({
      open: () => ({ send() {}, close() {} }),
      join: async () => ({}),
      welcomes: () => true,
      frame: () => {},
      connection: () => {},
      random: () => 0,
    })
    const timeout = vi.spyOn(globalThis, 'setTimeout')
    early.start()
    vi.advanceTimersByTime(10_000)
    expect(timeout.mock.calls.at(-1)?.[1]).toBe(125)
    early.stop()
  })

  it('does not hurry back to a relay that drops it each time', async () => {
    session.start()
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await line().welcome()
      line().page.closed('')
      await vi.advanceTimersByTimeAsync(10_000)
    }
    const count = lines.length
    line().page.closed('')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(lines).toHaveLength(count)
  })

  it('gives up on a socket that never opens, or never answers the join', async () => {
    session.start()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(line().closed).toBe(true)
    await vi.advanceTimersByTimeAsync(250)
    await line().opens()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(line().closed).toBe(true)
    expect(now()).toEqual({ state: 'offline', reason: null })
  })

  it('asks when it is quiet, and stays when it is answered', async () => {
    session.start()
    await line().welcome()
    for (let round = 0; round < 5; round += 1) {
      await vi.advanceTimersByTimeAsync(20_000)
      expect(line().types.at(-1)).toBe('ping')
      line().tell('pong')
      await vi.advanceTimersByTimeAsync(9_999)
    }
    expect(lines).toHaveLength(1)
    expect(frames.map(({ type }) => type)).toEqual(['welcome'])
  })

  it('takes silence after a question for death', async () => {
    session.start()
    await line().welcome()
    await vi.advanceTimersByTimeAsync(29_999)
    expect(now()).toEqual({ state: 'online' })
    await vi.advanceTimersByTimeAsync(1)
    expect(now()).toEqual({ state: 'offline', reason: null })
    expect(lines[0]?.closed).toBe(true)
  })

  it('asks at once on waking, and takes any frame for an answer', async () => {
    session.start()
    await line().welcome()
    session.wake()
    session.wake()
    expect(line().types).toEqual(['join', 'ping'])
    line().tell('events', { events: [] })
    await vi.advanceTimersByTimeAsync(15_000)
    expect(now()).toEqual({ state: 'online' })
  })

  it('asks sooner after it has sent something, however much it sends', async () => {
    session.start()
    await line().welcome()
    for (let second = 0; second < 3; second += 1) {
      session.send({ type: 'new_message', payload: { id: `${second}`, text: 'hi' } })
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect(line().types.at(-1)).toBe('ping')
    await vi.advanceTimersByTimeAsync(9_999)
    expect(now()).toEqual({ state: 'online' })
    await vi.advanceTimersByTimeAsync(1)
    expect(now()).toEqual({ state: 'offline', reason: null })
  })

  it('does not ask while what it sends is answered', async () => {
    session.start()
    await line().welcome()
    for (let second = 0; second < 15; second += 1) {
      session.send({ type: 'new_message', payload: { id: `${second}`, text: 'hi' } })
      line().tell('ack', { acks: [] })
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect(line().types).not.toContain('ping')
  })

  it('waits less long for an answer on waking', async () => {
    session.start()
    await line().welcome()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(line().types).toEqual(['join', 'ping'])
    session.wake()
    expect(line().types).toEqual(['join', 'ping', 'ping'])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(now()).toEqual({ state: 'offline', reason: null })
  })

  it('does not wait, on waking, for a socket that was asked for while nothing could be reached', async () => {
    session.start()
    session.wake()
    expect(lines).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(3_000)
    session.wake()
    expect(lines).toHaveLength(2)
    expect(lines[0]?.closed).toBe(true)
  })

  it('is not kept out by what was refused inside the room', async () => {
    session.start()
    await line().welcome()
    line().refuse('bad_nickname')
    line().page.closed('')
    expect(now()).toEqual({ state: 'offline', reason: null })
    await vi.advanceTimersByTimeAsync(250)
    line().page.closed('')
    expect(now()).toEqual({ state: 'offline', reason: null })
    await vi.advanceTimersByTimeAsync(500)
    await line().welcome()
    expect(now()).toEqual({ state: 'online' })
  })

  it('measures with a clock that nobody sets', async () => {
    session.start()
    await line().welcome()
    await vi.advanceTimersByTimeAsync(6_000)
    vi.setSystemTime(Date.now() - 24 * 3_600_000)
    line().page.closed('')
    await vi.advanceTimersByTimeAsync(250)
    expect(lines).toHaveLength(2)
  })

  it('tries at once on waking while it waits', async () => {
    session.start()
    for (let attempt = 0; attempt < 6; attempt += 1) {
      line().page.closed('')
      await vi.advanceTimersByTimeAsync(10_000)
    }
    line().page.closed('')
    const count = lines.length
    session.wake()
    expect(lines).toHaveLength(count + 1)
    session.wake()
    expect(lines).toHaveLength(count + 1)
  })

  it.each(['wrong_secret', 'bad_device', 'bad_nickname', 'no_such_room'] as const)(
    'stops at %s',
    async (code) => {
      session.start()
      await line().opens()
      line().refuse(code)
      expect(now()).toEqual({ state: 'refused', reason: code })
      await vi.advanceTimersByTimeAsync(60_000)
      session.wake()
      expect(lines).toHaveLength(1)
      session.start()
      expect(lines).toHaveLength(2)
    },
  )

  it.each(['full', 'too_many_from_here', 'stopping'] as const)(
    'keeps trying after %s, gently',
    async (code) => {
      session.start()
      await line().opens()
      line().refuse(code)
      expect(now()).toEqual({ state: 'offline', reason: code })
      await vi.advanceTimersByTimeAsync(1_999)
      expect(lines).toHaveLength(1)
      await vi.advanceTimersByTimeAsync(1)
      expect(lines).toHaveLength(2)
    },
  )

  it('knows why a host went, and comes back when it does', async () => {
    session.start()
    await line().welcome()
    line().refuse('stopping')
    expect(now()).toEqual({ state: 'online' })
    line().page.closed('')
    expect(now()).toEqual({ state: 'offline', reason: 'stopping' })
    await vi.advanceTimersByTimeAsync(10_000)
    line().page.closed('')
    expect(now()).toEqual({ state: 'offline', reason: 'stopping' })
  })

  it('says that a stranger is where the host was, whatever the host said when it went', async () => {
    session.start()
    await line().welcome()
    line().refuse('stopping')
    line().page.closed('')
    await vi.advanceTimersByTimeAsync(10_000)
    line().page.closed('unproven')
    expect(now()).toEqual({ state: 'offline', reason: 'unproven' })
    await vi.advanceTimersByTimeAsync(10_000)
    line().page.closed('unreachable')
    expect(now()).toEqual({ state: 'offline', reason: 'stopping' })
  })

  it('waits for a room that it has been in and that isn’t hosted just now', async () => {
    session.start()
    await line().welcome()
    line().page.closed('')
    await vi.advanceTimersByTimeAsync(250)
    await line().opens()
    line().refuse('no_such_room')
    expect(now()).toEqual({ state: 'offline', reason: 'no_such_room' })
  })

  it('leaves an error about one message to the store', async () => {
    session.start()
    await line().welcome()
    line().tell('error', { code: 'text_too_long', message: '', id: 'a' })
    line().page.closed('')
    expect(now()).toEqual({ state: 'offline', reason: null })
    expect(frames.map(({ type }) => type)).toEqual(['welcome', 'error'])
  })

  it('tells what the shell says about an address', () => {
    session.start()
    line().page.closed('bad_address')
    expect(now()).toEqual({ state: 'refused', reason: 'bad_address' })
  })

  it('ignores what is no frame, and sockets it has left', async () => {
    session.start()
    await line().welcome()
    for (const text of ['', 'null', '[]', '{"type":1}', '{"type":"events"}']) line().page.frame(text)
    expect(frames).toHaveLength(1)
    const left = line()
    session.resume()
    left.page.closed('')
    expect(left.closed).toBe(true)
    await line().welcome()
    expect(now()).toEqual({ state: 'online' })
  })

  it('waits at the door, keeps asking whether anyone is there, and comes in', async () => {
    session.start()
    await line().opens()
    line().tell('waiting', { host_here: false, ends_in_ms: 600_000 })
    const since = Date.now()
    expect(now()).toEqual({ state: 'knocking', hostHere: false, since, until: since + 600_000 })
    // Far longer than a welcome may take.
    await vi.advanceTimersByTimeAsync(20_000)
    expect(line().types.at(-1)).toBe('ping')
    line().tell('pong', {})
    await vi.advanceTimersByTimeAsync(15_000)
    line().tell('waiting', { host_here: true, ends_in_ms: 565_000 })
    expect(now()).toMatchObject({ hostHere: true, since })
    expect(lines).toHaveLength(1)
    expect(frames).toHaveLength(0)
    line().tell('welcome', DEN)
    expect(now()).toEqual({ state: 'online' })
  })

  it('knocks again where the relay fell silent, as if it had never stopped', async () => {
    session.start()
    await line().opens()
    line().tell('waiting', { host_here: true, ends_in_ms: 600_000 })
    const since = Date.now()
    await vi.advanceTimersByTimeAsync(40_000)
    expect(lines).toHaveLength(2)
    await line().opens()
    line().tell('waiting', { host_here: true, ends_in_ms: 600_000 })
    expect(now()).toMatchObject({ state: 'knocking', since })
  })

  it.each(['turned_away', 'door_quiet'] as const)(
    'tells from when on one may knock again: %s',
    async (reason) => {
      session.start()
      await line().opens()
      line().tell('waiting', { host_here: true, ends_in_ms: 600_000 })
      line().tell('error', { code: reason, message: '', wait_ms: 120_000 })
      expect(now()).toEqual({ state: 'refused', reason, again: Date.now() + 120_000 })
      await vi.advanceTimersByTimeAsync(600_000)
      expect(lines).toHaveLength(1)
    },
  )

  it('stays out when a host has put one out, until one asks', async () => {
    session.start()
    await line().welcome()
    line().tell('error', { code: 'removed', message: '' })
    line().page.closed('')
    expect(now()).toEqual({ state: 'refused', reason: 'removed' })
    await vi.advanceTimersByTimeAsync(600_000)
    expect(lines).toHaveLength(1)
  })

  it('tries a locked door again by itself, without haste', async () => {
    session.start()
    await line().opens()
    line().tell('error', { code: 'room_locked', message: '' })
    expect(now()).toEqual({ state: 'offline', reason: 'room_locked' })
    await vi.advanceTimersByTimeAsync(900)
    expect(lines).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(lines).toHaveLength(2)
  })

  it('asks again by itself where too much was tried, once it is worth it', async () => {
    session.start()
    await line().opens()
    line().tell('error', { code: 'too_many_tries', message: '', wait_ms: 20_000 })
    expect(now()).toEqual({ state: 'offline', reason: 'too_many_tries' })
    await vi.advanceTimersByTimeAsync(19_900)
    expect(lines).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(200)
    expect(lines).toHaveLength(2)
    // After that it is as it ever was.
    line().page.closed('')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(lines).toHaveLength(3)
  })

  it('is quiet after stop', async () => {
    session.start()
    await line().welcome()
    session.stop()
    const told = standing.length
    session.wake()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(lines).toHaveLength(1)
    expect(standing).toHaveLength(told)
  })
})
