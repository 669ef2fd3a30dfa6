import type { Pending } from './state'

export interface DeliveryOptions {
  /** What waits to be acknowledged, in the order it was typed. */
  unsent: () => readonly Pending[]
  /** False when there is no room at the other end to send to. */
  send: (item: Pending) => boolean
  /** 0 to 1; spreads out those whose host is in the same trouble. */
  random?: () => number
}

/** While the host can't store anything, this long between one try and the next. */
const BACKOFF_MS = [2_000, 4_000, 8_000, 15_000, 30_000]

/**
 * Sends what waits, in the order it was typed. Usually all at once; while the host is in trouble one at a
 * time, so that a message it could take doesn't overtake one it couldn't.
 */
export class Delivery {
  private troubled = false
  /** While troubled: the one message that is on its way. */
  private probe: string | null = null
  private attempt = 0
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly options: DeliveryOptions) {}

  /** The room is open, and what was sent before may never have arrived. */
  welcomed(): void {
    if (this.troubled) this.next()
    else for (const item of this.options.unsent()) this.options.send(item)
  }

  /** Something was typed. While the host is in trouble it waits for its turn. */
  added(item: Pending): void {
    if (!this.troubled) this.options.send(item)
  }

  /** The person doesn't want to wait. What is on its way already isn't sent a second time for that. */
  again(item: Pending): void {
    if (!this.troubled) this.options.send(item)
    else if (this.probe === null) this.next()
  }

  /** The host couldn't take this one just now. */
  delayed(id: string): void {
    if (this.probe !== null && this.probe !== id) return
    this.troubled = true
    this.probe = null
    if (this.timer !== undefined) return
    const most = BACKOFF_MS[Math.min(this.attempt, BACKOFF_MS.length - 1)] ?? 30_000
    const random = this.options.random ?? Math.random
    this.attempt += 1
    this.timer = setTimeout(() => this.next(), most * (0.5 + random() / 2))
  }

  /** These need no sending any more: acknowledged, refused for good, or deleted. */
  settled(ids: Iterable<string>): void {
    if (!this.troubled) return
    for (const id of ids) if (id === this.probe) this.probe = null
    if (this.options.unsent().length === 0) this.calm()
    else if (this.probe === null && this.timer === undefined) this.next()
  }

  stop(): void {
    this.calm()
  }

  private next(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const item = this.options.unsent()[0]
    // Without a room to send to, the next welcome goes on from here.
    if (item) this.probe = this.options.send(item) ? item.id : null
    else this.calm()
  }

  private calm(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.troubled = false
    this.probe = null
    this.attempt = 0
  }
}
