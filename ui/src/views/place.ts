/** Where the reader is: a row, and how far its top is from the top of the log. */
export interface Place {
  key: string
  top: number
}

const rowsOf = (log: HTMLElement) => log.querySelectorAll<HTMLElement>('[data-key]')

/** The first row the reader sees. */
export function placeIn(log: HTMLElement): Place | null {
  const { top } = log.getBoundingClientRect()
  for (const row of rowsOf(log)) {
    const box = row.getBoundingClientRect()
    if (box.bottom > top) return { key: row.dataset.key ?? '', top: box.top - top }
  }
  return null
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
