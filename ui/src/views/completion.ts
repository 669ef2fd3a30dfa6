import { folded } from '../text/folded'

/** What stands before the caret and could be completed. */
export interface Asked {
  kind: 'emoji' | 'person'
  query: string
  /** Where it begins, its `:` or `@` included, and where it ends: at the caret. */
  from: number
  to: number
}

/** One thing to choose. */
export interface Choice {
  /** Put in the place of what was asked. */
  insert: string
  /** An emoji, or nothing. */
  sign: string
  label: string
  hint: string
}

/** As many as fit above a phone's keyboard without scrolling. */
export const MOST_CHOICES = 6

/** A colon that begins a word. One Korean syllable says enough, of Latin letters it takes two. */
const EMOJI = /(?:^|[^\p{L}\p{N}_:/@]):(\p{Script=Hangul}[\p{L}\p{N}_+-]{0,31}|[\p{L}\p{N}_+-]{2,32})$/u
/** Names may have spaces in them. */
const PERSON = /(?:^|[^\p{L}\p{N}_.@+-])@([^\n@]{0,40})$/u
const CLOSED = /(?:^|[^\p{L}\p{N}_:/@]):([a-z0-9_+-]{1,40}):$/u

export function askedAt(text: string, caret: number): Asked | null {
  const before = text.slice(Math.max(0, caret - 48), caret)
  const emoji = EMOJI.exec(before)?.[1]
  if (emoji !== undefined) {
    return { kind: 'emoji', query: emoji, from: caret - emoji.length - 1, to: caret }
  }
  const person = PERSON.exec(before)?.[1]
  if (person === undefined) return null
  return { kind: 'person', query: person, from: caret - person.length - 1, to: caret }
}

/** A shortcode that was typed to its end, before the caret. */
export function closedCodeAt(text: string, caret: number): string | null {
  return CLOSED.exec(text.slice(Math.max(0, caret - 48), caret))?.[1] ?? null
}

/** Those whose name, or a part of it, begins as asked; the first before the second. */
export function peopleFor(query: string, names: readonly string[]): Choice[] {
  const wanted = folded(query)
  const whole = names.filter((name) => folded(name).startsWith(wanted))
  const part = names.filter((name) => !whole.includes(name) && ` ${folded(name)}`.includes(` ${wanted}`))
  return [...whole, ...part]
    .slice(0, MOST_CHOICES)
    .map((name) => ({ insert: `@${name} `, sign: '', label: name, hint: '' }))
}
