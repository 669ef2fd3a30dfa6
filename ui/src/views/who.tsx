import { useContext, useEffect } from 'preact/hooks'
import type { Room } from '../room/room'
import { words } from '../words/words'
import { Dialog } from './dialog'
import { reactors } from './reactors'
import { Reading } from './reading'

/** Who put which emoji to a message, all of them by name as far as they are known. */
export default function Who({ room, id, close }: { room: Room; id: string; close: () => void }) {
  const { acts } = useContext(Reading)
  const event = room.find(id)
  const reactions = (event?.body.kind === 'message' && event.body.reactions) || []
  const none = reactions.length === 0
  // All of them were taken off while somebody looked.
  useEffect(() => {
    if (none) close()
  }, [none, close])
  if (none || !acts) return null
  return (
    <Dialog kind="card" title={words.value.reactions} close={close}>
      <ul class="who" data-testid="who-reacted">
        {reactions.map((reaction) => (
          <li key={reaction.emoji}>
            <span class="who-emoji">{reaction.emoji}</span>
            <span>{reactors(reaction, acts.me, acts.nameOf, Number.POSITIVE_INFINITY)}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
