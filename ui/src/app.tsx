import { useState } from 'preact/hooks'
import { type Invite, inviteKey } from './room/invite'
import { Room } from './room/room'
import { JoinScreen } from './screens/join'
import { RoomScreen } from './screens/room'
import type { StartScreen } from './screens/start'
import type { Hosting } from './shell.gen'
import { tab } from './transport/storage'
import type { Transport } from './transport/transport'

interface Place {
  room: Room
  hosting: Hosting | null
}

/** A reload in the middle of a conversation goes on with it; a fresh visit asks first. */
const INSIDE = 'snug.inside'

interface AppProps {
  transport: Transport
  hosting: Hosting | null
  /** The app's first screen, which browsers never load. */
  Start: typeof StartScreen | null
}

export function App({ transport, hosting, Start }: AppProps) {
  const { here, shell } = transport

  const placeIn = (invite: Invite, nickname: string, hosting: Hosting | null): Place => {
    const room = new Room(transport, invite, nickname, hosting !== null, hosting?.host_key ?? null)
    room.enter()
    return { room, hosting }
  }
  // With the first picture, not after it: nobody should see the way in flash by.
  const [place, setPlace] = useState<Place | null>(() => {
    if (hosting) {
      const { address, room, secret } = hosting
      return placeIn({ address, room, secret }, transport.nickname(), hosting)
    }
    const inside = here && tab.get(INSIDE) === inviteKey(here)
    return inside ? placeIn(here, transport.nickname(), null) : null
  })
  const enter = (invite: Invite, nickname: string, hosting: Hosting | null) =>
    setPlace(placeIn(invite, nickname, hosting))
  const leave = async () => {
    place?.room.leave()
    tab.remove(INSIDE)
    // The start screen asks the shell what there is: it has to have stopped by then.
    if (place?.hosting) await shell?.stop().catch(() => {})
    setPlace(null)
  }
  const enterHere = (nickname: string) => {
    if (!here) return
    transport.rememberNickname(nickname)
    tab.set(INSIDE, inviteKey(here))
    enter(here, nickname, null)
  }

  if (place) return <RoomScreen {...place} transport={transport} leave={leave} />
  if (shell && Start) return <Start transport={transport} shell={shell} enter={enter} />
  return <JoinScreen transport={transport} enter={enterHere} />
}
