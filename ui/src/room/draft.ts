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

const NOTHING: Writing = { text: '', reply: null, editing: null }

/**
 * What is being written, kept through a reload. Other words for a message are written beside the draft,
 * which is there again when that is over.
 */
export class Draft {
  readonly writing: ReadonlySignal<Writing>
  private readonly _writing = signal(NOTHING)
  /** What was being written before the editing began. */
  private aside: Writing | null = null

  constructor(
    private readonly memory: Memory,
    private room: string,
  ) {
    this.writing = this._writing
    this.readAll()
  }

  /** Becomes a room's, with what is typed already: whoever came by a bare address learns only then where to. */
  open(room: string): void {
    if (room === this.room) return
    const { text, reply } = this._writing.peek()
    this.memory.remove(this.key('draft'))
    this.memory.remove(this.key('edit'))
    this.room = room
    this.aside = null
    this.readAll()
    if (text === '' && reply === null) return
    if (this._writing.peek().editing !== null) this.endEditing()
    const kept = this._writing.peek()
    this.keep({
      text: [kept.text, text].filter((it) => it !== '').join('\n'),
      reply: reply ?? kept.reply,
      editing: null,
    })
  }

  write(text: string): void {
    this.keep({ ...this._writing.value, text })
  }

  /** From now on it is an answer, or none. */
  answer(reply: string | null): void {
    if (this._writing.value.editing !== null) this.endEditing()
    this.keep({ ...this._writing.value, reply })
  }

  /** Begins other words for a message, from those it has. */
  edit(editing: string, text: string): void {
    if (this._writing.value.editing === null) this.aside = this._writing.value
    this.keep({ text, reply: null, editing })
  }

  /** Leaves off editing, or answering. */
  cancel(): void {
    if (this._writing.value.editing !== null) this.endEditing()
    else this.keep({ ...this._writing.value, reply: null })
  }

  /** Takes what was written, which is somebody else's to keep from now on. */
  take(): Writing {
    const taken = this._writing.value
    if (taken.editing !== null) this.endEditing()
    else this.keep(NOTHING)
    return taken
  }

  private readAll(): void {
    const kept = this.read('draft')
    const edit = this.read('edit')
    if (edit?.editing) this.aside = kept
    this._writing.value = (edit?.editing ? edit : kept) ?? NOTHING
  }

  private endEditing(): void {
    this.memory.remove(this.key('edit'))
    this._writing.value = this.aside ?? NOTHING
    this.aside = null
  }

  private keep(writing: Writing): void {
    this._writing.value = writing
    const key = this.key(writing.editing === null ? 'draft' : 'edit')
    if (writing.text === '' && writing.reply === null && writing.editing === null) this.memory.remove(key)
    else this.memory.set(key, JSON.stringify(writing))
  }

  private key(kind: 'draft' | 'edit'): string {
    return `snug.${kind}.${this.room}`
  }

  private read(kind: 'draft' | 'edit'): Writing | null {
    try {
      const kept: unknown = JSON.parse(this.memory.get(this.key(kind)) ?? 'null')
      if (typeof kept !== 'object' || kept === null) return null
      const { text, reply, editing } = kept as Record<string, unknown>
      if (typeof text !== 'string') return null
      return { text, reply: asId(reply), editing: asId(editing) }
    } catch {
      return null
    }
  }
}

const asId = (value: unknown) => (typeof value === 'string' ? value : null)
