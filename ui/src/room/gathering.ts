import type { Event } from '../wire.gen'

/** What comes faster than this is taken together: nobody can look at it one by one. */
const APART_MS = 50
/** A page in the background may wait for a minute before it is its turn. */
const MOST = 2_000

/** Events on their way into the state. The first one after a pause goes in at once. */
export class Gathering {
  private waiting: Event[] = []
  private timer: ReturnType<typeof setTimeout> | undefined
  private takenAt = Number.NEGATIVE_INFINITY

  constructor(private readonly take: (events: Event[]) => void) {}

  add(events: readonly Event[]): void {
    for (const event of events) this.waiting.push(event)
    const pause = performance.now() - this.takenAt
    if (pause >= APART_MS || this.waiting.length >= MOST) this.flush()
    else this.timer ??= setTimeout(() => this.flush(), APART_MS - pause)
  }

  /** Whatever has come so far goes in now: something else that came after it is about to. */
  flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.waiting.length === 0) return
    const events = this.waiting
    this.waiting = []
    this.takenAt = performance.now()
    this.take(events)
  }
}
