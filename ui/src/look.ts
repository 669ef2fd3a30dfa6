import { computed, effect, signal } from '@preact/signals'
import { local, whenChangedElsewhere } from './transport/storage'

/** Light or dark: the system's, or the person's own choice. */
export type ThemeChoice = 'system' | 'light' | 'dark'

const KEY = 'snug.theme'
const read = (stored: string | null): ThemeChoice =>
  stored === 'light' || stored === 'dark' ? stored : 'system'
const choice = signal(read(local.get(KEY)))

export const themeChoice = computed(() => choice.value)

export function chooseTheme(next: ThemeChoice): void {
  choice.value = next
  if (next === 'system') local.remove(KEY)
  else local.set(KEY, next)
}

/** A media query as a signal. */
export function media(query: string) {
  const list = matchMedia(query)
  const matches = signal(list.matches)
  list.addEventListener('change', () => {
    matches.value = list.matches
  })
  return computed(() => matches.value)
}

/** Wide enough to show the people beside the log. */
export const wide = media('(min-width: 900px)')

/** Keeps the document's theme, and the colour of the browser around it, in step; with other tabs, too. */
export function dressDocument(): void {
  whenChangedElsewhere(KEY, (stored) => {
    choice.value = read(stored)
  })
  const darkSystem = media('(prefers-color-scheme: dark)')
  effect(() => {
    const theme = choice.value === 'system' ? (darkSystem.value ? 'dark' : 'light') : choice.value
    document.documentElement.dataset.theme = theme
    const bar = document.querySelector('meta[name="theme-color"]')
    bar?.setAttribute('content', theme === 'dark' ? '#1d1917' : '#f8f6f3')
  })
}

/**
 * The part of the window that the keyboard leaves free. iOS lays its keyboard over the page and scrolls
 * the page behind it; the app follows the visible part instead.
 */
export function followKeyboard(): void {
  const viewport = window.visualViewport
  if (!viewport) return
  const follow = () => {
    // While someone zooms in with two fingers the layout stays as it is.
    if (viewport.scale > 1.01) return
    const { style } = document.documentElement
    style.setProperty('--visible-height', `${viewport.height}px`)
    style.setProperty('--visible-top', `${viewport.offsetTop}px`)
  }
  viewport.addEventListener('resize', follow)
  viewport.addEventListener('scroll', follow)
  follow()
}
