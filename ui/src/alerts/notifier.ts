import { effect, type ReadonlySignal } from '@preact/signals'
import type { RoomState } from '../room/state'
import type { Event } from '../wire.gen'
import type { Alerts } from './alerts'
import type { Choice } from './choices'
import { answered, newsIn, toldOf } from './news'

/** What comes within this belongs together, and another tab may be looked at and say so. */
const GATHER_MS = 400
/** So many tabs don't all speak up at the same moment. */
const SPREAD_MS = 200
/** After one was told, this long nothing more is: then all that came since. */
const AGAIN_MS = 5_000
/** Kept of what is to be told; of the rest only the number. */
const KEPT = 20

/** What tabs of one browser tell each other about a room. */
export interface Word {
  room: string
  /** Read up to here by somebody who looks at it, or told up to here. */
  kind: 'read' | 'told'
  seq: number
}

export interface NotifierOptions {
  room: string
  state: ReadonlySignal<RoomState>
  /** Messages that are quoted and aren't in the state, by their id; null for one that is nowhere. */
  quoted: ReadonlySignal<ReadonlyMap<string, Event | null>>
  /** Finds out about one. */
  findQuoted: (id: string) => void
  alerts: Alerts
  choice: () => Choice
  hasSound: () => boolean
  chime: () => void
  /** What people are called here. */
  called: (nickname: string) => string
  /** Whether somebody looks at the room. */
  looked: () => boolean
  /** To the other tabs; what they say comes to `heard`. */
  say: (word: Word) => void
}

/** Tells of what is said while nobody looks at the room, and takes it back once somebody does. */
export class Notifier {
  /** Up to where the log was looked through; null before there was one. */
  private cursor: number | null = null
  private replacements = 0
  /** What nobody has read, the newest of it, and how much it is. */
  private news: Event[] = []
  private count = 0
  /** Of what nobody has read, what is only news if it answers something one has said. */
  private perhaps: Event[] = []
  private badge = 0
  private shown = false
  private toldAt = Number.NEGATIVE_INFINITY
  private timer: ReturnType<typeof setTimeout> | undefined
  private forget: () => void = () => {}

  constructor(private readonly options: NotifierOptions) {}

  start(): void {
    this.forget = effect(() => {
      const { state, quoted } = this.options
      this.moved(state.value)
      this.foundOut(quoted.value)
    })
  }

  stop(): void {
    this.forget()
    this.clear()
    this.cursor = null
  }

  /** Somebody came to look at the room, or went. */
  looked(): void {
    if (this.options.looked()) this.read()
  }

  /** Another tab of this browser has said something. */
  heard({ room, kind, seq }: Word): void {
    if (room !== this.options.room || this.cursor === null) return
    if (kind === 'told') {
      // It speaks for this one, too.
      clearTimeout(this.timer)
      this.timer = undefined
      this.toldAt = performance.now()
      if (seq < this.cursor) this.soon()
    } else if (seq >= this.cursor) {
      this.clear()
    }
  }

  private moved(state: RoomState): void {
    if (!state.room) return
    const { cursor, replacements } = state
    // What was said before one came, and what another log says, is no news.
    if (this.cursor === null || replacements !== this.replacements) {
      this.cursor = cursor
      this.replacements = replacements
      this.clear()
      return
    }
    if (cursor <= this.cursor) return
    const before = this.cursor
    this.cursor = cursor
    if (this.options.looked()) {
      this.read()
      return
    }
    const own = state.events.findLast(({ member }) => member === state.you?.member)?.seq ?? 0
    // Said on another device: whoever answers there has read what was before it.
    if (own > before) this.clear()
    const { told, perhaps } = newsIn(state, Math.max(before, own), this.options.choice())
    this.perhaps = [...this.perhaps, ...perhaps].slice(-KEPT)
    for (const event of perhaps) this.options.findQuoted(answered(event) ?? '')
    this.add(told)
  }

  /** Of what is perhaps news it is known by now what it answers. */
  private foundOut(quoted: ReadonlyMap<string, Event | null>): void {
    const me = this.options.state.peek().you?.member
    const known = this.perhaps.filter((event) => quoted.has(answered(event) ?? ''))
    if (known.length === 0) return
    this.perhaps = this.perhaps.filter((event) => !known.includes(event))
    this.add(known.filter((event) => quoted.get(answered(event) ?? '')?.member === me))
  }

  private add(fresh: readonly Event[]): void {
    if (fresh.length === 0) return
    this.news = [...this.news, ...fresh].sort((one, other) => one.seq - other.seq).slice(-KEPT)
    this.count += fresh.length
    this.show(this.count)
    this.soon()
  }

  private soon(): void {
    if (this.timer !== undefined || this.count === 0) return
    const wait = Math.max(GATHER_MS, this.toldAt + AGAIN_MS - performance.now())
    this.timer = setTimeout(() => this.tell(), wait + Math.random() * SPREAD_MS)
  }

  private tell(): void {
    this.timer = undefined
    const { alerts, state, choice, called, room } = this.options
    if (choice() === 'none') {
      this.clear()
      return
    }
    // Some may have been deleted since.
    const { events, room: info } = state.peek()
    const gone = new Set(events.filter(({ body }) => body.kind === 'gone').map(({ id }) => id))
    const left = this.news.filter(({ id }) => !gone.has(id))
    this.count -= this.news.length - left.length
    this.news = left
    this.show(this.count)
    const told = toldOf(left, this.count, info?.name ?? '', called)
    if (!told) return
    this.toldAt = performance.now()
    this.options.say({ room, kind: 'told', seq: this.cursor ?? 0 })
    if (this.options.hasSound()) this.options.chime()
    if (alerts.permission() !== 'granted') return
    this.shown = true
    alerts.show(told)
  }

  /** All of it is read, here. */
  private read(): void {
    this.clear()
    if (this.cursor !== null) {
      this.options.say({ room: this.options.room, kind: 'read', seq: this.cursor })
    }
  }

  private clear(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.news = []
    this.perhaps = []
    this.count = 0
    this.show(0)
    if (!this.shown) return
    this.shown = false
    this.options.alerts.takeBack()
  }

  private show(count: number): void {
    if (this.badge === count) return
    this.badge = count
    this.options.alerts.badge(count)
  }
}
