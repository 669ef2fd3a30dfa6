import type { Room } from '../room/room'
import { unreadIn } from '../room/unread'
import { words } from '../words/words'

/** Where reading stopped, and how much has come since. */
export function UnreadLine({ room, rowKey }: { room: Room; rowKey: string }) {
  const divider = room.bookmark.divider.value
  if (!divider) return null
  const state = room.state.value
  const { count, more } = unreadIn(state, divider.after, divider.until ?? state.cursor)
  return (
    <p class="unread" data-key={rowKey} data-testid="unread">
      <span>{words.value.newMessages(count, more)}</span>
    </p>
  )
}
