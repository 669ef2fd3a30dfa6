import { computed, signal } from '@preact/signals'
import type { Block } from './markdown'
import { isPlain, plain } from './plain'

type Read = (text: string) => Block[]

const reader = signal<Read | null>(null)
let loading = false

/** Loads what knows Markdown, before somebody uses any: it is a fifth of the page's script. */
export function warmReader(): void {
  if (loading) return
  loading = true
  import('./markdown').then(
    ({ read }) => {
      reader.value = read
    },
    () => {
      // The host is out of reach: the next message asks again, and this one is shown as it was typed.
      loading = false
    },
  )
}

/**
 * Reads what is said. Plain text is read at once; until what knows Markdown is there, the rest reads as it was
 * typed. Another function from then on, so that what was read with the first is read anew.
 */
export const readerOf = computed<Read>(() => {
  const markdown = reader.value
  return (text) => {
    if (isPlain(text)) return plain(text)
    if (markdown) return markdown(text)
    warmReader()
    return plain(text)
  }
})
