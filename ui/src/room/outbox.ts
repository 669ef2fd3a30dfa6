import type { Memory } from '../transport/storage'
import { messageId } from './ids'
import type { Pending } from './state'

/**
 * What was typed here and isn't acknowledged. Each message is kept under a key of its own, so that two
 * tabs of one browser never overwrite each other's; a tab that opens takes over what it finds, which
 * may send a message twice, and the relay appends it once, because its id is the same.
 */
export class Outbox {
  private readonly items = new Map<string, Pending>()
  private readonly prefix: string

  constructor(
    private readonly memory: Memory,
    room: string,
  ) {
    this.prefix = `snug.outbox.${room}.`
    for (const key of memory.keys(this.prefix).sort()) {
      const item = read(memory.get(key))
      if (item && key === this.prefix + item.id) this.items.set(item.id, item)
    }
  }

  /** In the order they were typed. */
  get all(): Pending[] {
    return [...this.items.values()]
  }

  /** What is to be sent after each (re)connect: all but what the relay refused. */
  get unsent(): Pending[] {
    return this.all.filter((item) => item.failed === undefined)
  }

  add(text: string, at: number): Pending {
    const item = { id: messageId(at), text, at }
    this.keep(item)
    return item
  }

  /** It is in the log, or the person deleted it. */
  remove(id: string): void {
    this.items.delete(id)
    this.memory.remove(this.prefix + id)
  }

  /** The relay refused it: it stays until the person decides. */
  fail(id: string, reason: string): void {
    const item = this.items.get(id)
    if (item) this.keep({ ...item, failed: reason })
  }

  /** Try again, under the same id. */
  retry(id: string): Pending | null {
    const item = this.items.get(id)
    if (!item) return null
    const { failed: _, ...again } = item
    this.keep(again)
    return again
  }

  private keep(item: Pending): void {
    this.items.set(item.id, item)
    this.memory.set(this.prefix + item.id, JSON.stringify(item))
  }
}

function read(text: string | null): Pending | null {
  try {
    const item: unknown = JSON.parse(text ?? 'null')
    if (typeof item !== 'object' || item === null) return null
    const { id, text: said, at, failed } = item as Record<string, unknown>
    if (typeof id !== 'string' || typeof said !== 'string' || typeof at !== 'number') return null
    return { id, text: said, at, ...(typeof failed === 'string' ? { failed } : {}) }
  } catch {
    return null
  }
}
