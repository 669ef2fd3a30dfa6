import { words } from '../words/words'
import { Icon } from './icon'
import { Mark } from './mark'

interface EmptyProps {
  /** Whether the room is on this computer. */
  hosted: boolean
  /** Whether one is a host, whom it falls to to ask others in. */
  host: boolean
  invite: () => void
}

/** A room in which nothing has been said. */
export function Empty({ hosted, host, invite }: EmptyProps) {
  const w = words.value
  return (
    <div class="empty">
      <Mark size={56} />
      <p class="empty-title">{w.emptyTitle}</p>
      <p>{hosted ? w.emptyHost : w.emptyGuest}</p>
      {host && (
        <button type="button" class="button" onClick={invite}>
          <Icon name="invite" />
          {w.emptyInvite}
        </button>
      )}
    </div>
  )
}
