import { wellFormedJson } from '../text/characters'
import type { Open, Socket } from '../transport/transport'
import type { ClientFrame, ErrorCode, Join, ServerFrame, Waiting, WireError } from '../wire.gen'

/** How things stand between this page and the room. */
export type Connection =
  | { state: 'connecting' }
  | { state: 'online' }
  /** At the door: a host is asked. `since` and `until`, when nobody will have answered, by this device's clock. */
  | { state: 'knocking'; hostHere: boolean; since: number; until: number }
  /** Trying again by itself. `reason` is the relay's or the shell's, where one is known. */
  | { state: 'offline'; reason: ErrorCode | ShellReason | null }
  /** Trying again by itself would change nothing. The relay may say from when on the person can: `again`. */
  | { state: 'refused'; reason: ErrorCode | ShellReason; again?: number; by?: string }

/** What the desktop shell may say instead of opening a connection. */
export type ShellReason = 'bad_address' | 'unreachable' | 'refused' | 'unproven'

export interface SessionOptions {
  open: Open
  /** Asked anew before each attempt: the cursor has moved since the last one. */
  join: () => Promise<Join>
  /** Whether this is the room one came to. What another says counts for nothing. */
  welcomes: (room: string) => boolean
  /** Told of every frame but `pong`. Of who hasn't welcomed one, errors alone. */
  frame: (frame: ServerFrame) => void
  /** Told of every change. */
  connection: (connection: Connection) => void
  /** 0 to 1; spreads out those who lost the same host at the same moment. */
  random?: () => number
}

/** From nothing to a welcome, at most. A socket can hang while opening for a minute and more. */
const WELCOME_MS = 10_000
/** After this long without a frame the other side is asked whether it is there. */
const QUIET_MS = 20_000
/** After this long when something was sent, since that is answered in a moment. */
const SENT_MS = 3_000
/** And after this long without an answer it isn't there. */
const ANSWER_MS = 10_000
/** After a wake more often than not it isn't. */
const WAKE_MS = 5_000
/** An attempt older than this, on waking, was made while nothing could be reached. */
const STALE_MS = 2_000
/** A connection younger than this didn't count: the next attempt waits longer, not shorter. */
const SETTLED_MS = 5_000
const BACKOFF_MS = [250, 500, 1_000, 2_000, 4_000, 7_000, 10_000]

/** Where in the above those begin who were told that there is no hurry. */
const GENTLE_STEP = 3

/** Refusals that the next attempt would meet again. */
const FINAL = new Set<string>([
  'wrong_secret',
  'link_ended',
  'wrong_host_key',
  'turned_away',
  'door_quiet',
  'removed',
  'banned',
  'no_answer',
  'no_such_room',
  'bad_device',
  'bad_nickname',
  'bad_address',
])
/** Those of the above that come while one is in, and put one out. */
const EXPELLED = new Set<string>(['removed', 'banned'])
/** Refusals that time may cure, but not at once. */
const GENTLE = new Set<string>([
  'stopping',
  'full',
  'too_many_from_here',
  'room_locked',
  'too_many_waiting',
  'too_many_tries',
  'no_such_room',
  'log_failed',
  'log_damaged',
  'unproven',
])

const BEFORE_WELCOME = new Set(['waiting', 'error', 'pong'])

const PING = JSON.stringify({ type: 'ping', payload: {} } satisfies ClientFrame)

/** One room, over as many sockets, one after another, as it takes. */
export class Session {
  private socket: Socket | null = null
  private attempt = 0
  /** When the current socket was asked for. All times here are a clock's that nobody sets. */
  private openedAt = 0
  /** Whether the current socket has asked to be let in. */
  private joined = false
  /** When the current socket was welcomed; null before. */
  private welcomedAt: number | null = null
  /** Since when this page knocks, over however many sockets; null while it doesn't. By the wall clock. */
  private knockedAt: number | null = null
  /** Whether the current socket waits at the door. */
  private waiting = false
  private everWelcomed = false
  /** When it is worth trying again after the last refusal, where the relay said so. By the wall clock. */
  private again: number | null = null
  /** What the host is called who put one out. */
  private by: string | null = null
  /** The last refusal, until the next welcome: a host that said it stops is then merely unreachable. */
  private reason: ErrorCode | ShellReason | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  /** When the other side is asked whether it is there. */
  private askAt = 0
  /** By when it has to answer; null while it isn't asked. */
  private answerBy: number | null = null
  private over = true

  constructor(private readonly options: SessionOptions) {}

  start(): void {
    this.over = false
    this.attempt = 0
    this.everWelcomed = false
    this.reason = null
    this.knockedAt = null
    this.again = null
    this.options.connection({ state: 'connecting' })
    this.connect()
  }

  /** For good. */
  stop(): void {
    this.over = true
    this.drop()
  }

  /** False when there is no room at the other end to send to. */
  send(frame: ClientFrame): boolean {
    if (!this.socket || this.welcomedAt === null) return false
    this.socket.send(wellFormedJson(frame))
    if (this.answerBy === null && performance.now() + SENT_MS < this.askAt) this.askIn(SENT_MS)
    return true
  }

  /**
   * The device woke up, the network came back, or the person looks at the page again: try at once, and
   * don't believe a socket that says it is still open.
   */
  wake(): void {
    if (this.over) return
    if (this.welcomedAt !== null || this.waiting) {
      this.ask(WAKE_MS)
    } else if (!this.socket || performance.now() - this.openedAt > STALE_MS) {
      this.attempt = 0
      this.drop()
      this.connect()
    }
  }

