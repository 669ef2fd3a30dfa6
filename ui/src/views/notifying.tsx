import { useMemo, useState } from 'preact/hooks'
import { alertsOf } from '../alerts/alerts'
import { CHOICES, choiceFor, choose, chooseSound, hasSound } from '../alerts/choices'
import { chime } from '../alerts/sound'
import type { Room } from '../room/room'
import type { Shell } from '../transport/transport'
import { words } from '../words/words'
import { Choice } from './choice'

/** What a room tells of while one looks elsewhere, and whether it can. */
export function Notifying({ room, shell }: { room: Room; shell: Shell | null }) {
  const alerts = useMemo(() => alertsOf(shell, room.key), [shell, room])
  const [permission, setPermission] = useState(alerts.permission)
  const choice = choiceFor(room.keptAs.value)
  const w = words.value
  return (
    <div class="notifying">
      <Choice
        name="notify"
        title={w.notifyAbout}
        ways={CHOICES.map((value) => ({ value, label: w.notifyChoices[value] }))}
        chosen={choice}
        choose={(choice) => choose(room.keptAs.value, choice)}
      />
      {choice === 'mentions' && <p class="note">{w.notifyReplies}</p>}
      {choice !== 'none' && (
        <>
          <p class="note" role="status" data-testid="notify-state" data-state={permission}>
            {w.notifyStates[permission]}
          </p>
          {permission === 'askable' && (
            <button
              type="button"
              class="button"
              data-testid="notify-allow"
              onClick={() => void alerts.ask().then(setPermission)}
            >
              {w.notifyAllow}
            </button>
          )}
          <label class="check">
            <input
              type="checkbox"
              checked={hasSound()}
              data-testid="notify-sound"
              onChange={({ currentTarget }) => {
                chooseSound(currentTarget.checked)
                // This is what it will be like.
                if (currentTarget.checked) chime()
              }}
            />
            <span>{w.notifySound}</span>
          </label>
        </>
      )}
    </div>
  )
}
