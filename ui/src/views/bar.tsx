import { useEffect, useRef, useState } from 'preact/hooks'
import type { Room } from '../room/room'
import { isTrouble } from '../room/trouble'
import { words } from '../words/words'
import { Icon } from './icon'

const BACK_MS = 2_500

/** Above the composer, while the room is out of reach: what is going on, and what waits. */
export function ConnectionBar({ room }: { room: Room }) {
  const connection = room.connection.value
  const [back, setBack] = useState(false)
  const wasAway = useRef(false)
  const online = connection.state === 'online'
  useEffect(() => {
    if (!online) {
      wasAway.current = true
      return
    }
    if (!wasAway.current) return
    wasAway.current = false
    setBack(true)
    const timer = setTimeout(() => setBack(false), BACK_MS)
    return () => clearTimeout(timer)
  }, [online])

  const w = words.value
  const waiting = room.state.value.pending.filter(
    (it) => it.seq === undefined && it.failed === undefined,
  ).length
  const reason = connection.state === 'offline' ? connection.reason : null
  const text =
    reason === 'stopping' || reason === 'no_such_room'
      ? w.stoppingBar
      : reason === 'full' || reason === 'too_many_from_here'
        ? w.fullBar
        : reason !== null && isTrouble(reason)
          ? w.troubleBar
          : reason === 'unproven'
            ? w.unprovenBar(room.unproven ?? '')
            : w.offlineBar
  return (
    <div class="bar-place" role="status">
      {online
        ? back && (
            <p class="bar back">
              <Icon name="check" size={16} />
              {w.backOnline}
            </p>
          )
        : connection.state === 'offline' && (
            <p class="bar" data-testid="offline-bar">
              <Icon name="offline" size={16} />
              <span>
                {text} {waiting > 0 && w.waiting(waiting)}
              </span>
              {reason === 'unproven' && (
                <button type="button" class="button" data-testid="trust-host" onClick={() => room.trust()}>
                  {w.trustHost}
                </button>
              )}
            </p>
          )}
    </div>
  )
}

/** What waits to be sent is only in this page, because the browser couldn't store it. */
export function PerishableBar({ room }: { room: Room }) {
  const w = words.value
  // While all goes well, files are there before anybody would think of a reload.
  const files = room.connection.value.state !== 'online' && room.outgoing.hasFiles
  return (
    <div class="bar-place" role="alert">
      {(room.outgoing.perishable.value || files) && (
        <p class="bar perishable" data-testid="perishable-bar">
          <Icon name="alert" size={16} />
          <span>{room.outgoing.perishable.value ? w.perishable : w.perishableFiles}</span>
        </p>
      )}
    </div>
  )
}
