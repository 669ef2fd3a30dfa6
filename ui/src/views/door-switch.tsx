import type { Room } from '../room/room'
import type { Door } from '../wire.gen'
import { doorWords } from '../words/door'

const DOORS: Door[] = ['open', 'closed', 'locked']

/** For a host: who gets in. It holds at once, and those inside stay whatever it says. */
export function DoorSwitch({ door, room }: { door: Door; room: Room }) {
  const d = doorWords.value
  return (
    <fieldset class="choice door-switch" data-testid="door-switch" data-door={door}>
      <legend>{d.doorTitle}</legend>
      <div class="segments">
        {DOORS.map((it) => (
          <label key={it}>
            <input
              type="radio"
              name="door"
              checked={it === door}
              data-testid={`door-${it}`}
              onChange={() => room.order({ kind: 'door', door: it })}
            />
            <span>{d.doors[it]}</span>
          </label>
        ))}
      </div>
      <p class="note" role="status">
        {d.doorNotes[door]}
      </p>
      <Complaint room={room} />
    </fieldset>
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
