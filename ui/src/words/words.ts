import { computed, effect, signal } from '@preact/signals'
import { local, whenChangedElsewhere } from '../transport/storage'
import type { Words } from './en'

export type Language = 'en' | 'ko'
export type LanguageChoice = Language | 'system'

/** Each language under its own name, so that whoever needs it can read it. */
export const LANGUAGES: Record<Language, string> = { en: 'English', ko: '한국어' }

/** Only one of them is ever needed at a time. */
const CATALOGUES: Record<Language, () => Promise<Words>> = {
  en: () => import('./en').then(({ en }) => en),
  ko: () => import('./ko').then(({ ko }) => ko),
}
/** For when not even its words could be loaded. */
const UNEXPECTED: Record<Language, string> = {
  en: 'Snug couldn’t start. Close the window and open it again.',
  ko: 'Snug를 시작하지 못했어요. 창을 닫고 다시 열어 주세요.',
}
const KEY = 'snug.language'

const isLanguage = (text: string | null): text is Language => text === 'en' || text === 'ko'

const read = (stored: string | null): LanguageChoice => (isLanguage(stored) ? stored : 'system')
const choice = signal(read(local.get(KEY)))

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

const wanted = computed<Language>(() => (choice.value === 'system' ? systemLanguage() : choice.value))
const loaded = signal<{ language: Language; words: Words } | null>(null)

export const languageChoice = computed(() => choice.value)
/** The language of what is on screen: another that was chosen is so only once its words are there. */
export const language = computed<Language>(() => loaded.value?.language ?? wanted.value)

/** For Intl: the person's own variety of the language, since dates differ between en-GB and en-US. */
export const locale = computed(
  () => preferred().find((tag) => tag.toLowerCase().startsWith(language.value)) ?? language.value,
)

/** Nothing is shown before `loadWords` has them. */
export const words = computed<Words>(() => {
  if (!loaded.value) throw new Error('there are no words yet')
  return loaded.value.words
})

export const unexpected = () => UNEXPECTED[wanted.value]

/** The words of the language that is wanted. Fails where they can't be had: the old ones stay. */
export async function loadWords(): Promise<void> {
  const language = wanted.value
  if (loaded.value?.language === language) return
  const words = await CATALOGUES[language]()
  // Somebody may have chosen again meanwhile.
  if (language === wanted.value) loaded.value = { language, words }
}

/** Done when its words are on screen; where they can't be had just now, they will be on the next visit. */
export async function chooseLanguage(next: LanguageChoice): Promise<void> {
  if (next === 'system') local.remove(KEY)
  else local.set(KEY, next)
  await speak(next)
}

async function speak(next: LanguageChoice): Promise<void> {
  choice.value = next
  await loadWords().catch(() => {})
}

/** Keeps the document's language in step, for screen readers, hyphens and fonts; and with other tabs. */
export function tellDocument(): void {
  whenChangedElsewhere(KEY, (stored) => void speak(read(stored)))
  effect(() => {
    document.documentElement.lang = language.value
  })
}
