/** How often it is said again. The relay believes it for twice as long. */
const AGAIN_MS = 3_000

/** What the others are told of somebody's writing: that it goes on, and that it has ended. */
export class Typing {
  /** When it was last said; null while nobody believes it. */
  private saidAt: number | null = null

  constructor(
    private readonly tell: (on: boolean) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Something was written or deleted; this is what there is now. */
  wrote(text: string): void {
    if (text.trim() === '') {
      if (this.saidAt !== null) this.tell(false)
      this.saidAt = null
      return
    }
    const now = this.now()
    if (this.saidAt !== null && now - this.saidAt < AGAIN_MS) return
    this.saidAt = now
    this.tell(true)
  }

  /** It was sent, which ends it by itself. */
  sent(): void {
    this.saidAt = null
  }
}
