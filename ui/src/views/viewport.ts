import { signal } from '@preact/signals'
import type { Goal } from '../room/reader'
import type { Room } from '../room/room'
import {
  around,
  earlier,
  fitted,
  hasEarlier,
  indexOf,
  type Lines,
  type LogWindow,
  later,
  newest,
} from './log-window'
import { keepPlace, lastIn, type Place, placeAtTop, placeIn } from './place'

/** Within this many pixels of the newest message one is at the bottom. */
const BOTTOM = 48
/** This near an end, more is shown there: about two screens, so that it is there before one arrives. */
const NEAR = 1_200
/** After older rows came in, until a screen reader has passed over them. */
const PASSED_MS = 500
/** How long what one went to stands out. */
const MARKED_MS = 2_500

/** How much of it is below what is in sight. */
const below = ({ scrollHeight, scrollTop, clientHeight }: HTMLElement) =>
  scrollHeight - scrollTop - clientHeight

/** A place, and how far the log was scrolled for it. */
type Held = Place & { scrolled: number }

function heldIn(element: HTMLElement, find = placeIn): Held | null {
  const place = find(element)
  return place && { ...place, scrolled: element.scrollTop }
}

/**
 * Where that place belongs now: the reader may have scrolled in the very frame in which the log changed its size. At its
 * end it is the browser that has scrolled, since there is less than before.
 */
function afterScrolling(element: HTMLElement, { key, top, scrolled }: Held): Place {
  return { key, top: below(element) > 1 ? top - (element.scrollTop - scrolled) : top }
}

const sizeOf = (element: HTMLElement) =>
  `${element.clientWidth} ${element.clientHeight} ${element.scrollHeight}`

/** Which part of the log is on the page, and where that is scrolled to. */
export class Viewport {
  /** What scrolls, while it is on the page. */
  element: HTMLElement | null = null
  readonly mount = (element: HTMLElement | null): void => {
    this.element = element
  }
  /** Whether the newest message is in sight, and what comes is followed. */
  readonly atBottom = signal(true)
  /** Scrolling moves the window without the room changing. */
  readonly moved = signal(0)
  /** Whether rows are coming in that are older than some there: a page is turned, and nobody says anything. */
  readonly turning = signal(false)
  /** The row one went to, for a moment. */
  readonly marked = signal<string | null>(null)

  private shown: LogWindow | null = null
  private lines: Lines = []
  /** Whether the lines end with the newest there are. */
  private live = true
  private goal: Goal | null = null
  /** Where to scroll once the rows are there. */
  private aim: Exclude<Goal, { kind: 'newest' }> | null = null
  /** Where the reader was before the rows changed. */
  private place: Place | null = null
  /** How large the log was when it was last scrolled, and what was at its top: for when that changes. */
  private size = ''
  private held: Held | null = null
  /** Set when what is about to grow is what the reader wants to see from where it begins. */
  private holding = false
  private replacements = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private passing: ReturnType<typeof setTimeout> | undefined
  /** What was drawn last: its first row, and whether it ended with the newest. */
  private drawn: { from: number; tail: boolean } | null = null

  constructor(private readonly room: Room) {
    this.replacements = room.state.peek().replacements
    this.goal = room.reader.goal.peek()
    if (this.goal) this.head(this.goal)
  }

  stop(): void {
    clearTimeout(this.timer)
    clearTimeout(this.passing)
  }

  /** What is to be on the page of what is known now. Called before the rows change. */
  part(lines: Lines, goal: Goal | null): LogWindow {
    const { replacements, island } = this.room.state.peek()
    const { element, atBottom } = this
    this.lines = lines
    this.live = island === null
    // The reader has scrolled, and the browser hasn't told of it yet.
    if (atBottom.peek() && element && sizeOf(element) === this.size && below(element) >= BOTTOM) {
      atBottom.value = false
    }
    // Another log: the place one was at is nowhere in it.
    if (this.replacements !== replacements) {
      this.replacements = replacements
      this.aim = null
      this.follow()
    }
    if (goal && goal !== this.goal) {
      this.goal = goal
      this.head(goal)
    }
    if (!this.live) atBottom.value = false
    if (this.aim) this.shown = around(lines, this.aim.seq)
    this.shown = fitted(this.shown, lines, atBottom.peek())
    this.place = atBottom.peek() || !element ? null : placeIn(element)
    this.turn(this.shown)
    return this.shown
  }

  /** Notes, before they are drawn, whether rows come in that are not what was said just now. */
  private turn({ from, to }: LogWindow): void {
    const first = this.lines[indexOf(this.lines, from)]?.seq
    if (first === undefined) return
    const { drawn } = this
    this.drawn = { from: first, tail: this.live && to === Number.POSITIVE_INFINITY }
    if (drawn === null || (first >= drawn.from && drawn.tail)) return
    this.turning.value = true
    clearTimeout(this.passing)
    this.passing = setTimeout(() => {
      this.turning.value = false
    }, PASSED_MS)
  }

