import { computed } from '@preact/signals'
import { language, locale, words } from './words'

const DAY_MS = 86_400_000

const formats = computed(() => ({
  time: new Intl.DateTimeFormat(locale.value, { timeStyle: 'short' }),
  full: new Intl.DateTimeFormat(locale.value, { dateStyle: 'full', timeStyle: 'short' }),
  day: new Intl.DateTimeFormat(locale.value, { weekday: 'long', month: 'long', day: 'numeric' }),
  dayOfYear: new Intl.DateTimeFormat(locale.value, {
    weekday: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
  }),
  short: new Intl.DateTimeFormat(locale.value, { month: 'short', day: 'numeric' }),
  list: new Intl.ListFormat(locale.value, { type: 'conjunction' }),
}))

/** "2:05 PM" */
export function clock(at: number): string {
  // Newer Unicode data writes Korean times as "PM 2:05", which nobody does.
  const noon = words.value.noon[new Date(at).getHours() < 12 ? 0 : 1]
  return formats.value.time
    .formatToParts(at)
    .map((part) => (part.type === 'dayPeriod' && language.value === 'ko' ? noon : part.value))
    .join('')
}

/** "2:05", where there is little room. */
export function shortClock(at: number): string {
  const parts = formats.value.time.formatToParts(at)
  const from = parts.findIndex((part) => part.type === 'hour')
  const to = parts.findIndex((part) => part.type === 'minute')
  return parts
    .slice(from, to + 1)
    .map((part) => part.value)
    .join('')
}

/** Day and time, for the tooltip of a time. */
export const fully = (at: number) => formats.value.full.format(at)

/** A number that is the same for moments of the same day here. */
export function dayOf(at: number): number {
  const date = new Date(at)
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY_MS
}

/** "Today", "Yesterday", "Monday, March 3". */
export function dayName(at: number, now: number): string {
  const ago = dayOf(now) - dayOf(at)
  if (ago === 0) return words.value.today
  if (ago === 1) return words.value.yesterday
  const thisYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return (thisYear ? formats.value.day : formats.value.dayOfYear).format(at)
}

/** "Today", "Yesterday", "3 Mar": for lists. */
export function shortDay(at: number, now: number): string {
  return dayOf(now) - dayOf(at) <= 1 ? dayName(at, now) : formats.value.short.format(at)
}

/** "2:05 PM" today, "3 Mar 2:05 PM" otherwise: when something ends. */
export function shortTime(at: number, now: number): string {
  return dayOf(at) === dayOf(now) ? clock(at) : `${formats.value.short.format(at)} ${clock(at)}`
}

/** "Mina, Jun and 3 others": at most `named` by name, and `unnamed` more whose names aren't known. */
export function nameList(names: readonly string[], named = 2, unnamed = 0): string {
  const few = unnamed === 0 && names.length <= named + 1
  const shown = few ? names : names.slice(0, named)
  const rest = unnamed + names.length - shown.length
  if (names.length === 0 && rest > 0) return words.value.somePeople(rest)
  const others = rest > 0 ? [words.value.othersCount(rest)] : []
  // Korean counts the rest behind the names without an "and"; what Intl puts between two is the language of offices.
  if (language.value === 'ko') return [shown.join(', '), ...others].join(' ')
  return formats.value.list.format([...shown, ...others])
}
