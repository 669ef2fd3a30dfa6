import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { wide } from '../look'
import type { Room } from '../room/room'
import { words } from '../words/words'
import { Dialog } from './dialog'
import { Icon } from './icon'
import type { SearchPanelProps } from './search'

interface SearchPlaceProps {
  room: Room
  close: () => void
}

/** Beside the log where there is room, over it where there isn't. What is in it is loaded when it is first asked for. */
export function SearchPlace({ room, close }: SearchPlaceProps) {
  const [loaded, setLoaded] = useState<{ Panel: ComponentType<SearchPanelProps> } | null>(null)
  useEffect(() => {
    import('./search').then(
      ({ default: Panel }) => setLoaded({ Panel }),
      close, // The host is out of reach.
    )
  }, [])
  const w = words.value
  const beside = wide.value
  const back = () => {
    close()
    if (beside) document.querySelector<HTMLElement>('.composer textarea')?.focus()
  }
  const panel = loaded && (
    <loaded.Panel
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

/** Ctrl or Cmd with F or K opens it; pressed again there, the browser's own does what it does. */
export function useSearchKeys(open: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return
      if (event.key !== 'f' && event.key !== 'k') return
      const there = document.querySelector<HTMLInputElement>('[data-testid="search-field"]')
      if (there && document.activeElement === there && event.key === 'f') return
      // Whatever is open asks something first.
      if (!there && document.querySelector('dialog[open]')) return
      event.preventDefault()
      if (there) there.select()
      else open()
      there?.focus()
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [open])
}
