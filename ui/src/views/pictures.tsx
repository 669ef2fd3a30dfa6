import type { ComponentChildren } from 'preact'
import { bounded, ratioOf, rowsOf, type Size } from '../files/layout'

/** A picture in a message. Its place is as large before it is there as it is then. */
export interface Shown {
  key: string
  size: Size
  picture: ComponentChildren
}

/** One picture as it is, several in rows. */
export function Pictures({ all }: { all: readonly Shown[] }) {
  const [alone] = all
  if (alone && all.length === 1) {
    const { width, height } = bounded(alone.size)
    return (
      <div class="picture" style={{ '--width': width, '--height': height }}>
        {alone.picture}
      </div>
    )
  }
  return (
    <div class="pictures">
      {rowsOf(all).map((row) => (
        <div key={row[0]?.key} class="pictures-row">
          {row.map(({ key, size, picture }) => (
            <div key={key} class="picture" style={{ '--ratio': ratioOf(size) }}>
              {picture}
            </div>
          ))}
        </div>
      ))}
    </div>
  )
}
