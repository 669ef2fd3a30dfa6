import { useState } from 'preact/hooks'
import type { Room } from '../room/room'
import type { FileRules } from '../wire.gen'
import { doorWords } from '../words/door'
import { sizeText } from '../words/size'
import { words } from '../words/words'
import { Dialog } from './dialog'
import { Complaint } from './door-switch'
import { isTooLong, NameField, ROOM_NAME_CHARS } from './name-field'

/** From one message to the next in slow mode, as hosts may choose it. */
const PACES_MS = [0, 5_000, 30_000, 60_000, 300_000, 3_600_000]

const MB = 1024 * 1024
const SIZES = [10 * MB, 100 * MB, 500 * MB, 1024 * MB, 2048 * MB]
/** How long files are kept; 0 as long as the room. */
const DAYS = [0, 1, 7, 30, 90, 365]

/** What there is to choose from, and what is chosen already. */
const withNow = (choices: readonly number[], now: number) =>
  [...new Set([...choices, now])].sort((one, other) => one - other)

/** For a host: what the room is called, how often one may speak in it, and which files it takes. */
export default function Rules({ room, close }: { room: Room; close: () => void }) {
  const { room: info, limits } = room.state.value
  const now = info?.every_ms ?? 0
  const [name, setName] = useState(info?.name ?? '')
  const most = limits?.room_name_chars ?? ROOM_NAME_CHARS
  const wanted = name.trim()
  const unfit = wanted === '' || isTooLong(wanted, most)
  const files = info?.files ?? { bytes: 0, days: 0 }
  const ruleFiles = (change: Partial<FileRules>) => room.order({ kind: 'files', ...files, ...change })
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
          {withNow(PACES_MS, now).map((pace) => (
            <option key={pace} value={pace}>
              {pace === 0 ? d.slowOff : w.pace(pace)}
            </option>
          ))}
        </select>
      </label>
      <p class="note">{d.slowModeText}</p>
      <label class="labelled">
        <span>{d.largestFile}</span>
        <select
          class="field"
          value={files.bytes}
          data-testid="rules-bytes"
          onChange={({ currentTarget }) => ruleFiles({ bytes: Number(currentTarget.value) })}
        >
          {withNow(SIZES, files.bytes)
            .filter((bytes) => bytes <= (limits?.room_file_bytes ?? 0))
            .map((bytes) => (
              <option key={bytes} value={bytes}>
                {sizeText(bytes)}
              </option>
            ))}
        </select>
      </label>
      <label class="labelled">
        <span>{d.filesKept}</span>
        <select
          class="field"
          value={files.days}
          data-testid="rules-days"
          onChange={({ currentTarget }) => ruleFiles({ days: Number(currentTarget.value) })}
        >
          {withNow(DAYS, files.days).map((days) => (
            <option key={days} value={days}>
              {days === 0 ? d.forever : d.forDays(days)}
            </option>
          ))}
        </select>
      </label>
      <p class="note">{d.filesText}</p>
      <Complaint room={room} />
    </Dialog>
  )
}
