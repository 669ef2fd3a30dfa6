import { useEffect } from 'preact/hooks'
import type { Room } from '../room/room'
import { words } from '../words/words'
import { Calendar } from './calendar'
import { Dialog } from './dialog'

interface GoToDayProps {
  room: Room
  /** A moment of the day one comes from. */
  from: number
  close: () => void
}

/** Chooses a day of the room's, from its first to today. */
export default function GoToDay({ room, from, close }: GoToDayProps) {
  useEffect(() => room.reader.findSince(), [room])
  return (
    <Dialog kind="card" title={words.value.goToDay} close={close}>
      <Calendar
        first={room.reader.since.value ?? from}
        last={Date.now()}
        chosen={from}
        choose={(at) => {
          close()
          room.goTo({ at })
        }}
      />
    </Dialog>
  )
}
