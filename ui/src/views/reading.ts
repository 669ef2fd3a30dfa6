import { type ReadonlySignal, signal } from '@preact/signals'
import { createContext } from 'preact'
import { Names } from '../text/mentions'
import type { OpenLink } from '../text/text'
import type { Files } from '../transport/files'
import type { Event } from '../wire.gen'

/** What one can do with the messages of a room. */
export interface Acts {
  /** Who one is there. */
  me: string | null
  /** Whether one may delete what others said. */
  host: boolean
  /** The message of that id as far as it is known here: null when it isn't there any more. */
  find: (id: string) => Event | null | undefined
  /** Finds out what a message says that isn't known here. */
  findQuoted: (id: string) => void
  /** What someone is called, or was. */
  nameOf: (member: string) => string
  /** Shows a message, wherever it is. */
  goTo: (id: string) => void
  answer: (event: Event) => void
  edit: (event: Event) => void
  remove: (event: Event) => void
  react: (event: Event, emoji: string, on: boolean) => void
  /** Shows who put which emoji to a message. */
  who: (event: Event) => void
  /** Looks at a message's picture, the one at this place among its files. */
  view: (event: Event, at: number) => void
  /** What to show the files of one's own message by until they have come back from the host. */
  previews: (id: string) => readonly (string | null)[]
  /** The link that leads to a message. */
  linkTo: (event: Event) => string
}

/** What every message of a log needs from the one who reads it. */
export interface Reading {
  /** Opens a link outside of the app; null in a browser. */
  openLink: ((url: string) => void) | null
  /** Opens a link, here where it leads to a message here. */
  follow: OpenLink
  /** Null outside of a room. */
  acts: Acts | null
  /** Whether it really is on the clipboard now. */
  copy: (text: string) => Promise<boolean>
  /** The room's files at the host. */
  files: ReadonlySignal<Files | null>
  /** Whether the host is there now. */
  online: ReadonlySignal<boolean>
  /** The people in the room, as they may be called. */
  names: ReadonlySignal<Names>
  /** The row the pointer is over. */
  pointed: ReadonlySignal<string | null>
  /** The row the focus is in. */
  focused: ReadonlySignal<string | null>
  /** The row that the Tab key stops at; the arrows go on from there. */
  stop: ReadonlySignal<string | null>
  /** The row that one went to, for a moment. */
  marked: ReadonlySignal<string | null>
  /** From here on the log stays where it is instead of following what comes. */
  hold: () => void
}

/** For what is shown outside of any log. */
export const NOT_READING: Reading = {
  openLink: null,
  follow: () => false,
  acts: null,
  copy: async () => false,
  files: signal(null),
  online: signal(false),
  names: signal(new Names([], null)),
  pointed: signal(null),
  focused: signal(null),
  stop: signal(null),
  marked: signal(null),
  hold: () => {},
}

export const Reading = createContext<Reading>(NOT_READING)
