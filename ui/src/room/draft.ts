import { batch, computed, type ReadonlySignal } from '@preact/signals'
import type { Memory } from '../transport/storage'
import { Kept, NOTHING, type Writing } from './kept'

/**
 * What is being written, kept through a reload. Other words for a message are written beside the draft,
 * which is there again when that is over.
 */
export class Draft {
  readonly writing: ReadonlySignal<Writing>
  private readonly message: Kept
  private readonly edits: Kept

  constructor(
    tab: Memory,
    local: Memory,
    private room: string,
  ) {
    this.message = new Kept(tab, local, keyOf('draft', room))
    this.edits = new Kept(tab, local, keyOf('edit', room))
    this.writing = computed(() => this.edits.writing.value ?? this.message.writing.value ?? NOTHING)
  }

  /** Whether a reload would lose some of it. */
  get perishable(): boolean {
    return this.message.perishable || this.edits.perishable
  }

  /** Becomes a room's, with what is typed already: whoever came by a bare address learns only then where to. */
  open(room: string): void {
    if (room === this.room) return
    const { text, reply } = this.writing.peek()
    batch(() => {
      this.message.handOver()
      this.edits.handOver()
      this.room = room
      this.message.open(keyOf('draft', room))
      this.edits.open(keyOf('edit', room))
      if (text === '' && reply === null) return
      this.edits.discard()
      const kept = this.message.writing.peek() ?? NOTHING
      this.message.keep({
        text: [kept.text, text].filter((it) => it !== '').join('\n'),
        reply: reply ?? kept.reply,
        editing: null,
      })
    })
  }

  write(text: string): void {
    const writing = this.writing.peek()
    const kept = writing.editing === null ? this.message : this.edits
    kept.keep({ ...writing, text })
  }

  /** From now on it is an answer, or none. */
  answer(reply: string | null): void {
    batch(() => {
      this.edits.discard()
      this.message.keep({ ...(this.message.writing.peek() ?? NOTHING), reply })
    })
  }

  /** Begins other words for a message, from those it has. */
  edit(editing: string, text: string): void {
    this.edits.keep({ text, reply: null, editing })
  }

  /** Leaves off editing, or answering. */
  cancel(): void {
    if (this.writing.peek().editing !== null) this.edits.discard()
    else this.answer(null)
  }

  /** Takes what was written, which is somebody else's to keep from now on. */
  take(): Writing {
    const taken = this.writing.peek()
    const kept = taken.editing === null ? this.message : this.edits
    kept.handOver()
    return taken
  }

  /** Another tab of this browser has stored something. */
  elsewhere(key: string | null, before: string | null, now: string | null): void {
    batch(() => {
      this.message.elsewhere(key, before, now)
      this.edits.elsewhere(key, before, now)
    })
  }
}

const keyOf = (kind: 'draft' | 'edit', room: string) => `snug.${kind}.${room}`
