import '../views/more-icons'
import { useEffect } from 'preact/hooks'
import type { Room } from '../room/room'
import type { Connection } from '../room/session'
import { lasting, useNow } from '../views/clock'
import { Icon } from '../views/icon'
import { Refusal } from '../views/refusal'
import { words } from '../words/words'

interface AtTheDoorProps {
  standing: Extract<Connection, { state: 'knocking' }>
  leave: () => void
}

/** Waiting to be let in: what is going on, and for how long. */
export function AtTheDoor({ standing, leave }: AtTheDoorProps) {
  const now = useNow()
  const w = words.value
  const { hostHere, since } = standing
  useEffect(() => {
    document.title = w.knockingTitle
    return () => {
      document.title = w.appName
    }
  }, [w])
  return (
    <main class="stage">
      <section class="card refusal knocking" data-testid="knocking" data-host-here={hostHere}>
        <span class="knocking-sign" aria-hidden="true">
          <Icon name="knock" size={30} />
        </span>
        <div role="status">
          <h1>{w.knockingTitle}</h1>
          <p class="lead">{hostHere ? w.knockingText : w.knockingAway}</p>
        </div>
        <p class="trying">{w.knockingFor(lasting(now - since))}</p>
        <div class="card-actions">
          <button type="button" class="button" data-testid="stop-knocking" onClick={leave}>
            {w.cancel}
          </button>
        </div>
      </section>
    </main>
  )
}

interface RefusedProps {
  room: Room
  standing: Extract<Connection, { state: 'refused' }>
  leave: () => void
  /** Goes in as a guest, for whom the key to be the host is wrong. */
  asGuest: () => void
}

/** Why one isn't in, and what one can do about it oneself. */
export function Refused({ room, standing: { reason, again, by }, leave, asGuest }: RefusedProps) {
  const w = words.value
  return (
    <Refusal reason={reason} keepsTrying={false} by={by}>
      <button type="button" class="button" onClick={leave}>
        {w.back}
      </button>
      {reason === 'wrong_secret' || reason === 'link_ended' ? (
        <button type="button" class="button primary" data-testid="knock-instead" onClick={() => room.knock()}>
          {w.knockInstead}
        </button>
      ) : reason === 'turned_away' || reason === 'door_quiet' || reason === 'no_answer' ? (
        <Again at={again} label={w.knockAgain} press={() => room.again()} />
      ) : reason === 'wrong_host_key' ? (
        <button type="button" class="button primary" data-testid="as-guest" onClick={asGuest}>
          {w.enterAsGuest}
        </button>
      ) : (
        <Again at={again} label={w.tryAgain} press={() => room.again()} />
      )}
    </Refusal>
  )
}

/** A way to try again, from when on that makes sense. */
function Again({ at, label, press }: { at: number | undefined; label: string; press: () => void }) {
  const now = useNow()
  const left = at === undefined ? 0 : at - now
  return (
    <button type="button" class="button primary" disabled={left > 0} data-testid="try-again" onClick={press}>
      {left > 0 ? words.value.inTime(label, lasting(left)) : label}
    </button>
  )
}
