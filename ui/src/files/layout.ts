/** How large one picture alone may be, in CSS pixels: a portrait leaves room for what is said around it. */
const MOST_WIDTH = 400
const MOST_HEIGHT = 320
/** Smaller than this it couldn't be pressed. */
const LEAST = 48
/** In a row with others nothing is narrower or wider than this: the ends of a panorama are cut off. */
const NARROWEST = 0.6
const WIDEST = 2.2

export interface Size {
  width: number
  height: number
}

/** How large one picture alone is shown: as it is, or as large as it may be. Never larger than it is. */
export function bounded({ width, height }: Size): Size {
  const scale = Math.min(1, MOST_WIDTH / width, MOST_HEIGHT / height)
  const clamped = (side: number) => Math.max(LEAST, Math.round(side * scale))
  return { width: clamped(width), height: clamped(height) }
}

/** Several, in rows of two and three: with one height for each row, they fill it. */
export function rowsOf<T>(all: readonly T[]): T[][] {
  const rows: T[][] = []
  // Rows of two come first, as many as it takes so that nothing is left over.
  const twos = all.length === 1 ? 0 : (3 - (all.length % 3)) % 3
  for (let at = 0; at < all.length; ) {
    const count = rows.length < twos ? 2 : 3
    rows.push(all.slice(at, at + count))
    at += count
  }
  return rows
}

/** How wide a picture is in a row, for its height. */
export const ratioOf = ({ width, height }: Size): number =>
  Math.round(Math.min(WIDEST, Math.max(NARROWEST, width / height)) * 1_000) / 1_000
