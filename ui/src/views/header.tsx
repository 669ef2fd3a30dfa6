import { wide } from '../look'
import type { Room } from '../room/room'
import type { Shell } from '../transport/transport'
import { words } from '../words/words'
import { Icon } from './icon'
import { Menu } from './menu'
import { searchKeys } from './search-keys'

interface HeaderProps {
  room: Room
  shell: Shell | null
  peopleShown: boolean
  togglePeople: () => void
  invite: () => void
  search: () => void
  searching: boolean
  exportRoom: () => void
  rules: () => void
  leave: () => void
}

/** Where one is, how things stand, and what one can do about it. */
export function Header({
  room,
  shell,
  peopleShown,
  togglePeople,
  invite,
  search,
  searching,
  exportRoom,
  rules,
  leave,
}: HeaderProps) {
  const w = words.value
  const { state, connection } = room
  const count = state.value.count
  const { state: standing } = connection.value
  const door = state.value.room?.door
  return (
    <header class="header">
      <div class="header-room">
        <h1 class="room-name" dir="auto" data-testid="room-name" title={state.value.room?.name}>
          {state.value.room?.name}
        </h1>
        <p class="connection" role="status" data-testid="connection-state" data-state={standing}>
          <span class="connection-dot" aria-hidden="true" />
          <span class="connection-words" title={w.connections[standing]}>
            {w.connections[standing]}
          </span>
          {door && door !== 'closed' && (
            <span class="door-tag" data-testid="door" data-door={door}>
              <Icon name={door === 'open' ? 'open' : 'lock'} size={13} />
              {w.doorTags[door]}
            </span>
          )}
        </p>
      </div>
      <div class="header-actions">
        <button
          type="button"
          class={`icon-button${searching ? ' on' : ''}`}
          aria-label={w.search}
          title={w.withKeys(w.search, searchKeys())}
          aria-keyshortcuts="Control+F Control+K Meta+F Meta+K"
          aria-pressed={wide.value ? searching : undefined}
          aria-haspopup={wide.value ? undefined : 'dialog'}
          data-testid="search-open"
          onClick={search}
        >
          <Icon name="search" />
        </button>
        <button
          type="button"
          class="button quiet"
          data-testid="invite-open"
          title={w.invite}
          onClick={invite}
        >
          <Icon name="invite" />
          <span class="wide-only">{w.invite}</span>
        </button>
        <button
          type="button"
          class={`button quiet${peopleShown ? ' on' : ''}`}
          aria-pressed={wide.value ? peopleShown : undefined}
          aria-haspopup={wide.value ? undefined : 'dialog'}
          title={w.peopleCount(count)}
          onClick={togglePeople}
        >
          <Icon name="people" />
          <span data-testid="people-count" aria-hidden="true">
            {count}
          </span>
          <span class="for-readers">
            {w.people}: {w.peopleCount(count)}
          </span>
        </button>
        <Menu room={room} shell={shell} exportRoom={exportRoom} rules={rules} />
        <button
          type="button"
          class="button quiet leave"
          data-testid={room.hosted ? 'stop-hosting' : 'leave'}
          title={room.hosted ? w.stopHosting : w.leave}
          onClick={leave}
        >
          <Icon name={room.hosted ? 'door' : 'leave'} />
          <span class="wide-only">{room.hosted ? w.stopHosting : w.leave}</span>
        </button>
      </div>
    </header>
  )
}
