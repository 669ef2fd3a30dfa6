import { type ReadonlySignal, signal } from '@preact/signals'
import type { Memory } from '../transport/storage'

/** What one is writing in a room: a message, perhaps an answer to another, or other words for one. */
export interface Writing {
  text: string
  /** The id of the message it answers. */
  reply: string | null
  /** The id of the message it is other words for. */
  editing: string | null
}

export const NOTHING: Writing = { text: '', reply: null, editing: null }

/**
 * One thing that is being written, kept by its tab through a reload. A copy of it that all tabs of this browser share is
 * there for the next visit, and holds what was written last in any of them.
 *
 * A tab that has none finds that copy. Whether the tab that wrote it is still open, it learns by asking, in the copy
 * itself, where every other tab is told of it: whoever shows the same answers by writing it once more, and the finder
 * lets go of what it hasn't touched. Where nobody answers it stays: shown twice is better than lost.
 */
export class Kept {
  readonly writing: ReadonlySignal<Writing | null>
  private readonly _writing = signal<Writing | null>(null)
  /** Of an earlier visit, or of another tab, and not touched here. */
  private found = false
  private stored = true

  constructor(
    private readonly tab: Memory,
    private readonly local: Memory,
    private key: string,
  ) {
    this.writing = this._writing
    this.open(key)
  }

  /** Shows what is kept under this name. */
  open(key: string): void {
    this.key = key
    const own = read(this.tab.get(key))
    const copy = own === null ? read(this.local.get(key)) : null
    this.found = copy !== null
    this._writing.value = own ?? copy
    this.stored = true
    if (own) this.stored = this.tab.set(key, JSON.stringify(own))
    // Other each time, or nobody would be told.
    if (copy) this.stored = this.local.set(key, JSON.stringify({ ...copy, asked: Math.random() }))
  }

  /** Whether a reload would lose words. */
  get perishable(): boolean {
    return !this.stored && this._writing.peek()?.text.trim() !== ''
  }

  keep(writing: Writing): void {
    if (writing.text === '' && writing.reply === null && writing.editing === null) {
      this.discard()
      return
    }
    this._writing.value = writing
    this.found = false
    const text = JSON.stringify(writing)
    const here = this.tab.set(this.key, text)
    // A reload would find what was written before.
    if (!here) this.tab.remove(this.key)
    this.stored = this.local.set(this.key, text) || here
  }

  /** It is somebody else's to keep from now on. Other tabs that show it take it for said when it is gone at once. */
  handOver(): void {
    if (this.isCopied) this.local.remove(this.key)
    this.letGo()
  }

  /** Nobody wants it any more, here. Other tabs that show it keep it. */
  discard(): void {
    if (this.isCopied) {
      this.local.set(this.key, JSON.stringify(NOTHING))
      this.local.remove(this.key)
    }
    this.letGo()
  }

  /** Another tab has changed the copy. */
  elsewhere(key: string | null, before: string | null, now: string | null): void {
    const writing = this._writing.peek()
    if (key !== this.key || writing === null) return
    const copy = read(now)
    if (copy === null) {
      // It was said there; or another one was, and this one is all there is.
      if (same(read(before), writing)) this.letGo()
      else this.keep(writing)
    } else if (same(copy, writing)) {
      if (isQuestion(now)) this.keep(writing)
      else if (this.found) this.letGo()
    } else if (this.found) {
      // The next visit won't find it there.
      this.found = !this.tab.set(this.key, JSON.stringify(writing))
    }
  }

  /** Whether the copy is of this. */
  private get isCopied(): boolean {
    return same(read(this.local.get(this.key)), this._writing.peek())
  }

  private letGo(): void {
    this.tab.remove(this.key)
    this.found = false
    this.stored = true
    this._writing.value = null
  }
}

const same = (one: Writing | null, other: Writing | null) =>
  one !== null && one.text === other?.text && one.reply === other.reply && one.editing === other.editing

function parsed(text: string | null): Record<string, unknown> {
  try {
    const kept: unknown = JSON.parse(text ?? 'null')
    return typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Null for what is none. */
function read(stored: string | null): Writing | null {
  const { text, reply, editing } = parsed(stored)
  return typeof text === 'string' ? { text, reply: asId(reply), editing: asId(editing) } : null
}

const isQuestion = (stored: string | null) => parsed(stored).asked !== undefined

const asId = (value: unknown) => (typeof value === 'string' ? value : null)
