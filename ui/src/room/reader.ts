import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { ErrorCode, Event, HistoryPage, Place, Welcome } from '../wire.gen'
import { changedBy } from './changes'
import { type Bounds, backToNewest, forgotten, located, stretchOf, type Target, turnedTo } from './pages'
import type { RoomState } from './state'
import { type Bookmark, unreadIn } from './unread'

/** What is kept of the log in memory. */
const BOUNDS: Bounds = { most: 6_000, keep: 2_000 }
/** After a page of history was refused, it is not asked for again for this long. */
const AGAIN_MS = 5_000

/** So many quoted messages are remembered that are not here otherwise. */
const MOST_QUOTED = 300

/** Where the log is to be read. Another one each time somebody asks for it. */
export type Goal =
  /** A place one asked for, which is to stand out. */
  | { kind: 'place'; seq: number }
  /** Where reading stopped, the last event that was read. */
  | { kind: 'unread'; seq: number }
  | { kind: 'newest' }

/** What becomes of a place that was asked for and isn't here. */
export type Seeking =
  /** Asked for, now or once the room is reached. */
  | 'seeking'
  /** There is no such message in the room. */
  | 'missing'
  /** The host can't read it just now. */
  | 'failed'

interface ReaderOptions {
  state: Signal<RoomState>
  bookmark: Bookmark
  /** Asks the relay for a page, of its own length or of so many events; false without a connection. */
  ask: (place: Place, limit?: number) => boolean
}

/** Where in a room's log somebody reads, and how they get elsewhere in it. */
export class Reader {
  /** Which page of history is on its way, if one is. */
  readonly loading: ReadonlySignal<'before' | 'after' | null>
  /** Where the log was last asked to be; null until it was. */
  readonly goal: ReadonlySignal<Goal | null>
  /** How it stands with a place that was asked for and isn't here; null when none is. */
  readonly seeking: ReadonlySignal<Seeking | null>
  /** When the room's first event was; null until somebody asked for it and it came. */
  readonly since: ReadonlySignal<number | null>
  /** Messages that are quoted here and aren't here themselves, by their id; null for one that is nowhere. */
  readonly quoted: ReadonlySignal<ReadonlyMap<string, Event | null>>

  /** Whether the newest message is in sight, and what comes is followed. Told by what shows the log. */
  follows = true