  /** After the rows have changed: scrolls to where the reader wants to be. */
  settle(): void {
    const { element } = this
    if (!element) return
    const aimed = this.aim !== null && this.arrive(element, this.aim)
    const following = this.atBottom.peek()
    const kept = !following && (aimed || (this.place !== null && keepPlace(element, this.place)))
    if (!kept) element.scrollTop = element.scrollHeight
    this.size = sizeOf(element)
    if (aimed) this.held = heldIn(element)
    // A page of short messages may not fill a tall window.
    if (kept || element.scrollHeight <= element.clientHeight + NEAR) this.look()
    this.tell(element)
  }

  /** What is in sight has been read. */
  private tell(element: HTMLElement): void {
    if (this.aim) return
    this.room.reader.follows = this.atBottom.peek()
    if (this.atBottom.peek()) this.room.reader.saw(this.room.state.peek().cursor)
    else this.room.reader.saw(lastIn(element))
  }

  /** From here on the log stays where it is instead of following what comes. */
  hold(): void {
    if (this.element) this.held = heldIn(this.element, placeAtTop)
    this.holding = true
  }

  /**
   * The keyboard opens, the composer grows, a phone is turned: whoever is at the bottom stays there, and
   * whoever is reading keeps the place. Such a change scrolls, too, and isn't the reader's doing.
   */
  readonly resized = (): boolean => {
    const { element } = this
    if (!element) return false
    const now = sizeOf(element)
    if (now === this.size) return false
    this.size = now
    if (this.atBottom.peek() && !this.holding) element.scrollTop = element.scrollHeight
    else if (this.held) {
      keepPlace(element, afterScrolling(element, this.held))
      this.held = heldIn(element)
    }
    if (this.holding) {
      this.holding = false
      this.atBottom.value = this.live && below(element) < BOTTOM
    }
    return true
  }

  /** The reader scrolls: near an end, more is shown there. */
  readonly look = (): void => {
    const { element, lines, shown: before } = this
    if (!element || !before || this.resized()) return
    let part = before
    if (element.scrollTop < NEAR) {
      if (hasEarlier(lines, part)) part = earlier(lines, part)
      else this.room.reader.load('before')
    }
    if (below(element) < NEAR) {
      if (part.to !== Number.POSITIVE_INFINITY) part = later(lines, part)
      else if (!this.live) this.room.reader.load('after')
    }
    this.shown = part
    const newestShown = this.live && part.to === Number.POSITIVE_INFINITY
    this.atBottom.value = newestShown && below(element) < BOTTOM
    this.held = this.atBottom.peek() ? null : heldIn(element)
    this.tell(element)
    if (part.from !== before.from || part.to !== before.to) this.moved.value += 1
  }

  private head(goal: Goal): void {
    if (goal.kind === 'newest') {
      this.aim = null
      this.follow()
      // Whoever has scrolled up meanwhile reads there.
    } else if (goal.kind === 'place' || this.atBottom.peek()) {
      this.aim = goal
      this.atBottom.value = false
    }
  }

  private follow(): void {
    this.size = ''
    this.atBottom.value = true
    this.shown = this.lines.length > 0 ? newest(this.lines) : null
  }

  /** Brings what one went to into sight, marks it and puts the focus there; false where there is no row yet. */
  private arrive(element: HTMLElement, { kind, seq }: NonNullable<typeof this.aim>): boolean {
    const view = element.getBoundingClientRect()
    if (kind === 'unread') {
      this.aim = null
      const divider = element.querySelector('[data-key="unread"]')?.getBoundingClientRect()
      if (!divider) return false
      const rest = element.scrollHeight - element.scrollTop - (divider.top - view.top)
      // All of it fits: nothing to read from its beginning.
      if (this.live && rest <= view.height) this.atBottom.value = true
      else element.scrollTop += divider.top - view.top - view.height / 5
      return true
    }
    const rows = [...element.querySelectorAll<HTMLElement>('[data-seq]')]
    const row = rows.find((it) => Number(it.dataset.seq) >= seq) ?? rows.at(-1)
    if (!row) return false
    this.aim = null
    const box = row.getBoundingClientRect()
    // With something to be seen before it, and from its beginning.
    element.scrollTop += box.top - view.top - Math.max(0, Math.min(view.height / 3, view.height - box.height))
    row.focus({ preventScroll: true })
    clearTimeout(this.timer)
    this.marked.value = row.dataset.key ?? null
    this.timer = setTimeout(() => {
      this.marked.value = null
    }, MARKED_MS)
    return true
  }
}
