import { useEffect } from 'preact/hooks'

/** Ctrl or Cmd with F or K opens it; pressed again there, the browser's own does what it does. */
export function useSearchKeys(open: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return
      if (event.key !== 'f' && event.key !== 'k') return
      const there = document.querySelector<HTMLInputElement>('[data-testid="search-field"]')
      if (there && document.activeElement === there && event.key === 'f') return
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
