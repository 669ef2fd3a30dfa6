import type { Room } from '../room/room'
import type { Pending } from '../room/state'
import { clock, shortClock } from '../words/time'
import { words } from '../words/words'
import { Avatar, hueOf } from './avatar'
import { called } from './called'
import { Icon } from './icon'
import { Text } from './message'

interface PendingProps {
  room: Room
  pending: Pending
  first: boolean
  openLink: ((url: string) => void) | null
}

/** Something typed here that the log doesn't show yet. It looks sent only once it has its place. */
export function PendingMessage({ room, pending, first, openLink }: PendingProps) {
  const you = room.state.value.you
  const name = called(you?.nickname ?? '')
  const state = pending.failed !== undefined ? 'failed' : pending.seq !== undefined ? 'sent' : 'pending'
  return (
    <div
      class={`message own${first ? ' first' : ''} is-${state}`}
      data-testid="message"
      data-state={state}
      data-seq={pending.seq}
      data-key={pending.id}
      // It is read out once, when it is in the log.
      aria-live="off"
      style={{ '--hue': hueOf(you?.member ?? '') }}
    >
      {first && <Avatar member={you?.member ?? ''} nickname={name} />}
      <p class={first ? 'message-meta' : 'message-meta later'}>
        <span dir="auto" class={first ? 'author' : 'author for-readers'} data-testid="message-author">
          {name}
        </span>
        <time>{first ? clock(pending.at) : shortClock(pending.at)}</time>
      </p>
      <Text text={pending.text} openLink={openLink} />
      {state === 'pending' && <Waiting room={room} />}
      {state === 'failed' && <Failed room={room} pending={pending} />}
    </div>
  )
}

function Waiting({ room }: { room: Room }) {
  const online = room.connection.value.state === 'online'
  return (
    <p class={online ? 'fate waiting soon' : 'fate waiting'}>
      <Icon name="clock" size={13} />
      {online ? words.value.sending : words.value.waitingToSend}
    </p>
  )
}

function Failed({ room, pending }: { room: Room; pending: Pending }) {
  const w = words.value
  const reasons: Record<string, string> = w.failures
  return (
    <p class="fate failed" role="status">
      <Icon name="alert" size={14} />
      <span>
        {w.notSent}: {reasons[pending.failed ?? ''] ?? w.failures.other}
      </span>
      <button type="button" class="text-button" onClick={() => room.retry(pending.id)}>
        {w.retry}
      </button>
      <button type="button" class="text-button" onClick={() => room.withdraw(pending.id)}>
        {w.delete}
      </button>
    </p>
  )
}
