import type { Memory } from '../transport/storage'
import { messageId, mintAfter } from './ids'
import { type Attached, type Change, isWhole, type Pending } from './state'

/** What another tab of this browser did with a message that this one waits for, too. */
export type Elsewhere =
  | { kind: 'acknowledged'; id: string; seq: number }
  | { kind: 'deleted'; id: string }
  | { kind: 'changed'; item: Pending }

/**
 * What was typed here and isn't acknowledged. Each message is kept under a key of its own, so that two
 * tabs of one browser never overwrite each other's; a tab takes over what it finds, which may send a
 * message twice, and the relay appends it once, because its id is the same.
 */
export class Outbox {
  private readonly items = new Map<string, Pending>()
  /** Of these, what the browser refused to store: a reload would lose it. */
  private readonly unstored = new Set<string>()
  private prefix = ''

  constructor(
    private readonly memory: Memory,
    room: string,
    /** For this page alone. */
    private readonly own: Memory,
  ) {
    this.open(room)
  }

  /** Becomes a room's, with what is typed already: whoever came by a bare address learns only then where to. */
  open(room: string): void {
    const prefix = `snug.outbox.${room}.`
    if (prefix === this.prefix) return
    for (const id of this.items.keys()) this.forget(id)
    this.prefix = prefix
    for (const item of this.items.values()) this.keep(item)
    this.takeOver()
  }

  /** In the order they were typed. */
  get all(): Pending[] {
    return [...this.items.values()].sort((one, other) => (one.id < other.id ? -1 : 1))
  }

  /** What is to be sent after each (re)connect: all but what was refused, and what isn't whole yet. */
  get unsent(): Pending[] {
    return this.all.filter((item) => item.failed === undefined && isWhole(item))
  }

  /** Whether some of it has files that only this page can send. */
  get unfinished(): boolean {
    return this.all.some((item) => item.failed === undefined && !isWhole(item))
  }

  /** Whether something waits here that a reload would lose. */
  get perishable(): boolean {
    return this.unstored.size > 0
  }

  add(text: string, at: number, more: Pick<Pending, 'reply' | 'change' | 'files'> = {}): Pending {
    const item = { id: messageId(at), text, at, ...more }
    this.keep(item)
    this.storeAgain()
    return item
  }

  /**
   * It is in the log, at this place or before. That is written down for a moment, so that other tabs show
   * it as sent instead of taking it for deleted.
   */
  settle(id: string, seq: number): void {
    const item = this.items.get(id)
    if (!item) return
    if (!this.unstored.has(id)) this.memory.set(this.prefix + id, JSON.stringify({ ...item, seq }))
    this.remove(id)
  }

  /** The person deleted it. */
  remove(id: string): void {
    this.items.delete(id)
    this.unstored.delete(id)
    this.forget(id)
    this.storeAgain()
  }

  /** The relay refused it: it stays until the person decides. */
  fail(id: string, reason: string): void {
    const item = this.items.get(id)
    if (item) this.keep({ ...item, failed: reason })
  }

  /** Try again, under the same id. */
  retry(id: string): Pending | null {
    return this.change(id, ({ failed: _, ...again }) => again)
  }

  /** The relay has one of its files, under this id. */
  uploaded(id: string, key: string, upload: string): Pending | null {
    return this.change(id, ({ files = [], ...item }) => ({
      ...item,
      files: files.map((it) => (it.key === key ? { ...it, upload } : it)),
    }))
  }

  /** The relay has lost its files: they have to be sent again. */
  unload(id: string): Pending | null {
    return this.change(id, ({ failed: _, files = [], ...item }) => ({
      ...item,
      files: files.map(({ upload: _, ...it }) => it),
    }))
  }

  /** Without those of its files. Null when nothing is left of it then. */
  detach(id: string, gone: (file: Attached) => boolean): Pending | null {
    const less = this.change(id, ({ files = [], ...item }) => {
      const left = files.filter((it) => !gone(it))
      return left.length > 0 ? { ...item, files: left } : item
    })
    if (!less || less.files || less.text.trim() !== '') return less
    this.remove(id)
    return null
  }