  private readonly _loading = signal<'before' | 'after' | null>(null)
  private readonly _goal = signal<Goal | null>(null)
  private readonly _seeking = signal<Seeking | null>(null)
  private readonly _since = signal<number | null>(null)
  private readonly _quoted = signal<ReadonlyMap<string, Event | null>>(new Map())
  private readonly asked = new Set<string>()
  private sought: Target | null = null
  /** The last event that was read, while the page around it is on its way. Until then nothing new is read. */
  private opening: number | null = null
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly options: ReaderOptions) {
    this.loading = this._loading
    this.goal = this._goal
    this.seeking = this._seeking
    this.since = this._since
    this.quoted = this._quoted
  }

  /** Finds out what a quoted message says that isn't here. */
  findQuoted(id: string): void {
    if (this.asked.has(id) || !this.options.ask({ id }, 1)) return
    this.asked.add(id)
    const [oldest] = this.asked
    if (this.asked.size <= MOST_QUOTED || oldest === undefined) return
    this.asked.delete(oldest)
    const rest = new Map(this._quoted.peek())
    rest.delete(oldest)
    this._quoted.value = rest
  }

  /** These were appended: perhaps they change what is quoted. */
  happened(events: readonly Event[]): void {
    for (const change of events) {
      const of = 'of' in change.body ? change.body.of : null
      const event = of === null ? null : this._quoted.peek().get(of)
      if (of !== null && event) this.quotes(of, changedBy(event, change))
    }
  }

  private quotes(id: string, event: Event | null): void {
    if (this.asked.has(id)) this._quoted.value = new Map(this._quoted.peek()).set(id, event)
  }

  /** Finds out when the room's first event was. */
  findSince(): void {
    const [first] = stretchOf(this.state)
    if (first?.seq === 1) this._since.value = first.at
    else if (this._since.peek() === null) this.options.ask({ before: 2 })
  }

  /**
   * Goes to a place in the log, a message or a moment, wherever that is: at once if it is here, else as soon as
   * the relay has told it.
   */
  goTo(target: Target): void {
    const seq = located(this.state, target)
    batch(() => {
      this.opening = null
      this.sought = seq === undefined ? target : null
      this._seeking.value = seq === undefined ? 'seeking' : null
      if (seq === undefined) this.seek()
      else this.reached({ kind: 'place', seq })
    })
  }

  /** Goes to the newest. */
  goToNewest(): void {
    batch(() => {
      this.opening = null
      this.stopSeeking()
      this.state = backToNewest(this.state)
      this._goal.value = { kind: 'newest' }
    })
  }

  /** Goes to where reading stopped, if there is something new. Whoever reads something else stays there. */
  goToUnread(): void {
    const after = this.options.bookmark.read.peek()
    const { count, more } = unreadIn(this.state, after)
    if (!this.follows || this.sought || (count === 0 && !more)) return
    const first = stretchOf(this.state)[0]?.seq ?? 0
    if (first <= after + 1) this._goal.value = { kind: 'unread', seq: after }
    else if (this.options.ask({ around: after })) this.opening = after
  }

  /** Whoever asked for something that isn't there has read so. */
  stopSeeking(): void {
    this.sought = null
    this._seeking.value = null
  }

  /** Asks for what was said before or after the part that is read. Answers come as a change of the state. */
  load(side: 'before' | 'after'): void {
    const { state } = this
    const stretch = stretchOf(state)
    const first = stretch[0]?.seq ?? state.cursor + 1
    const none = side === 'before' ? first === 1 || (state.complete && !state.island) : !state.island
    if (none || this._loading.value) return
    const place: Place = side === 'before' ? { before: first } : { after: stretch.at(-1)?.seq ?? 0 }
    if (this.options.ask(place)) this._loading.value = side
  }

  /** `from` to `to` is on the page, and nobody looks at what is far from it. */
  forget(from: number, to: number): void {
    this.state = forgotten(this.state, from, to, BOUNDS)
  }

  /** This place is in sight. */
  saw(seq: number): void {
    if (this.opening === null) this.options.bookmark.saw(Math.min(seq, this.state.cursor))
  }

  /** Whether anybody still waits for that page. One around a place would be shown. */
  awaits({ place, events }: HistoryPage): boolean {
    const [first] = events
    if (first?.seq === 1) this._since.value = first.at
    if ('id' in place && first && events.length === 1) this.quotes(place.id, first)
    if ('before' in place || 'after' in place) return true
    if ('around' in place && place.around === this.opening) return true
    return this.sought !== null && isFor(place, this.sought)
  }

  /** A page came that was awaited, and is in the state. */
  came(place: Place, seq: number): void {
    if ('before' in place || 'after' in place) {
      this._loading.value = null
    } else if ('around' in place && place.around === this.opening) {
      this.opening = null
      if (!this.sought) this._goal.value = { kind: 'unread', seq: place.around }
    } else {
      this.stopSeeking()
      this.reached({ kind: 'place', seq })
    }
  }

  /** The relay refused something about that id; whether it was what is sought. */
  refused(id: string, code: ErrorCode): boolean {
    if (code !== 'no_such_message') return false
    const quoted = this.asked.has(id)
    if (quoted) this.quotes(id, null)
    if (!this.sought || !('id' in this.sought) || this.sought.id !== id) return quoted
    this.sought = null
    this._seeking.value = 'missing'
    return true
  }

  /** The relay refused something, and perhaps this. */
  failed(code: ErrorCode): void {
    this.opening = null
    if (this.sought) {
      this.sought = null
      this._seeking.value = code === 'bad_id' ? 'missing' : 'failed'
    }
    if (!this._loading.value) return
    // History, which the host can't read just now: not to be asked for at every turn of the wheel.
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this._loading.value = null
    }, AGAIN_MS)
  }

  /** In the room again. */
  welcomed({ resumed }: Welcome): void {
    this._loading.value = null
    if (!resumed) {
      this.follows = true
      this._since.value = null
      this._quoted.value = new Map()
    }
    // What wasn't answered was lost with the connection.
    this.asked.clear()
    for (const id of this._quoted.peek().keys()) this.asked.add(id)
    this.opening = null
    this.options.bookmark.opened(this.state)
    this.seek()
    if (!resumed) this.goToUnread()
  }

  /** What was asked for is lost with the connection. */
  offline(): void {
    this._loading.value = null
    this.opening = null
  }

  stop(): void {
    clearTimeout(this.timer)
  }

  /** Asks for what is sought. Without a connection it is asked for with the next one. */
  private seek(): void {
    const { sought } = this
    if (sought) this.options.ask('seq' in sought ? { around: sought.seq } : sought)
  }

  private reached(goal: { kind: 'place'; seq: number }): void {
    this.state = turnedTo(this.state, goal.seq)
    this._goal.value = goal
  }

  private get state(): RoomState {
    return this.options.state.peek()
  }

  private set state(state: RoomState) {
    this.options.state.value = state
  }
}

function isFor(place: Place, target: Target): boolean {
  if ('seq' in target) return 'around' in place && place.around === target.seq
  if ('id' in target) return 'id' in place && place.id === target.id
  return 'at' in place && place.at === target.at
}
