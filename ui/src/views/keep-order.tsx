import { useState } from 'preact/hooks'
import type { Room } from '../room/room'
import type { Order } from '../wire.gen'
import { doorWords } from '../words/door'
import { Ask } from './ask'
import { Ban } from './ban'
import { named } from './called'
import { Dialog } from './dialog'

interface KeepOrderProps {
  room: Room
  member: string
  nickname: string
  close: () => void
}

interface Choice {
  order: Order
  label: string
  text: string
  grave: boolean
}

/** For a host: what can be done about somebody, and what comes of each. */
export default function KeepOrder({ room, member, nickname, close }: KeepOrderProps) {
  const [asking, setAsking] = useState<'ban' | 'appoint' | null>(null)
  const d = doorWords.value
  const known = room.state.value.guests?.guests.find((guest) => guest.member === member)
  const muted = known?.standing === 'muted'
  const passed = known?.standing === 'host'
  const host = passed || room.state.value.hosts.has(member)
  const ofGuests: Choice[] = [
    muted
      ? { order: { kind: 'mute', member, on: false }, label: d.unmute, text: d.unmuteText, grave: false }
      : { order: { kind: 'mute', member, on: true }, label: d.mute, text: d.muteText, grave: false },
    { order: { kind: 'appoint', member, on: true }, label: d.appoint, text: d.appointText, grave: false },
    { order: { kind: 'remove', member }, label: d.remove, text: d.removeText, grave: true },
    { order: { kind: 'ban', member }, label: d.ban, text: d.banText, grave: true },
  ]
  const ofHosts: Choice[] = [
    { order: { kind: 'appoint', member, on: false }, label: d.dismiss, text: d.dismissText, grave: true },
  ]
  if (asking === 'ban') return <Ban room={room} member={member} nickname={nickname} close={close} />
  if (asking === 'appoint') return <Appoint {...{ room, member, nickname, close }} />
  const choices = !host ? ofGuests : passed ? ofHosts : []
  return (
    <Dialog kind="card" title={named(nickname)} close={close}>
      {choices.length > 0 && (
        <ul class="keep-order">
          {choices.map(({ order, label, text, grave }) => (
            <li key={order.kind}>
              <button
                type="button"
                class={grave ? 'button danger' : 'button'}
                data-testid={`order-${order.kind}`}
                onClick={() => {
                  // What keeps somebody out for good, and what lets them do the same, are asked about.
                  if (order.kind === 'ban') return setAsking('ban')
                  if (order.kind === 'appoint' && order.on) return setAsking('appoint')
                  room.order(order)
                  close()
                }}
              >
                {label}
              </button>
              <p class="note">{text}</p>
            </li>
          ))}
        </ul>
      )}
      <p class="note">{choices.length > 0 ? d.orderSeen : d.ownHost}</p>
    </Dialog>
  )
}

/** Asks before somebody is made a host. */
function Appoint({ room, member, nickname, close }: KeepOrderProps) {
  const d = doorWords.value
  return (
    <Ask
      title={d.appointTitle(named(nickname))}
      label={d.appoint}
      testid="confirm-appoint"
      act={() => {
        room.order({ kind: 'appoint', member, on: true })
        close()
      }}
      close={close}
    >
      <p class="lead">{d.appointMeans}</p>
    </Ask>
  )
}
