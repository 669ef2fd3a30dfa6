import { computed } from '@preact/signals'
import { type DoorWords, en } from './door.en'
import { ko } from './door.ko'
import { type Language, language } from './words'

const CATALOGUES: Record<Language, DoorWords> = { en, ko }

/** What is said of a room’s door and its keys. No part of the first picture: only what is loaded later imports it. */
export const doorWords = computed<DoorWords>(() => CATALOGUES[language.value])
