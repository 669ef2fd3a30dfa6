import { useEffect, useState } from 'preact/hooks'
import { pack } from '../room/carry'
import { inviteLink, SEAM } from '../room/invite'
import type { Room } from '../room/room'
import { words } from '../words/words'
import { Icon } from './icon'

/** A host that only starts anew is back by then. */
const PATIENCE_MS = 4_000

/**
 * In a browser, whose page reaches the one address it came from: where the host may be now, once it is gone from
 * there. Going there is another page, which is given what waits here.
 */
export default function ElsewhereBar({ room }: { room: Room }) {
  const away = room.connection.value.state === 'offline'
  const [late, setLate] = useState(false)
  useEffect(() => {
    if (!away) return setLate(false)
    const timer = setTimeout(() => setLate(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [away])

  const { host, pending, room: info, you } = room.state.value
  const addresses = (host?.addresses ?? []).filter((address) => address !== location.host)
  if (!away || !late || !info || addresses.length === 0) return null
  const w = words.value
  const waiting = pending.filter((it) => it.seq === undefined).length
  const carried = pack(you?.nickname ?? '', pending)
  const { secret } = room.invite
  const href = (address: string) =>
    `${inviteLink({ address, room: info.id, ...(secret ? { secret } : {}) })}${secret ? '' : '#'}${SEAM}${carried.text}`
  return (
    <div class="bar-place" role="status">
      <div class="bar elsewhere" data-testid="elsewhere">
        <Icon name="door" size={16} />
        <div>
          <p>
            {w.elsewhere} {waiting > carried.left && w.carried}{' '}
            {carried.left > 0 && w.leftBehind(carried.left)} {w.openThere}
          </p>
          <ul>
            {addresses.map((address) => (
              <li key={address}>
                <a href={href(address)} dir="ltr" data-testid="elsewhere-link">
                  {address}
                </a>
              </li>
            ))}
          </ul>
        </div>
      </div>
    </div>
  )
}
