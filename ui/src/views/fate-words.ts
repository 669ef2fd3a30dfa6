import type { Pending } from '../room/state'
import { excerpt } from '../text/excerpt'
import { words } from '../words/words'

/** Why a message isn't in the log, and isn't on its way there by itself or not yet. */
export function fateText({ change, failed, held }: Pending): string {
  const w = words.value
  if (failed === undefined) {
    if (held === 'slow_mode') return w.notYetInTurn
    const troubles: Record<string, string> = w.troubles
    return w.notYet(troubles[held ?? ''] ?? w.troubles.log_failed)
  }
  const failures: Record<string, string> = w.failures
  const what = change ? w.notDone[change.kind] : w.notSent
  return `${what}: ${failures[failed] ?? w.failures.other}`
}

/** What became of messages, in sentences to be listened to: one for all that have the same fate, and which that are. */
export function messageNewsText(messages: readonly Pending[]): string {
  const alike = new Map<string, Pending[]>()
  for (const it of messages) alike.set(fateText(it), [...(alike.get(fateText(it)) ?? []), it])
  const sentences = [...alike].map(([fate, all]) => {
    const [only, another] = all
    const which = another || !only ? words.value.manyMessages(all.length) : excerpt(only.text)
    return which === '' ? fate : `${fate.replace(/[.]$/, '')}. ${which}`
  })
  return sentences.join('. ')
}
