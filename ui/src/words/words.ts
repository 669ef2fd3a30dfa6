import { computed, effect, signal } from '@preact/signals'
import { local } from '../transport/storage'
import { en, type Words } from './en'
import { ko } from './ko'

export type Language = 'en' | 'ko'
export type LanguageChoice = Language | 'system'

/** Each language under its own name, so that whoever needs it can read it. */
export const LANGUAGES: Record<Language, string> = { en: 'English', ko: '한국어' }

const CATALOGUES: Record<Language, Words> = { en, ko }
const KEY = 'snug.language'

const isLanguage = (text: string | null): text is Language => text === 'en' || text === 'ko'

const stored = local.get(KEY)
const choice = signal<LanguageChoice>(isLanguage(stored) ? stored : 'system')

/** What the person reads, best first. */
const preferred = (): readonly string[] => globalThis.navigator?.languages ?? []

/** The first of the system's languages that there is a catalogue for. */
function systemLanguage(): Language {
  for (const tag of preferred()) {
    const language = tag.slice(0, 2).toLowerCase()
    if (isLanguage(language)) return language
  }
  return 'en'
}

export const languageChoice = computed(() => choice.value)
export const language = computed<Language>(() =>
  choice.value === 'system' ? systemLanguage() : choice.value,
)

/** For Intl: the person's own variety of the language, since dates differ between en-GB and en-US. */
export const locale = computed(
  () => preferred().find((tag) => tag.toLowerCase().startsWith(language.value)) ?? language.value,
)

export const words = computed<Words>(() => CATALOGUES[language.value])

export function chooseLanguage(next: LanguageChoice): void {
  choice.value = next
  if (next === 'system') local.remove(KEY)
  else local.set(KEY, next)
}

/** Keeps the document's language in step, for screen readers, hyphens and fonts. */
export function tellDocument(): void {
  effect(() => {
    document.documentElement.lang = language.value
  })
}
