import type { ComponentType } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { words } from '../words/words'
import { Dialog } from './dialog'
import { Icon } from './icon'

type Picker = ComponentType<{ pick: (emoji: string) => void }>

/** Opens the picker, which is loaded when it is first asked for. */
export function EmojiButton({ pick }: { pick: (emoji: string) => void }) {
  const [loaded, setLoaded] = useState<{ Picker: Picker } | null>(null)
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const picked = useRef<string | null>(null)
  // While the picker is open, nothing outside of it can take what was picked.
  useEffect(() => {
    if (open || picked.current === null) return
    pick(picked.current)
    picked.current = null
  }, [open, pick])
  const w = words.value
  const press = () => {
    setOpen(true)
    if (loaded) return
    import('./picker').then(
      ({ default: Picker }) => setLoaded({ Picker }),
      () => setOpen(false), // The host is out of reach.
    )
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        class="icon-button composer-tool"
        aria-label={w.addEmoji}
        title={w.addEmoji}
        aria-haspopup="dialog"
        data-testid="emoji-button"
        onClick={press}
      >
        <Icon name="smile" size={20} />
      </button>
      {open && loaded && (
        <Dialog kind="emoji" title={w.emoji} close={() => setOpen(false)} beside={button}>
          <loaded.Picker
            pick={(emoji) => {
              picked.current = emoji
              setOpen(false)
            }}
          />
        </Dialog>
      )}
    </>
  )
}
