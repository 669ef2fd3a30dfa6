import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Carried } from './room/carry'
import { type Invite, inviteKey, messageAt, messagePasted, parseInvite } from './room/invite'
import { givenInvite, hostedInvite } from './room/nearby'
import { Room } from './room/room'
import { JoinScreen } from './screens/join'
import { RoomScreen } from './screens/room'
import type { Hosting } from './shell.gen'
import { local, tab } from './transport/storage'
import type { Transport } from './transport/transport'

interface Place {
  room: Room
  hosting: Hosting | null
}

/** A reload in the middle of a conversation goes on with it; a fresh visit asks first. */
const INSIDE = 'snug.inside'

/** What one would leave, once one is in. */
function leaving(place: Place | null): { name: string; hosted: boolean } | null {
  const name = place?.room.state.value.room?.name ?? place?.hosting?.name
  return place && name !== undefined ? { name, hosted: place.hosting !== null } : null
}

interface AppProps {
  transport: Transport
  hosting: Hosting | null
  /** Absent in a browser. */
  only: typeof import('./screens/app-only') | null
}

export function App({ transport, hosting, only }: AppProps) {
  const { here, shell } = transport

  /** `message` is the id of one to go to. */
  const placeIn = (
    invite: Invite,
    nickname: string,
    hosting: Hosting | null,
    message: string | null = null,
  ): Place => {
    const room = new Room(
      transport,
      invite,
      nickname,
      hosting !== null,
      hosting?.host_key ?? invite.host ?? null,
    )
    if (message !== null) room.goTo({ id: message })
    room.enter()
    return { room, hosting }
  }
  // With the first picture, not after it: nobody should see the way in flash by.
  const [place, setPlace] = useState<Place | null>(() => {
    if (hosting) {
      return placeIn(hostedInvite(hosting), transport.nickname(), hosting)
    }
    const inside = here && !transport.carried && tab.get(INSIDE) === inviteKey(here)
    return inside ? placeIn(here, transport.nickname(), null, transport.message()) : null
  })
  const enter = (invite: Invite, nickname: string, hosting: Hosting | null, message: string | null = null) =>
    setPlace(placeIn(invite, nickname, hosting, message))
  const leave = async () => {
    place?.room.leave()
    tab.remove(INSIDE)
    // The start screen asks the shell what there is: it has to have stopped by then.
    if (place?.hosting) await shell?.stop().catch(() => {})
    setPlace(null)
  }
  const enterHere = async (nickname: string, carried: Carried | null) => {
    if (!here) return
    if (carried) {
      const { unload } = await import('./room/carry')
      unload(carried, local, inviteKey(here))
    }
    transport.rememberNickname(nickname)
    tab.set(INSIDE, inviteKey(here))
    enter(here, nickname, null, transport.message())
  }

  useEffect(() => {
    if (shell) return
    const changed = ({ oldURL }: HashChangeEvent) => {
      // Another link, put into this page's address: to a message here, or to be let in by.
      const message = messageAt(location)
      if (!place || message === null) return location.reload()
      history.replaceState(null, '', oldURL)
      place.room.goTo({ id: message })
    }
    addEventListener('hashchange', changed)
    return () => removeEventListener('hashchange', changed)
  }, [place, shell, transport])

  // The app was opened with a link; to the room one is in, that is no news.
  const [opened, setOpened] = useState<(Invite & { message: string | null }) | null>(null)
  const current = useRef({ place, leave })
  current.current = { place, leave }
  useEffect(
    () =>
      shell?.onOpened((link) => {
        const invite = parseInvite(link)
        if (!invite) return
        const message = messagePasted(link)
        const room = current.current.place?.room
        // A bare address doesn't say which room it leads to.
        if (!invite.room || invite.room !== room?.state.value.room?.id) setOpened({ ...invite, message })
        else if (message !== null) room.goTo({ id: message })
      }),
    [shell],
  )

  const stopHosting = useCallback(() => void current.current.leave(), [])

  if (!shell || !only) {
    return place ? (
      <RoomScreen {...place} transport={transport} leave={leave} />
    ) : (
      <JoinScreen transport={transport} enter={enterHere} />
    )
  }
  return (
    <>
      {place ? (
        <RoomScreen key={place.room.key} {...place} transport={transport} leave={leave} />
      ) : (
        <only.StartScreen transport={transport} shell={shell} enter={enter} />
      )}
      {place?.hosting && (
        <only.TrayIcon
          shell={shell}
          room={place.room}
          name={place.room.state.value.room?.name ?? place.hosting.name}
          stop={stopHosting}
        />
      )}
      {opened && (
        <only.OpenedDialog
          invite={opened}
          inside={leaving(place)}
          join={async () => {
            const { message, ...given } = opened
            setOpened(null)
            await leave()
            const { recent } = await shell.state()
            enter(givenInvite(given, recent), transport.nickname(), null, message)
          }}
          close={() => setOpened(null)}
        />
      )}
    </>
  )
}
