import type { Room } from '../room/room'
import { isWhole, type Pending } from '../room/state'
import { clock, shortClock } from '../words/time'
import { words } from '../words/words'
import { Avatar } from './avatar'
import { called } from './called'
import { fateText } from './fate-words'
import { PendingFiles } from './files-of'
import { byKeyboard, goOn, messageOf } from './focus'
import { Icon } from './icon'
import { Quote } from './quote'
import { MessageRow } from './row'
import { SaidText, useSaid } from './said'

interface PendingProps {
  room: Room
  pending: Pending
  first: boolean
}

/** Something typed here that the log doesn't show yet. It looks sent only once it has its place. */
export function PendingMessage({ room, pending, first }: PendingProps) {
  const said = useSaid(pending.change?.kind === 'reaction' ? pending.change.emoji : pending.text)
  const you = room.state.value.you
  const name = called(you?.nickname ?? '')
  const state = pending.failed !== undefined ? 'failed' : pending.seq !== undefined ? 'sent' : 'pending'
  return (
    <MessageRow
      rowKey={pending.id}
      id={pending.id}
      seq={pending.seq}
      state={state}
      member={you?.member ?? ''}
      text={pending.text}
      classes={`own is-${state}${first ? ' first' : ''}`}
    >
      {pending.reply !== undefined && <Quote id={pending.reply} />}
      {first && <Avatar member={you?.member ?? ''} nickname={name} />}
      <p class={first ? 'message-meta' : 'message-meta later'}>
        <span dir="auto" class={first ? 'author' : 'author for-readers'} data-testid="message-author">
          {name}
        </span>
        <time>{first ? clock(pending.at) : shortClock(pending.at)}</time>
      </p>
      {said.text !== '' && <SaidText said={said} />}
      {pending.files && <PendingFiles room={room} pending={pending} />}
      {state === 'pending' && <Waiting room={room} pending={pending} />}
      {state === 'failed' && <Failed room={room} pending={pending} />}
    </MessageRow>
  )
}

function Waiting({ room, pending }: { room: Room; pending: Pending }) {
  const w = words.value
  const online = room.connection.value.state === 'online'
  // Its files say for themselves how far they are.
  if (!isWhole(pending)) return null
  if (online && pending.held !== undefined) return <Held room={room} pending={pending} />
  // Behind one that the host couldn't take, this one waits for its turn.
  const behind = room.state.value.pending.some((it) => it.held !== undefined && it.id < pending.id)
  return (
    <p class={online && !behind ? 'fate waiting soon' : 'fate waiting'}>
      <Icon name="clock" size={13} />
      {online && !behind ? w.sending : w.waitingToSend}
    </p>
  )
}

function Held({ room, pending }: { room: Room; pending: Pending }) {
  return (
    <p class="fate held" data-testid="held" data-reason={pending.held}>
      <Icon name="clock" size={13} />
      <span>
        {fateText(pending)}{' '}
        <Choices
          room={room}
          id={pending.id}
          // A turn comes by itself, and no sooner for being asked for.
          again={pending.held === 'slow_mode' ? null : words.value.tryNow}
        />
      </span>
    </p>
  )
}

function Failed({ room, pending }: { room: Room; pending: Pending }) {
  const w = words.value
  return (
    <p class="fate failed" data-testid="failed" data-reason={pending.failed}>
      <Icon name="alert" size={14} />
      <span>
        {fateText(pending)}{' '}
        <Choices
          room={room}
          id={pending.id}
          again={
            pending.failed !== 'files_lost' ? w.retry : pending.text.trim() !== '' ? w.sendWithout : null
          }
        />
      </span>
    </p>
  )
}

function Choices({ room, id, again }: { room: Room; id: string; again: string | null }) {
  return (
    <span class="fate-choices">
      {again !== null && (
        <button
          type="button"
          class="text-button"
          data-testid="retry"
          onClick={(event) => {
            if (byKeyboard(event)) messageOf(event.currentTarget)?.focus()
            room.outgoing.retry(id)
          }}
        >
          {again}
        </button>
      )}
      <button
        type="button"
        class="text-button"
        data-testid="delete"
        onClick={() => {
          room.outgoing.withdraw(id)
          goOn()
        }}
      >
        {words.value.delete}
      </button>
    </span>
  )
}
