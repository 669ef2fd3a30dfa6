import { signal } from '@preact/signals'
import { local } from '../transport/storage'

/** What of a room somebody wants to be told while looking elsewhere. */
export const CHOICES = ['all', 'mentions', 'none'] as const
export type Choice = (typeof CHOICES)[number]

const SOUND = 'snug.sound'
const keyOf = (room: string) => `snug.notify.${room}`

/** Moves when something is chosen here; the choices themselves are in the storage, for all tabs. */
const chosen = signal(0)

/** Everything, until something else is chosen: rooms are small, and opened to be talked in. */
export function choiceFor(room: string): Choice {
  chosen.value
  const stored = local.get(keyOf(room))
  return CHOICES.find((choice) => choice === stored) ?? 'all'
}

export function choose(room: string, choice: Choice): void {
  if (choice === 'all') local.remove(keyOf(room))
  else local.set(keyOf(room), choice)
  chosen.value += 1
}

/** Off until somebody wants it: one doesn't expect a page to make noises. */
export function hasSound(): boolean {
  chosen.value
  return local.get(SOUND) === 'on'
}

export function chooseSound(on: boolean): void {
  if (on) local.set(SOUND, 'on')
  else local.remove(SOUND)
  chosen.value += 1
}
