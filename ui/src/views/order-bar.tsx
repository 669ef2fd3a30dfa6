import type { Room } from '../room/room'
import { words } from '../words/words'
import { called } from './called'
import { Icon } from './icon'

/** Above the composer: what keeps one from writing as one likes. */
export function OrderBar({ room }: { room: Room }) {
  const { you, room: info } = room.state.value
  const every = info?.every_ms ?? 0
  const w = words.value
  const by = you?.muted_by
  const text =
    by !== undefined ? w.mutedBar(called(by)) : every > 0 && !you?.host ? w.slowBar(w.every(every)) : null
  return (
    <div class="bar-place" role="status">
      {text !== null && (
        <p class="bar order" data-testid="order-bar">
          <Icon name="clock" size={16} />
          <span>{text}</span>
        </p>
      )}
    </div>
  )
}
