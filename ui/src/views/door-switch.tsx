import type { Room } from '../room/room'
import type { Door } from '../wire.gen'
import { words } from '../words/words'

const DOORS: Door[] = ['open', 'closed', 'locked']

/** For a host: who gets in. It holds at once, and those inside stay whatever it says. */
export function DoorSwitch({ door, room }: { door: Door; room: Room }) {
  const w = words.value
  return (
    <fieldset class="choice door-switch" data-testid="door-switch" data-door={door}>
      <legend>{w.doorTitle}</legend>
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
            <span>{w.doors[it]}</span>
          </label>
        ))}
      </div>
      <p class="note" role="status">
        {w.doorNotes[door]}
      </p>
      <Complaint room={room} />
    </fieldset>
  )
}

/** Why what a host just asked for could not be done, or not be kept. */
export function Complaint({ room }: { room: Room }) {
  const complaint = room.complaint.value
  const known: Record<string, string> = words.value.orderComplaints
  const text = complaint === null ? undefined : known[complaint]
  return (
    <p class="note warn" role="alert">
      {text ?? ''}
    </p>
  )
}
