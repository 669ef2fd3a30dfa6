import { useContext } from 'preact/hooks'
import type { Event, Reaction } from '../wire.gen'
import { nameList } from '../words/time'
import { words } from '../words/words'
import { Reading } from './reading'

/** The emoji people put to a message. Pressing one joins in, or takes one's own off. */
export function Reactions({ event, reactions }: { event: Event; reactions: readonly Reaction[] }) {
  const { acts } = useContext(Reading)
  const w = words.value
  if (!acts) return null
  return (
    <ul class="reactions" aria-label={w.reactions}>
      {reactions.map(({ emoji, members }) => {
        const mine = acts.me !== null && members.includes(acts.me)
        const who = w.reactedWith(nameList(members.map(acts.nameOf)), emoji)
        return (
          <li key={emoji}>
            <button
              type="button"
              class={mine ? 'reaction mine' : 'reaction'}
              aria-pressed={mine}
              title={who}
              data-testid="reaction"
              onClick={() => acts.react(event, emoji, !mine)}
            >
              <span>{emoji}</span>
              <span class="reaction-count">{members.length}</span>
            </button>
          </li>
        )
      })}
    </ul>
  )
}
