import { useEffect } from 'preact/hooks'

type Pressed = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'isComposing'
>

/** Which of the keys that open the search was pressed, if one was. */
export function searchKey(event: Pressed): 'f' | 'k' | null {
  const { key, code, ctrlKey, metaKey, altKey, shiftKey, isComposing } = event
  if (!(ctrlKey || metaKey) || altKey || shiftKey || isComposing) return null
  // Under Caps Lock it is F, and on a keyboard of other letters, the Korean one's ㄹ, only its place tells.
  const letter = /^[a-z]$/i.test(key) ? key.toLowerCase() : code.replace(/^Key/, '').toLowerCase()
  return letter === 'f' || letter === 'k' ? letter : null
}

/** The keys, as this system's keyboards name them. */
export const searchKeys = (platform = navigator.platform) => (/^(Mac|iP)/.test(platform) ? '⌘F' : 'Ctrl+F')

/** Ctrl or Cmd with F or K opens it; pressed again there, the browser's own does what it does. */
export function useSearchKeys(open: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const key = searchKey(event)
      if (key === null) return
      const there = document.querySelector<HTMLInputElement>('[data-testid="search-field"]')
      if (there && document.activeElement === there && key === 'f') return
      // Whatever is open asks something first.
      if (!there && document.querySelector('dialog[open]')) return
      event.preventDefault()
      if (there) there.select()
      else open()
      there?.focus()
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [open])
}
