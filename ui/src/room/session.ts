import type { Open, Socket } from '../transport/transport'
import type { ClientFrame, ErrorCode, Join, ServerFrame } from '../wire.gen'

/** How things stand between this page and the room. */
export type Connection =
  | { state: 'connecting' }
  | { state: 'online' }
  /** Trying again by itself. `reason` is the relay's or the shell's, where one is known. */
  | { state: 'offline'; reason: ErrorCode | ShellReason | null }
  /** Trying again by itself would change nothing. */
  | { state: 'refused'; reason: ErrorCode | ShellReason }

/** What the desktop shell may say instead of opening a connection. */
export type ShellReason = 'bad_address' | 'unreachable' | 'refused'

export interface SessionOptions {
  open: Open
  /** Asked anew before each attempt: the cursor has moved since the last one. */
  join: () => Promise<Join>
  /** Told of every frame but `pong`. */
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
/** And after this long without an answer it isn't. */
const ANSWER_MS = 10_000
/** A connection younger than this didn't count: the next attempt waits longer, not shorter. */
const SETTLED_MS = 5_000
const BACKOFF_MS = [250, 500, 1_000, 2_000, 4_000, 7_000, 10_000]

/** Where in the above those begin who were told that there is no hurry. */
const GENTLE_STEP = 3

/** Refusals that the next attempt would meet again. */
const FINAL = new Set<string>(['wrong_secret', 'no_such_room', 'bad_device', 'bad_nickname', 'bad_address'])
/** Refusals that time may cure, but not at once. */
const GENTLE = new Set<string>(['stopping', 'full', 'no_such_room'])

/** One room, over as many sockets, one after another, as it takes. */
export class Session {
  private socket: Socket | null = null
  private attempt = 0
  /** When the current socket was welcomed; null before. */
  private welcomedAt: number | null = null
  private everWelcomed = false
  /** The last refusal, until the next welcome: a host that said it stops is then merely unreachable. */
  private reason: ErrorCode | ShellReason | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private asked = false
  private over = true

  constructor(private readonly options: SessionOptions) {}

  start(): void {
    this.over = false
    this.attempt = 0
    this.everWelcomed = false
    this.reason = null
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
    this.socket.send(JSON.stringify(frame))
    return true
  }

  /**
   * The device woke up, the network came back, or the person looks at the page again: try at once, and
   * don't believe a socket that says it is still open.
   */
  wake(): void {
    if (this.over) return
    if (this.welcomedAt !== null) this.ask()
    else if (!this.socket) this.connect()
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
    const socket = this.options.open({
      opened: () => void this.join(socket),
      frame: (text) => this.took(text),
      closed: (reason) => {
        if (this.socket === socket) this.lost(reason)
      },
    })
    this.socket = socket
  }

  private async join(socket: Socket): Promise<void> {
    const payload = await this.options.join()
    if (this.socket === socket) socket.send(JSON.stringify({ type: 'join', payload }))
  }

  private took(text: string): void {
    const frame = parse(text)
    if (!frame) return
    if (this.welcomedAt !== null) this.listen()
    if (frame.type === 'welcome') {
      this.welcomedAt = Date.now()
      this.everWelcomed = true
      this.reason = null
      this.listen()
    }
    // An error about one message is the store's; any other says why the socket is about to close.
    if (frame.type === 'error' && !frame.payload.id) this.refused(frame.payload.code)
    if (frame.type === 'pong') return
    this.options.frame(frame)
    if (frame.type === 'welcome') this.options.connection({ state: 'online' })
  }

  private refused(code: ErrorCode): void {
    this.reason = code
    if (this.welcomedAt === null) this.lost('')
  }

  /** Waits for the next frame. */
  private listen(): void {
    clearTimeout(this.timer)
    this.asked = false
    this.timer = setTimeout(() => this.ask(), QUIET_MS)
  }

  private ask(): void {
    if (this.asked) return
    this.asked = true
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.lost(''), ANSWER_MS)
    this.send({ type: 'ping', payload: {} })
  }

  private lost(told: string): void {
    if (this.over) return
    const settled = this.welcomedAt !== null && Date.now() - this.welcomedAt >= SETTLED_MS
    this.drop()
    const reason = this.reason ?? ((told || null) as ShellReason | null)
    // Once one has been in, a room that is gone may come back: the host hosts another one for a while.
    if (reason && FINAL.has(reason) && !(this.everWelcomed && reason === 'no_such_room')) {
      this.over = true
      this.options.connection({ state: 'refused', reason })
      return
    }
    if (settled) this.attempt = 0
    const step = reason && GENTLE.has(reason) ? Math.max(this.attempt, GENTLE_STEP) : this.attempt
    const most = BACKOFF_MS[Math.min(step, BACKOFF_MS.length - 1)] ?? 10_000
    const random = this.options.random ?? Math.random
    this.attempt += 1
    this.timer = setTimeout(() => this.connect(), most * (0.5 + random() / 2))
    this.options.connection({ state: 'offline', reason })
  }

  private drop(): void {
    clearTimeout(this.timer)
    this.socket?.close()
    this.socket = null
    this.welcomedAt = null
    this.asked = false
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
