import { wide } from '../look'
import type { Room } from '../room/room'
import { words } from '../words/words'
import { Dialog } from './dialog'
import { toComposer } from './focus'
import { Icon } from './icon'
import { SearchPanel } from './search'

interface SearchPlaceProps {
  room: Room
  close: () => void
}

/** Beside the log where there is room, over it where there isn't. */
export default function SearchPlace({ room, close }: SearchPlaceProps) {
  const w = words.value
  const beside = wide.value
  const back = () => {
    close()
    if (beside) toComposer()
  }
  const panel = (
    <SearchPanel
      room={room}
      close={back}
      goTo={({ seq }) => {
        // Over the log it would be in the way of what it found.
        if (!beside) close()
        room.goTo({ seq })
      }}
    />
  )
  if (!beside) {
    return (
      <Dialog kind="full" title={w.search} close={close}>
        {panel}
      </Dialog>
    )
  }
  return (
    <aside class="search-aside" aria-label={w.search} data-testid="search-aside">
      <header class="dialog-head">
        <h2 class="people-title">{w.search}</h2>
        <button type="button" class="icon-button small" aria-label={w.close} title={w.close} onClick={back}>
          <Icon name="close" size={16} />
        </button>
      </header>
      {panel}
    </aside>
  )
}
