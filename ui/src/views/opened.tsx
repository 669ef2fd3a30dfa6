import type { Invite } from '../room/invite'
import { apart } from '../text/apart'
import { words } from '../words/words'
import { Dialog } from './dialog'

interface OpenedProps {
  invite: Invite
  /** The room one is in, and whether one hosts it. */
  inside: { name: string; hosted: boolean } | null
  join: () => void
  close: () => void
}

/** The app was opened with an invite link. Any page can do that, so nothing is joined unasked. */
export function OpenedDialog({ invite, inside, join, close }: OpenedProps) {
  const w = words.value
  return (
    <Dialog kind="card" title={w.openedTitle} close={close}>
      <p class="lead" data-testid="opened">
        {w.openedText(invite.address)}{' '}
        {inside && (inside.hosted ? w.openedStops : w.openedLeaves)(apart(inside.name))}
      </p>
      <div class="card-actions">
        <button type="button" class="button" onClick={close}>
          {w.cancel}
        </button>
        {/* biome-ignore lint/a11y/noAutofocus: where the dialog puts the focus */}
        <button type="button" class="button primary" autoFocus data-testid="opened-join" onClick={join}>
          {w.joinButton}
        </button>
      </div>
    </Dialog>
  )
}
