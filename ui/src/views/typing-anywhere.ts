import { useEffect } from 'preact/hooks'
import { replaceIn } from './completing'

type Pressed = Pick<
  KeyboardEvent,
  'key' | 'keyCode' | 'ctrlKey' | 'altKey' | 'metaKey' | 'isComposing' | 'defaultPrevented'
>

interface Page {
  activeElement: { matches: (selectors: string) => boolean } | null
  querySelector: (selectors: string) => unknown
}

/** Whatever takes keys itself. */
const FIELDS = 'input, textarea, select, [contenteditable]'

/** What begins to write without writing anything yet: an input method, an accent that waits for its letter. */
const BEGINNINGS = ['Process', 'Dead']

/** Whether the key writes something, wherever that may go. A space presses buttons and turns pages. */
export function writes(event: Pressed): boolean {
  const { key, keyCode, ctrlKey, altKey, metaKey, isComposing, defaultPrevented } = event
  if (ctrlKey || altKey || metaKey || isComposing || defaultPrevented) return false
  if (keyCode === 229 || BEGINNINGS.includes(key)) return true
  return [...key].length === 1 && key.trim() !== ''
}

/** Whether what is typed now would be lost: no field has the focus, and nothing is open that asks something first. */
export const isAstray = (page: Page) =>
  !page.activeElement?.matches(FIELDS) && !page.querySelector('dialog[open]')

/** Takes the focus while a key goes down: what the key writes arrives where the focus is by then. */
export function typeInto(field: HTMLInputElement | HTMLTextAreaElement | null): void {
  field?.focus()
  field?.setSelectionRange(field.value.length, field.value.length)
}

const composer = () => document.querySelector<HTMLTextAreaElement>('.composer textarea')

/** Whoever types without having gone to a field means the one for messages. */
export function useTypingAnywhere(): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (writes(event) && isAstray(document)) typeInto(composer())
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [])
}

/** The same for text that is pasted. */
export function pasteAnywhere(event: ClipboardEvent): void {
  const text = event.clipboardData?.getData('text/plain') ?? ''
  const field = composer()
  if (text === '' || !field || event.defaultPrevented || !isAstray(document)) return
  event.preventDefault()
  replaceIn(field, field.selectionStart, field.selectionEnd, text)
}
