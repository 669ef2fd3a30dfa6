/** The part of the known log that is on the page, by `seq`. `to` is infinite when it ends at the newest. */
export interface LogWindow {
  from: number
  to: number
}

/** Shown when one comes in, or goes to the newest. */
export const SHOWN = 120
/** Added at an end one scrolls near. */
export const STEP = 60
/** Never more than this on the page, however many there are: the other end is cut. */
export const MOST = 300

export function newest(first: number, last: number): LogWindow {
  return { from: Math.max(first, last - SHOWN + 1), to: Number.POSITIVE_INFINITY }
}

/** Some more before. */
export function earlier(shown: LogWindow, first: number, last: number): LogWindow {
  const from = Math.max(first, shown.from - STEP)
  const to = Math.min(shown.to, from + MOST - 1)
  return { from, to: to >= last ? Number.POSITIVE_INFINITY : to }
}

/** Some more after. */
export function later(shown: LogWindow, first: number, last: number): LogWindow {
  const reached = shown.to + STEP >= last
  const to = reached ? last : shown.to + STEP
  return {
    from: Math.max(first, shown.from, to - MOST + 1),
    to: reached ? Number.POSITIVE_INFINITY : to,
  }
}

/**
 * The window after the log has changed under it. At the bottom it moves along with what comes; further
 * up it stays where it is, and what comes is counted instead of shown once there is enough on the page.
 */
export function fitted(shown: LogWindow | null, first: number, last: number, atBottom: boolean): LogWindow {
  if (!shown || shown.from > last + 1 || shown.to < first) return newest(first, last)
  const from = Math.max(shown.from, first)
  if (shown.to !== Number.POSITIVE_INFINITY) return { from, to: shown.to }
  if (last - from + 1 <= MOST) return { from, to: Number.POSITIVE_INFINITY }
  return atBottom ? newest(first, last) : { from, to: from + MOST - 1 }
}
