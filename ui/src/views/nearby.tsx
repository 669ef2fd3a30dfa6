import { useEffect, useState } from 'preact/hooks'
import type { Invite } from '../room/invite'
import { nearbyInvite } from '../room/nearby'
import type { NearbyRoom, RecentRoom } from '../shell.gen'
import { apart } from '../text/apart'
import type { Shell } from '../transport/transport'
import { words } from '../words/words'

/** By then whoever is there has answered. */
const PATIENCE_MS = 2_500

interface NearbyProps {
  shell: Shell
  recent: readonly RecentRoom[]
  join: (invite: Invite) => void
}

/** The rooms that can be found on this network, as they come and go. */
export function Nearby({ shell, recent, join }: NearbyProps) {
  const [rooms, setRooms] = useState<NearbyRoom[]>([])
  const [deaf, setDeaf] = useState(false)
  const [waiting, setWaiting] = useState(true)
  const w = words.value

  useEffect(() => {
    const stop = shell.lookAround((found) => {
      setRooms(found.rooms)
      setDeaf(found.deaf)
    })
    const timer = setTimeout(() => setWaiting(false), PATIENCE_MS)
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [shell])

  return (
    <section class="recent nearby" aria-label={w.nearbyTitle}>
      <h2>{w.nearbyTitle}</h2>
      {rooms.length > 0 && (
        <ul>
          {rooms.map((nearby) => (
            <Room key={`${nearby.room} ${nearby.addresses[0]}`} {...{ nearby, recent, join }} />
          ))}
        </ul>
      )}
      <p class="note" role="status" data-testid="nearby-state">
        {rooms.length > 0 ? '' : waiting ? w.nearbyLooking : deaf ? w.nearbyDeaf : w.nearbyNone}
      </p>
    </section>
  )
}

interface RoomProps {
  nearby: NearbyRoom
  recent: readonly RecentRoom[]
  join: (invite: Invite) => void
}

function Room({ nearby, recent, join }: RoomProps) {
  const w = words.value
  const invite = nearbyInvite(nearby, recent)
  return (
    <li class="recent-room" data-testid="nearby-room" data-room={nearby.room}>
      <div class="recent-what">
        <span dir="auto" class="recent-name">
          {nearby.name}
        </span>
        <span class="recent-when">
          {nearby.open ? w.nearbyOpen : w.nearbyClosed} · <bdi>{nearby.addresses[0]}</bdi>
        </span>
      </div>
      <button
        type="button"
        class="button"
        data-testid="join-nearby"
        aria-label={w.joinNamed(apart(nearby.name))}
        onClick={() => invite && join(invite)}
      >
        {w.joinButton}
      </button>
    </li>
  )
}
