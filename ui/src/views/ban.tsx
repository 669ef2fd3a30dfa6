import { useState } from 'preact/hooks'
import type { Room } from '../room/room'
import { doorWords } from '../words/door'
import { words } from '../words/words'
import { called } from './called'
import { Dialog } from './dialog'

interface BanProps {
  room: Room
  member: string
  nickname: string
  close: () => void
}

/** Asks before somebody is banned, and says what that keeps out and what it doesn't. */
export function Ban({ room, member, nickname, close }: BanProps) {
  const door = room.state.value.room?.door ?? 'closed'
  const [newLink, setNewLink] = useState(door === 'closed')
  const w = words.value
  const d = doorWords.value
  return (
    <Dialog kind="card" title={d.banTitle(called(nickname))} close={close}>
      <p class="lead">{d.banText}</p>
      <p class="note">{d.banLimits}</p>
      <label class="check">
        <input
          type="checkbox"
          checked={newLink}
          data-testid="ban-new-link"
          onChange={(event) => setNewLink(event.currentTarget.checked)}
        />
        <span>
          {d.banNewLink}
          <span class="note">{d.banNewLinkText}</span>
        </span>
      </label>
      {door === 'open' && <p class="note boxed">{d.banWhileOpen}</p>}
      <div class="card-actions">
        <button type="button" class="button" onClick={close}>
          {w.cancel}
        </button>
        <button
          type="button"
          class="button danger"
          data-testid="confirm-ban"
          onClick={() => {
            room.order({ kind: 'ban', member, new_link: newLink })
            close()
          }}
        >
          {d.ban}
        </button>
      </div>
    </Dialog>
  )
}
