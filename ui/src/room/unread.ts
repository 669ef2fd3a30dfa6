import { type ReadonlySignal, signal } from '@preact/signals'
import type { Memory } from '../transport/storage'
import type { Event } from '../wire.gen'
import type { RoomState } from './state'

/** What has come since somebody read last. */
export interface Unread {
  count: number
  /** Whether there may be more than that, in a part of the log that isn't here. */
  more: boolean
}

/** Where reading stopped, until all of it has been read and one has gone. */
export interface Divider {
  /** The last event that was read then. */
  after: number
  /** The last one that had come when one was back; null while one is away, and more may come. */
  until: number | null
}

/** Storage is written to at most this often, and when one goes. */
const KEEP_MS = 500

/**
 * How far one has read in a room, on this device. A place counts as read once it was in sight while one was
 * there, and so does all before it. One's own messages never count as unread.
 */
export class Bookmark {
  /** The last event that was read. */
  readonly read: ReadonlySignal<number>
  readonly divider: ReadonlySignal<Divider | null>

  private readonly _read = signal(0)
  private readonly _divider = signal<Divider | null>(null)
  private epoch: string | null = null
  private here = true
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly memory: Memory,
    private room: string,
  ) {
    this.read = this._read
    this.divider = this._divider
  }

  /** Becomes a room's, before its log is opened. */
  open(room: string): void {
    if (room === this.room) return
    this.keep()
    this.room = room
    this.epoch = null
  }

  /** The room's log is this one now, up to the cursor. What was read of another one says nothing here. */
  opened(state: RoomState): void {
    const { epoch, cursor } = state
    if (epoch === null || (epoch === this.epoch && this._read.peek() <= cursor)) return
    const first = this.epoch === null
    this.epoch = epoch
    // Of a log that was put back to an older copy all that there is has been seen.
    this._read.value = Math.min((first ? this.kept() : null) ?? cursor, cursor)
    this._divider.value = this.dividerFor(state, this.here ? cursor : null)
    this.write()
  }

  /** Events came that nobody has seen yet. */
  came(state: RoomState): void {
    if (!this.here && !this._divider.peek()) this._divider.value = this.dividerFor(state, null)
  }

  /** This place was in sight. */
  saw(seq: number): void {
    if (!this.here || this.epoch === null || seq <= this._read.peek()) return
    this._read.value = seq
    this.timer ??= setTimeout(() => this.keep(), KEEP_MS)
  }

  /** One looks elsewhere. */
  left(state: RoomState): void {
    this.here = false
    this.keep()
    this._divider.value = this.dividerFor(state, null)
  }

  /** One is back; whether there is something new. */
  returned({ cursor }: RoomState): boolean {
    this.here = true
    const divider = this._divider.peek()
    if (divider) this._divider.value = { ...divider, until: cursor }
    return divider !== null
  }

  /** One has said something, and so knows what came before. */
  answered(): void {
    this._divider.value = null
  }

  /** Another tab of this browser has read something. */
  elsewhere(key: string | null): void {
    if (key !== this.key) return
    const read = this.kept()
    if (read !== null && read > this._read.peek()) this._read.value = read
  }

  stop(): void {
    this.keep()
  }

  private dividerFor(state: RoomState, until: number | null): Divider | null {
    const after = this._read.peek()
    const { count, more } = unreadIn(state, after)
    return count > 0 || more ? { after, until } : null
  }

  private get key(): string {
    return `snug.read.${this.room}`
  }

  private keep(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    // Another tab may have read further.
    if (this.epoch !== null && (this.kept() ?? -1) < this._read.peek()) this.write()
  }

  private write(): void {
    this.memory.set(this.key, JSON.stringify({ epoch: this.epoch, seq: this._read.peek() }))
  }

  /** What was kept of the log that is read. */
  private kept(): number | null {
    try {
      const kept: unknown = JSON.parse(this.memory.get(this.key) ?? 'null')
      if (typeof kept !== 'object' || kept === null) return null
      const { epoch, seq } = kept as Record<string, unknown>
      return epoch === this.epoch && typeof seq === 'number' && seq >= 0 ? seq : null
    } catch {
      return null
    }
  }
}

const byOthers = (me: string | undefined) => (event: Event) =>
  event.body.kind === 'message' && event.member !== me

/** What others have said after a place, up to another, as far as it is here. */
export function unreadIn(
  { events, island, cursor, you }: Pick<RoomState, 'events' | 'island' | 'cursor' | 'you'>,
  after: number,
  until = cursor,
): Unread {
  if (after >= until) return { count: 0, more: false }
  const first = events[0]?.seq ?? cursor + 1
  const unread = byOthers(you?.member)
  const here = (event: Event) => event.seq > after && event.seq <= until && unread(event)
  // The usual case is a room that has been read, or nearly so: no look at all of it for every message.
  const count = events.slice(Math.max(0, after + 1 - first)).filter(here).length
  if (first <= after + 1) return { count, more: false }
  return { count: count + (island ?? []).filter(here).length, more: true }
}

/** Before which message the divider stands: the first of others' after it; null when that isn't among these. */
export function dividerIn(
  stretch: readonly Event[],
  { after }: Divider,
  me: string | undefined,
): number | null {
  const first = stretch[0]?.seq
  if (first === undefined || first > after + 1) return null
  return stretch.slice(after + 1 - first).find(byOthers(me))?.seq ?? null
}
