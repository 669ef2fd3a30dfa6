import { useLayoutEffect, useRef } from 'preact/hooks'

/** What this needs of a window: its history, and word of moves in it. */
export interface Past {
  push: (depth: number) => void
  go: (steps: number) => void
}

/**
 * A phone's back button closes what was opened last, instead of leaving the room. Whatever is open has an entry of
 * its own in the browser's history, marked with how many there are up to it.
 */
export class Back {
  /** What is open, the last one on top. */
  private readonly open: { close: () => void }[] = []
  /** Entries without anything open are on their way out: browsers take a moment for that. */
  private going = false

  constructor(
    private readonly past: Past,
    /** How many entries there are for it; some from the start where the page was loaded anew. */
    private entries = 0,
  ) {}

  /** Opens something; what this returns is called when it is closed, by whatever means. */
  opens(close: () => void): () => void {
    const it = { close }
    this.open.push(it)
    this.settle()
    return () => {
      const at = this.open.indexOf(it)
      if (at >= 0) this.open.splice(at, 1)
      // Often something else opens in its place, which can have its entry.
      queueMicrotask(() => this.settle())
    }
  }

  /** The browser has gone to an entry marked so; one that isn't ours is marked with 0. */
  moved(depth: number): void {
    this.entries = depth
    if (this.going) this.going = false
    else for (const { close } of this.open.slice(depth).reverse()) close()
    // What wasn't closed by that needs an entry again, and an entry gone forward to has nothing to show.
    setTimeout(() => this.settle())
  }

  private settle(): void {
    if (this.going) return
    while (this.entries < this.open.length) this.past.push(++this.entries)
    if (this.entries > this.open.length) {
      this.going = true
      this.past.go(this.open.length - this.entries)
    }
  }
}

let shared: Back | null = null

function back(): Back {
  if (shared) return shared
  const past: Past = { push: (depth) => history.pushState({ depth }, ''), go: (steps) => history.go(steps) }
  const made = new Back(past, depthOf(history.state))
  addEventListener('popstate', ({ state }) => made.moved(depthOf(state)))
  shared = made
  return made
}

const depthOf = (state: { depth?: unknown } | null) => Number(state?.depth ?? 0)

/** Lets the back button close it, for as long as it is there. */
export function useBackButton(close: () => void): void {
  const latest = useRef(close)
  latest.current = close
  // With what is drawn: one that opens in another's place takes its entry over.
  useLayoutEffect(() => back().opens(() => latest.current()), [])
}
