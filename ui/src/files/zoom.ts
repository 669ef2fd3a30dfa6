import type { Size } from './layout'

/** How a picture is looked at: how much larger than fitted, and how far its middle is from the window's. */
export interface View {
  zoom: number
  x: number
  y: number
}

export const NOWHERE: View = { zoom: 1, x: 0, y: 0 }
export const MOST_ZOOM = 12

/** As large as there is room for, and no larger than it is. */
export function fitting({ width, height }: Size, room: Size): Size {
  const scale = Math.min(1, room.width / width, room.height / height)
  return { width: Math.max(1, width * scale), height: Math.max(1, height * scale) }
}

/** Larger or smaller, with what is at this point (from the middle of the window) staying there. */
export function zoomed(view: View, to: number, x: number, y: number): View {
  const zoom = Math.min(MOST_ZOOM, Math.max(1, to))
  const by = zoom / view.zoom
  return { zoom, x: x - (x - view.x) * by, y: y - (y - view.y) * by }
}

/** Within the window: no edge of the picture comes further in than it has to. */
export function at({ zoom, x, y }: View, fit: Size, room: Size): View {
  const within = (value: number, side: number, most: number) => {
    const over = Math.max(0, (side * zoom - most) / 2)
    return Math.min(over, Math.max(-over, value)) || 0
  }
  return { zoom, x: within(x, fit.width, room.width), y: within(y, fit.height, room.height) }
}
