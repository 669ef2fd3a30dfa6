import { useState } from 'preact/hooks'
import type { Room } from '../room/room'
import { doorWords } from '../words/door'
import { Ask } from './ask'
import { named } from './called'

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
  const d = doorWords.value
  return (
    <Ask
      title={d.banTitle(named(nickname))}
      label={d.ban}
      testid="confirm-ban"
      grave
      act={() => {
        room.order({ kind: 'ban', member, new_link: newLink })
        close()
      }}
      close={close}
    >
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
    </Ask>
  )
}
