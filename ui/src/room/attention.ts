/** After a page was hidden for this long its person is away: looking something up in another tab isn't that. */
const HIDDEN_MS = 30_000
/** And after this long without a key, a touch or a movement of the pointer. */
const IDLE_MS = 5 * 60_000

const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const

/** Whether anybody looks at this page, told when it changes and again to every new connection. */
export class Attention {
  private away = false
  private timer: ReturnType<typeof setTimeout> | undefined
  /** When somebody was last seen to be here. */
  private seenAt = 0

  constructor(private readonly tell: (away: boolean) => void) {}

  start(): void {
    document.addEventListener('visibilitychange', this.looked)
    for (const sign of SIGNS) addEventListener(sign, this.moved, { passive: true, capture: true })
    this.looked()
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.looked)
    for (const sign of SIGNS) removeEventListener(sign, this.moved, { capture: true })
    clearTimeout(this.timer)
  }

  /** The relay takes whoever comes to be here. */
  welcomed(): void {
    if (this.away) this.tell(true)
  }

  private readonly looked = () => {
    if (!document.hidden) return this.moved()
    this.expectAway(HIDDEN_MS)
  }

  private readonly moved = () => {
    if (document.hidden) return
    this.seenAt = Date.now()
    if (this.away) this.set(false)
    // One timer for all that moves: it looks by itself how long ago that was.
    if (this.timer === undefined) this.expectAway(IDLE_MS)
  }

  private expectAway(wait: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.timer = undefined
      const idle = Date.now() - this.seenAt
      if (document.hidden || idle >= IDLE_MS) this.set(true)
      else this.expectAway(IDLE_MS - idle)
    }, wait)
  }

  private set(away: boolean): void {
    if (this.away === away) return
    this.away = away
    this.tell(away)
  }
}