  /** Starts again from the cursor, because what came doesn't continue the log. */
  resume(): void {
    if (this.over) return
    this.drop()
    this.connect()
  }

  private connect(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.lost(''), WELCOME_MS)
    this.openedAt = performance.now()
    const socket = this.options.open({
      opened: () => void this.join(socket).catch(() => this.socket === socket && this.lost('')),
      frame: (text) => {
        if (this.socket === socket) this.took(text)
      },
      closed: (reason) => {
        if (this.socket === socket) this.lost(reason)
      },
    })
    this.socket = socket
  }

  private async join(socket: Socket): Promise<void> {
    const payload = await this.options.join()
    if (this.socket !== socket) return
    this.joined = true
    socket.send(wellFormedJson({ type: 'join', payload }))
  }

  private took(text: string): void {
    const frame = parse(text)
    if (!frame || !this.isDue(frame)) return
    if (frame.type === 'welcome') {
      this.welcomedAt = performance.now()
      this.everWelcomed = true
      this.knockedAt = null
      this.waiting = false
    }
    if (frame.type === 'waiting') this.knocks(frame.payload)
    if (this.welcomedAt !== null || this.waiting) this.listen()
    // An error about one message is the store's; any other may say why the socket is about to close.
    if (frame.type === 'error' && !frame.payload.id) this.refused(frame.payload)
    // And it doesn't when the room goes on.
    else if (this.welcomedAt !== null) this.reason = null
    if (frame.type === 'pong' || frame.type === 'waiting') return
    this.options.frame(frame)
    // Unless its events were not the next ones, and the socket was dropped for that.
    if (frame.type === 'welcome' && this.welcomedAt !== null) this.options.connection({ state: 'online' })
  }

  /** Whether a frame may come now: before the welcome, little else may, and that only as an answer. */
  private isDue(frame: ServerFrame): boolean {
    if (frame.type === 'welcome') return this.joined && this.options.welcomes(frame.payload.room.id)
    return this.welcomedAt !== null || BEFORE_WELCOME.has(frame.type)
  }

  private knocks({ host_here, ends_in_ms }: Waiting): void {
    this.waiting = true
    const now = Date.now()
    this.knockedAt ??= now
    const until = now + ends_in_ms
    this.options.connection({ state: 'knocking', hostHere: host_here, since: this.knockedAt, until })
  }

  private refused({ code, wait_ms, by }: WireError): void {
    this.reason = code
    this.again = wait_ms === undefined ? null : Date.now() + wait_ms
    this.by = by ?? null
    if (this.welcomedAt === null) this.lost('')
  }

  /** Waits for the next frame. */
  private listen(): void {
    this.answerBy = null
    this.askIn(QUIET_MS)
  }

  private askIn(ms: number): void {
    clearTimeout(this.timer)
    this.askAt = performance.now() + ms
    this.timer = setTimeout(() => this.ask(ANSWER_MS), ms)
  }

  private ask(patience: number): void {
    const answerBy = performance.now() + patience
    if (this.answerBy !== null && this.answerBy <= answerBy) return
    clearTimeout(this.timer)
    this.answerBy = answerBy
    this.timer = setTimeout(() => this.lost(''), patience)
    this.socket?.send(PING)
  }

  private lost(told: string): void {
    if (this.over) return
    const welcomed = this.welcomedAt !== null
    const settled = this.welcomedAt !== null && performance.now() - this.welcomedAt >= SETTLED_MS
    this.drop()
    // Something was refused inside the room just before the connection broke: that keeps nobody out.
    if (welcomed && this.reason && FINAL.has(this.reason) && !EXPELLED.has(this.reason)) this.reason = null
    // Somebody else is where the host was: the person is asked, whatever the host said before.
    const reason = told === 'unproven' ? told : (this.reason ?? ((told || null) as ShellReason | null))
    // Once one has been in, a room that is gone may come back: the host hosts another one for a while.
    if (reason && FINAL.has(reason) && !(this.everWelcomed && reason === 'no_such_room')) {
      this.over = true
      const again = this.again === null ? {} : { again: this.again }
      const by = this.by === null ? {} : { by: this.by }
      this.options.connection({ state: 'refused', reason, ...again, ...by })
      return
    }
    if (settled) this.attempt = 0
    const step = reason && GENTLE.has(reason) ? Math.max(this.attempt, GENTLE_STEP) : this.attempt
    const most = BACKOFF_MS[Math.min(step, BACKOFF_MS.length - 1)] ?? 10_000
    const random = this.options.random ?? Math.random
    // No sooner than the relay said, where it did.
    const wait = this.again === null ? 0 : this.again - Date.now()
    this.again = null
    this.attempt += 1
    this.timer = setTimeout(() => this.connect(), Math.max(wait, most * (0.5 + random() / 2)))
    this.options.connection({ state: 'offline', reason })
  }

  private drop(): void {
    clearTimeout(this.timer)
    this.socket?.close()
    this.socket = null
    this.joined = false
    this.welcomedAt = null
    this.waiting = false
    this.answerBy = null
  }
}

/** A frame, or nothing: what isn't one is no reason to stop listening. */
function parse(text: string): ServerFrame | null {
  try {
    const frame: unknown = JSON.parse(text)
    if (typeof frame !== 'object' || frame === null) return null
    const { type, payload } = frame as Record<string, unknown>
    return typeof type === 'string' && typeof payload === 'object' && payload !== null
      ? (frame as ServerFrame)
      : null
  } catch {
    return null
  }
}
