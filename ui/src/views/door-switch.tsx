import type { Room } from '../room/room'
import type { Door } from '../wire.gen'
import { doorWords } from '../words/door'
import { Choice } from './choice'

const DOORS: Door[] = ['open', 'closed', 'locked']

/** For a host: who gets in. It holds at once, and those inside stay whatever it says. */
export function DoorSwitch({ door, room }: { door: Door; room: Room }) {
  const d = doorWords.value
  return (
    <div class="door-switch" data-testid="door-switch" data-door={door}>
      <Choice
        name="door"
        title={d.doorTitle}
        ways={DOORS.map((value) => ({ value, label: d.doors[value] }))}
        chosen={door}
        choose={(door) => room.order({ kind: 'door', door })}
      />
      <p class="note" role="status">
        {d.doorNotes[door]}
      </p>
      <Complaint room={room} />
    </div>
  )
}

/** Why what a host just asked for could not be done, or not be kept. */
export function Complaint({ room }: { room: Room }) {
  const complaint = room.complaint.value
  const known: Record<string, string> = doorWords.value.orderComplaints
  const text = complaint === null ? undefined : known[complaint]
  return (
    <p class="note warn" role="alert">
      {text ?? ''}
    </p>
  )
}