  private change(id: string, how: (item: Pending) => Pending): Pending | null {
    const item = this.items.get(id)
    if (!item) return null
    const changed = how(item)
    this.keep(changed)
    return changed
  }

  /** It was acknowledged, and by a log that is gone: it waits again. */
  putBack({ seq: _, failed: __, held: ___, ...item }: Pending): void {
    if (!this.items.has(item.id)) this.keep(item)
  }

  /** Takes over what is stored and not known here: of a tab that was closed before it could send it. */
  takeOver(): void {
    for (const key of this.memory.keys(this.prefix)) {
      const item = read(this.memory.get(key))
      if (!item || key !== this.prefix + item.id || this.items.has(item.id)) continue
      // What is typed from now on comes after it, even if the clock was set back meanwhile.
      mintAfter(item.id)
      if (item.seq === undefined) this.items.set(item.id, item)
      else this.memory.remove(key)
    }
    for (const key of this.own.keys(this.prefix)) {
      const item = read(this.own.get(key))
      if (!item || this.items.has(item.id)) continue
      mintAfter(item.id)
      // Of this page before it was loaded anew: what it had chosen to send can't be read any more.
      this.keep({ ...item, failed: 'files_lost' })
    }
  }

  /** What another tab's change to the storage means here; null when nothing. */
  elsewhere(key: string | null, value: string | null): Elsewhere | null {
    if (!key?.startsWith(this.prefix)) return null
    const id = key.slice(this.prefix.length)
    // What the other tab has just typed is that tab's to send, until it is closed.
    if (!this.items.has(id)) return null
    const item = read(value)
    if (item && item.seq === undefined) {
      this.items.set(id, item)
      return { kind: 'changed', item }
    }
    this.items.delete(id)
    this.unstored.delete(id)
    return item?.seq === undefined ? { kind: 'deleted', id } : { kind: 'acknowledged', id, seq: item.seq }
  }

  private keep(item: Pending): void {
    this.items.set(item.id, item)
    const key = this.prefix + item.id
    const [place, other] = isWhole(item) ? [this.memory, this.own] : [this.own, this.memory]
    other.remove(key)
    if (place.set(key, JSON.stringify(item))) this.unstored.delete(item.id)
    else this.unstored.add(item.id)
  }

  private forget(id: string): void {
    this.memory.remove(this.prefix + id)
    this.own.remove(this.prefix + id)
  }

  /** There may be room in the storage by now. */
  private storeAgain(): void {
    for (const id of this.unstored) {
      const item = this.items.get(id)
      if (item) this.keep(item)
    }
  }
}

function read(text: string | null): Pending | null {
  try {
    const item: unknown = JSON.parse(text ?? 'null')
    if (typeof item !== 'object' || item === null) return null
    const { id, text: said, at, failed, seq, reply, change, files } = item as Record<string, unknown>
    if (typeof id !== 'string' || typeof said !== 'string' || typeof at !== 'number') return null
    return {
      id,
      text: said,
      at,
      ...(typeof reply === 'string' ? { reply } : {}),
      ...(isChange(change) ? { change } : {}),
      ...(Array.isArray(files) ? { files: files.filter(isAttached) } : {}),
      ...(typeof failed === 'string' ? { failed } : {}),
      ...(typeof seq === 'number' ? { seq } : {}),
    }
  } catch {
    return null
  }
}

function isAttached(value: unknown): value is Attached {
  if (typeof value !== 'object' || value === null) return false
  const { key, upload, name, bytes, media } = value as Record<string, unknown>
  if (upload !== undefined && typeof upload !== 'string') return false
  return [key, name, media].every((it) => typeof it === 'string') && typeof bytes === 'number'
}

function isChange(value: unknown): value is Change {
  if (typeof value !== 'object' || value === null) return false
  const { kind, of, emoji, on } = value as Record<string, unknown>
  if (typeof of !== 'string') return false
  if (kind === 'reaction') return typeof emoji === 'string' && typeof on === 'boolean'
  return kind === 'edit' || kind === 'deletion'
}
