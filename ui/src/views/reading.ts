import { type ReadonlySignal, signal } from '@preact/signals'
import { createContext } from 'preact'
import { Names } from '../text/mentions'
import type { OpenLink } from '../text/text'

/** What every message of a log needs from the one who reads it. */
export interface Reading {
  openLink: OpenLink
  /** Whether it really is on the clipboard now. */
  copy: (text: string) => Promise<boolean>
  /** The people in the room, as they may be called. */
  names: ReadonlySignal<Names>
  /** The row the pointer is over. */
  pointed: ReadonlySignal<string | null>
  /** The row the focus is in. */
  focused: ReadonlySignal<string | null>
  /** The row that the Tab key stops at; the arrows go on from there. */
  stop: ReadonlySignal<string | null>
  /** From here on the log stays where it is instead of following what comes. */
  hold: () => void
}

export const Reading = createContext<Reading>({
  openLink: null,
  copy: async () => false,
  names: signal(new Names([], null)),
  pointed: signal(null),
  focused: signal(null),
  stop: signal(null),
  hold: () => {},
})
