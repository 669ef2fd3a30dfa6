import type { Pending } from './state'

/** What comes together is told together. */
const GATHER_MS = 200

/**
 * Makes out what of all that happens to messages on their way is worth a sentence to somebody who doesn't see them:
 * each refusal, and once for each of them what holds it up, however often it is tried again. Not what waits already
 * when one begins to listen.
 */
export class MessageNews {
  /** The last fate of each, and what was told of it. */
  private readonly known = new Map<string, { failed: string | undefined; held: string | undefined }>()
  private readonly fresh = new Map<string, Pending>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private listening = false

  constructor(private readonly tell: (messages: readonly Pending[]) => void) {}

  /** All that wait, as they are now. */
  saw(pending: readonly Pending[]): void {
    const ids = new Set(pending.map(({ id }) => id))
    for (const id of this.known.keys()) if (!ids.has(id)) this.forget(id)
    for (const item of pending) this.look(item)
    this.listening = true
  }

  stop(): void {
    clearTimeout(this.timer)
  }

  private look(item: Pending): void {
    const { id, failed, held } = item
    const before = this.known.get(id)
    // Between two tries nothing holds it up; that is no end of the trouble.
    this.known.set(id, { failed, held: held ?? before?.held })
    if (!this.listening) return
    if (failed === undefined && held === undefined) this.fresh.delete(id)
    else if (failed !== before?.failed || (held !== undefined && held !== before?.held)) {
      this.fresh.set(id, item)
      this.timer ??= setTimeout(() => this.say(), GATHER_MS)
    }
  }

  private say(): void {
    this.timer = undefined
    const told = [...this.fresh.values()]
    this.fresh.clear()
    if (told.length > 0) this.tell(told)
  }

  private forget(id: string): void {
    this.known.delete(id)
    this.fresh.delete(id)
  }
}
