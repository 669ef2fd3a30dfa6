import { useEffect, useState } from 'preact/hooks'
import { type Invite, inviteKey } from './room/invite'
import { Room } from './room/room'
import { JoinScreen } from './screens/join'
import { RoomScreen } from './screens/room'
import { StartScreen } from './screens/start'
import type { Hosting } from './shell.gen'
import { tab } from './transport/storage'
import type { Transport } from './transport/transport'

interface Place {
  room: Room
  hosting: Hosting | null
}

/** A reload in the middle of a conversation goes on with it; a fresh visit asks first. */
const INSIDE = 'snug.inside'

export function App({ transport, hosting }: { transport: Transport; hosting: Hosting | null }) {
  const [place, setPlace] = useState<Place | null>(null)
  const { here, shell } = transport

  const enter = (invite: Invite, nickname: string, hosting: Hosting | null) => {
    const room = new Room(transport, invite, nickname, hosting !== null)
    room.enter()
    setPlace({ room, hosting })
  }
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

  // Once, when the page opens.
  useEffect(() => {
    if (hosting) {
      const { address, room, secret } = hosting
      enter({ address, room, secret }, transport.nickname(), hosting)
    } else if (here && tab.get(INSIDE) === inviteKey(here)) {
      enter(here, transport.nickname(), null)
    }
  }, [])

  if (place) return <RoomScreen {...place} transport={transport} leave={leave} />
  if (shell) return <StartScreen transport={transport} shell={shell} enter={enter} />
  return <JoinScreen transport={transport} enter={enterHere} />
}
