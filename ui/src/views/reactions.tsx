import { useContext } from 'preact/hooks'
import type { Event, Reaction } from '../wire.gen'
import { words } from '../words/words'
import { byKeyboard, messageOf } from './focus'
import { reactors } from './reactors'
import { Reading } from './reading'

/** The emoji people put to a message. Pressing one joins in, or takes one's own off. */
export function Reactions({ event, reactions }: { event: Event; reactions: readonly Reaction[] }) {
  const { acts } = useContext(Reading)
  const w = words.value
  if (!acts) return null
  return (
    <ul class="reactions" aria-label={w.reactions}>
      {reactions.map((reaction) => {
        const { emoji, members } = reaction
        const mine = acts.me !== null && members.includes(acts.me)
        const who = w.reactedWith(reactors(reaction, acts.me, acts.nameOf), emoji)
        return (
          <li key={emoji}>
            <button
              type="button"
              class={mine ? 'reaction mine' : 'reaction'}
              aria-pressed={mine}
              title={who}
              data-testid="reaction"
              // A long press, the key for menus, or the other button.
              onContextMenu={(press) => {
                press.preventDefault()
                acts.who(event)
              }}
              onClick={(press) => {
                // With the last one who put it there, its button goes.
                if (mine && members.length === 1 && byKeyboard(press)) messageOf(press.currentTarget)?.focus()
                acts.react(event, emoji, !mine)
              }}
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
