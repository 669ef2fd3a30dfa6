/** Where the reader is: a row, and how far its top is from the top of the log. */
export interface Place {
  key: string
  top: number
}

const rowsOf = (log: HTMLElement) => log.querySelectorAll<HTMLElement>('[data-key]')

/** Which of the rows is the first that reaches below this height; how many there are if none does. They stand in order. */
function firstBelow(rows: NodeListOf<HTMLElement>, height: number): number {
  let least = 0
  let most = rows.length
  while (least < most) {
    const middle = (least + most) >> 1
    if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) <= height) least = middle + 1
    else most = middle
  }
  return least
}

/** The first row the reader sees, also where it began further up. */
export function placeAtTop(log: HTMLElement): Place | null {
  const { top } = log.getBoundingClientRect()
  const rows = rowsOf(log)
  return placeOf(log, rows[firstBelow(rows, top)])
}

/**
 * The first event that begins where the reader sees it. One that began further up may grow or shrink there, as a picture
 * does that turns out to be gone, and what is read would move; it is taken only where there is no other. A notice is none:
 * it may be taken back.
 */
export function placeIn(log: HTMLElement): Place | null {
  const { top, bottom } = log.getBoundingClientRect()
  const rows = rowsOf(log)
  const first = firstBelow(rows, top)
  for (let at = first; at < rows.length; at += 1) {
    const place = placeOf(log, rows[at])
    if (!place || place.top >= bottom - top) break
    if (place.top >= 0 && rows[at]?.dataset.seq !== undefined) return place
  }
  return placeOf(log, rows[first])
}

function placeOf(log: HTMLElement, row: HTMLElement | undefined): Place | null {
  return row
    ? { key: row.dataset.key ?? '', top: row.getBoundingClientRect().top - log.getBoundingClientRect().top }
    : null
}

/** The place of the last event the reader sees the whole of, or the beginning of if it is long; 0 if of none. */
export function lastIn(log: HTMLElement): number {
  const { top, bottom } = log.getBoundingClientRect()
  const rows = log.querySelectorAll<HTMLElement>('[data-seq]')
  const at = firstBelow(rows, bottom)
  const begins = rows[at]?.getBoundingClientRect().top ?? bottom
  const row = begins < (top + bottom) / 2 ? rows[at] : rows[at - 1]
  return Number(row?.dataset.seq ?? 0)
}

/**
 * Scrolls so that the row is where it was, whatever came or went above it. Browsers with
 * `overflow-anchor` would do it themselves, WebKit has none; so it is switched off and done here for all.
 */
export function keepPlace(log: HTMLElement, place: Place): boolean {
  for (const row of rowsOf(log)) {
    if (row.dataset.key !== place.key) continue
    const moved = row.getBoundingClientRect().top - log.getBoundingClientRect().top - place.top
    if (Math.abs(moved) >= 0.5) log.scrollTop += moved
    return true
  }
  return false
}
