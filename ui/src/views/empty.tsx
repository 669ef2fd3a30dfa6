import { words } from '../words/words'
import { Icon } from './icon'
import { Mark } from './mark'

/** A room in which nothing has been said. */
export function Empty({ hosted, invite }: { hosted: boolean; invite: () => void }) {
  const w = words.value
  return (
    <div class="empty">
      <Mark size={56} />
      <p class="empty-title">{w.emptyTitle}</p>
      <p>{hosted ? w.emptyHost : w.emptyGuest}</p>
      {hosted && (
        <button type="button" class="button" onClick={invite}>
          <Icon name="invite" />
          {w.emptyInvite}
        </button>
      )}
    </div>
  )
}
