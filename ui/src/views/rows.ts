import { signal } from '@preact/signals'
import { toComposer } from './focus'

const KEYS: Record<string, (rows: HTMLElement[], at: number) => HTMLElement | undefined> = {
  ArrowUp: (rows, at) => rows[Math.max(0, at - 1)],
  ArrowDown: (rows, at) => rows[at + 1],
  Home: (rows) => rows[0],
  End: (rows) => rows.at(-1),
}

/** Which message the pointer and the focus are at, told by the log's events alone: there may be hundreds. */
export class Rows {
  readonly pointed = signal<string | null>(null)
  readonly focused = signal<string | null>(null)
  readonly stop = signal<string | null>(null)
  /** The row that had the focus, or whose button had it, before the rows changed. */
  private had: string | null = null

  readonly pointerOver = ({ target, pointerType }: PointerEvent) => {
    if (pointerType !== 'touch') this.pointed.value = keyOf(rowOf(target))
  }

  readonly pointerLeave = () => {
    this.pointed.value = null
  }

  /** A tap is how a finger points. Taps on links and buttons, and those that select, are something else. */
  readonly click = ({ target }: MouseEvent) => {
    if (target instanceof Element && target.closest('a, button')) return
    if (getSelection()?.isCollapsed !== false) rowOf(target)?.focus({ preventScroll: true })
  }

  readonly focusIn = ({ target }: FocusEvent) => {
    const key = keyOf(rowOf(target))
    this.focused.value = key
    if (key !== null) this.stop.value = key
  }

  readonly focusOut = ({ target, relatedTarget }: FocusEvent) => {
    if (relatedTarget === null && target instanceof Element && target.closest('dialog')) {
      // A dialog that a tool of the row had opened: it gives the focus back in a moment, if the tool is still there.
      requestAnimationFrame(() => {
        this.focused.value = keyOf(rowOf(document.activeElement))
      })
      return
    }
    this.focused.value = keyOf(rowOf(relatedTarget))
  }

  readonly keyDown = (event: KeyboardEvent) => {
    const row = rowOf(event.target)
    if (!row) return
    if (event.key === 'Escape') {
      // First out of what is in the message, then back to where one types.
      if (event.target === row) toComposer()
      else row.focus()
      return
    }
    if (event.target !== row || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    const log = event.currentTarget
    const next = KEYS[event.key]
    if (!next || !(log instanceof HTMLElement)) return
    const rows = messagesIn(log)
    const wanted = next(rows, rows.indexOf(row))
    event.preventDefault()
    wanted?.focus()
  }

  /** Before the rows change: another one may come in the place of the one that has the focus. */
  note(): void {
    const { activeElement: it } = document
    const row = rowOf(it)
    // A pointer that has pressed a button which is gone then needs no focus.
    this.had = row === it || it?.matches(':focus-visible') ? keyOf(row) : null
  }

  /** After the rows have changed: Tab has to find one that is there, the newest unless one was chosen. */
  settle(log: HTMLElement): void {
    const rows = messagesIn(log)
    const { activeElement } = document
    // A message that is sent now, or a button of it that is gone: the keyboard would begin anew.
    if (this.had !== null && (activeElement === null || activeElement === document.body)) {
      rows.find((row) => keyOf(row) === this.had)?.focus({ preventScroll: true })
    }
    this.had = null
    if (this.focused.peek() !== null && rows.some((row) => keyOf(row) === this.stop.peek())) return
    this.stop.value = keyOf(rows.at(-1) ?? null)
  }
}

const messagesIn = (log: HTMLElement) => [...log.querySelectorAll<HTMLElement>('.message')]

const rowOf = (target: EventTarget | null) =>
  target instanceof Element ? target.closest<HTMLElement>('.message') : null

const keyOf = (row: HTMLElement | null) => row?.dataset.key ?? null
