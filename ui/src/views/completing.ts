import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { language } from '../words/words'
import { type Asked, askedAt, type Choice, closedCodeAt, MOST_CHOICES, peopleFor } from './completion'

type EmojiModule = typeof import('../emoji/emoji')

export interface Completing {
  choices: readonly Choice[]
  /** Which of them Enter takes. */
  chosen: number
  /** The text or the caret has changed. */
  look: () => void
  choose: (at: number) => void
  /** Puts the choice in its place. */
  pick: (at: number) => void
  /** For good: it doesn't open again for the same word. */
  close: () => void
  /** Until the field is come back to. */
  hide: () => void
  /** True when the key was one for the list. */
  key: (event: KeyboardEvent) => boolean
}

interface Open {
  asked: Asked
  choices: Choice[]
  chosen: number
}

/** Puts text in place of a part of the field's, in a way that Undo takes back. */
export function replaceIn(field: HTMLTextAreaElement, from: number, to: number, text: string): void {
  field.focus()
  field.setSelectionRange(from, to)
  if (document.execCommand('insertText', false, text)) return
  field.setRangeText(text, from, to, 'end')
  field.dispatchEvent(new InputEvent('input', { bubbles: true }))
}

/** Completion of `:emoji` and `@people` in a field. What there is to choose from is loaded when asked for. */
export function useCompleting(
  area: RefObject<HTMLTextAreaElement | null>,
  people: () => readonly string[],
): Completing {
  const [open, setOpen] = useState<Open | null>(null)
  /** The same, for events that come before it is rendered. */
  const now = useRef<Open | null>(null)
  const emoji = useRef<EmojiModule | null>(null)
  /** Where the last list was closed or picked from: it doesn't open again for the same word. */
  const closed = useRef<number | null>(null)
  const gone = useRef(false)
  useEffect(
    () => () => {
      gone.current = true
    },
    [],
  )

  const show = (next: Open | null) => {
    now.current = next
    setOpen(next)
  }

  const load = () =>
    import('../emoji/emoji').then(
      (loaded) => {
        emoji.current = loaded
        if (!gone.current) look()
      },
      () => {}, // The host is out of reach: then it is typed out.
    )

  const choicesFor = (asked: Asked): Choice[] => {
    if (asked.kind === 'person') return peopleFor(asked.query, people())
    if (!emoji.current) {
      load()
      return []
    }
    return emoji.current.search(asked.query, MOST_CHOICES).map((it) => ({
      insert: `${it.emoji} `,
      sign: it.emoji,
      label: `:${it.codes[0]}:`,
      hint: it.names[language.value],
    }))
  }

  const look = () => {
    const field = area.current
    if (!field) return
    const { value, selectionStart, selectionEnd } = field
    const code = selectionStart === selectionEnd ? closedCodeAt(value, selectionStart) : null
    const whole = code === null ? null : (emoji.current?.emojiOf(code) ?? null)
    if (code !== null && whole !== null) {
      replaceIn(field, selectionStart - code.length - 2, selectionStart, whole)
      return
    }
    const asked = selectionStart === selectionEnd ? askedAt(value, selectionStart) : null
    if (asked?.from !== closed.current) closed.current = null
    if (!asked || closed.current !== null) {
      show(null)
      return
    }
    const choices = choicesFor(asked)
    const same = now.current?.asked.from === asked.from && now.current.asked.query === asked.query
    show(choices.length > 0 ? { asked, choices, chosen: same ? (now.current?.chosen ?? 0) : 0 } : null)
  }

  const close = () => {
    if (now.current) closed.current = now.current.asked.from
    show(null)
  }

  const pick = (at: number) => {
    const choice = now.current?.choices[at]
    if (!now.current || !choice || !area.current) return
    const { from, to } = now.current.asked
    close()
    replaceIn(area.current, from, to, choice.insert)
  }

  const choose = (at: number) => {
    const { current } = now
    if (current) show({ ...current, chosen: (at + current.choices.length) % current.choices.length })
  }

  const key = (event: KeyboardEvent): boolean => {
    const { current } = now
    if (!current || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return false
    switch (event.key) {
      case 'ArrowDown':
        choose(current.chosen + 1)
        break
      case 'ArrowUp':
        choose(current.chosen - 1)
        break
      case 'Enter':
      case 'Tab':
        pick(current.chosen)
        break
      case 'Escape':
        close()
        break
      default:
        return false
    }
    event.preventDefault()
    return true
  }

  return {
    choices: open?.choices ?? [],
    chosen: open?.chosen ?? 0,
    look,
    choose,
    pick,
    close,
    hide: () => show(null),
    key,
  }
}
