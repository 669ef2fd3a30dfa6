import { isLine } from '../room/rows'
import type { Event } from '../wire.gen'

/** The part of what is known that is on the page, by `seq`. `to` is infinite when it goes to the end of it. */
export interface LogWindow {
  from: number
  to: number
}

/** What makes lines, in order: a reaction or an edit shows in another one. */
export type Lines = readonly Event[]

/** Shown when one comes in, or goes to the newest. */
export const SHOWN = 80
/** Added at an end one scrolls near. */
export const STEP = 20
/**
 * Never more than this on the page, however many there are: the other end is cut. With 200 of them a task took 56
 * ms here, past the 50 that a frame may.
 */
export const MOST = 140

const END = Number.POSITIVE_INFINITY

export const linesOf = (events: readonly Event[]): Lines => events.filter(isLine)

/** Which line is the first at this place or later; how many there are if none is. */
export function indexOf(lines: Lines, seq: number): number {
  let least = 0
  let most = lines.length
  while (least < most) {
    const middle = (least + most) >> 1
    if ((lines[middle]?.seq ?? 0) < seq) least = middle + 1
    else most = middle
  }
  return least
}

/** From one line up to before another. */
function between(lines: Lines, from: number, to: number): LogWindow {
  return {
    from: lines[Math.max(0, from)]?.seq ?? 0,
    to: to >= lines.length ? END : (lines[to - 1]?.seq ?? 0),
  }
}

const start = (lines: Lines, shown: LogWindow) => indexOf(lines, shown.from)
const end = (lines: Lines, shown: LogWindow) =>
  shown.to === END ? lines.length : indexOf(lines, shown.to + 1)

/** What is in it. */
export const linesIn = (lines: Lines, shown: LogWindow): Lines =>
  lines.slice(start(lines, shown), end(lines, shown))

export const newest = (lines: Lines): LogWindow => between(lines, lines.length - SHOWN, lines.length)

/** A place with about as much before as after it. */
export function around(lines: Lines, seq: number): LogWindow {
  const from = Math.max(0, Math.min(indexOf(lines, seq) - SHOWN / 2, lines.length - SHOWN))
  return between(lines, from, from + SHOWN)
}

/** Whether there is more before. */
export const hasEarlier = (lines: Lines, shown: LogWindow): boolean => start(lines, shown) > 0

/** Some more before. */
export function earlier(lines: Lines, shown: LogWindow): LogWindow {
  const from = Math.max(0, start(lines, shown) - STEP)
  return between(lines, from, Math.min(end(lines, shown), from + MOST))
}

/** Some more after. */
export function later(lines: Lines, shown: LogWindow): LogWindow {
  const to = Math.min(lines.length, end(lines, shown) + STEP)
  return between(lines, Math.max(start(lines, shown), to - MOST), to)
}

/**
 * The window after the log has changed under it. At the bottom it moves along with what comes; further
 * up it stays where it is, and what comes is counted instead of shown once there is enough on the page.
 */
export function fitted(shown: LogWindow | null, lines: Lines, atBottom: boolean): LogWindow {
  const [first, last] = [lines[0]?.seq ?? 0, lines.at(-1)?.seq ?? 0]
  if (!shown || shown.from > last || shown.to < first) return newest(lines)
  const from = start(lines, shown)
  if (shown.to !== END) return between(lines, from, end(lines, shown))
  if (lines.length - from <= MOST) return between(lines, from, lines.length)
  return atBottom ? newest(lines) : between(lines, from, from + MOST)
}
