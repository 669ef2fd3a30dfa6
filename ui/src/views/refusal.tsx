import type { ComponentChildren } from 'preact'
import { words } from '../words/words'
import { named } from './called'
import { Mark } from './mark'

interface RefusalProps {
  /** The relay's or the shell's code. */
  reason: string | null
  keepsTrying: boolean
  /** Whose decision it was, where the relay said so. */
  by?: string | undefined
  /** Where somebody answered who couldn't prove to be the host. */
  at?: string | null
  children: ComponentChildren
}

/** Why one isn't in, in words, and what one can do. */
export function Refusal({ reason, keepsTrying, by, at, children }: RefusalProps) {
  const w = words.value
  const known: Record<string, { title: string; text: string }> = w.refusals
  const { title, text } = known[reason ?? 'unreachable'] ?? w.refusals.other
  return (
    <main class="stage">
      <section class="card refusal" data-testid="refusal" data-reason={reason ?? 'unreachable'} role="alert">
        <Mark size={48} />
        <h1>{title}</h1>
        <p class="lead">{text}</p>
        {by !== undefined && <p class="note">{w.decidedBy(named(by))}</p>}
        {reason === 'unproven' && at && (
          <p class="note" dir="ltr">
            {at}
          </p>
        )}
        {keepsTrying && <p class="trying">{w.keepsTrying}</p>}
        <div class="card-actions">{children}</div>
      </section>
    </main>
  )
}
