import { useState } from 'preact/hooks'
import type { Room } from '../room/room'
import { doorWords } from '../words/door'
import { words } from '../words/words'
import { Dialog } from './dialog'
import { Complaint } from './door-switch'
import { isTooLong, NameField, ROOM_NAME_CHARS } from './name-field'

/** From one message to the next in slow mode, as hosts may choose it. */
const PACES_MS = [0, 5_000, 30_000, 60_000, 300_000, 3_600_000]

/** For a host: what the room is called, and how often one may speak in it. */
export default function Rules({ room, close }: { room: Room; close: () => void }) {
  const { room: info, limits } = room.state.value
  const now = info?.every_ms ?? 0
  const [name, setName] = useState(info?.name ?? '')
  const most = limits?.room_name_chars ?? ROOM_NAME_CHARS
  const wanted = name.trim()
  const unfit = wanted === '' || isTooLong(wanted, most)
  const paces = PACES_MS.includes(now) ? PACES_MS : [...PACES_MS, now].sort((one, other) => one - other)
  const w = words.value
  const d = doorWords.value
  return (
    <Dialog kind="card" title={d.rulesTitle} close={close}>
      <form
        class="rules"
        data-testid="rules"
        onSubmit={(event) => {
          event.preventDefault()
          if (!unfit && wanted !== info?.name) room.order({ kind: 'rename', name: wanted })
        }}
      >
        <NameField
          label={w.roomName}
          value={name}
          most={most}
          change={setName}
          autocomplete="off"
          testid="rules-name"
        />
        <button
          type="submit"
          class="button"
          disabled={unfit || wanted === info?.name}
          data-testid="rules-rename"
        >
          {w.save}
        </button>
      </form>
      <label class="labelled">
        <span>{d.slowMode}</span>
        <select
          class="field"
          value={now}
          data-testid="rules-slow"
          onChange={(event) => room.order({ kind: 'slow', every_ms: Number(event.currentTarget.value) })}
        >
          {paces.map((pace) => (
            <option key={pace} value={pace}>
              {pace === 0 ? d.slowOff : w.every(pace)}
            </option>
          ))}
        </select>
      </label>
      <p class="note">{d.slowModeText}</p>
      <Complaint room={room} />
    </Dialog>
  )
}
