import type { ComponentType } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { words } from '../words/words'
import { Dialog } from './dialog'
import { Icon } from './icon'
import { typeInto, writes } from './typing-anywhere'

type Picker = ComponentType<{ pick: (emoji: string) => void }>

interface EmojiButtonProps {
  class: string
  label: string
  size: number
  testid: string
  /** For reactions: a few that are wanted most stand above all others. */
  quick?: boolean
  pick: (emoji: string) => void
}

/** What most people answer a message with, if they answer with one. */
const QUICK = ['👍', '❤️', '😂', '🎉', '😮', '🙏']

/** Whoever types a name among the quick ones looks for it: Enter would send to everybody the one with the focus. */
function toSearch(event: KeyboardEvent): void {
  const { currentTarget } = event
  if (!writes(event) || !(currentTarget instanceof Element)) return
  typeInto(currentTarget.parentElement?.querySelector<HTMLInputElement>('.picker-search input') ?? null)
}

/** Opens the picker, which is loaded when it is first asked for. */
export function EmojiButton({ class: classes, label, size, testid, quick = false, pick }: EmojiButtonProps) {
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
      () => setOpen(quick), // The host is out of reach.
    )
  }
  const take = (emoji: string) => {
    setOpen(false)
    // A reaction needs no field to be put into, and its button may be gone in a moment.
    if (quick) pick(emoji)
    else picked.current = emoji
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        class={classes}
        aria-label={label}
        title={label}
        aria-haspopup="dialog"
        data-testid={testid}
        onClick={press}
      >
        <Icon name="smile" size={size} />
      </button>
      {open && (loaded || quick) && (
        <Dialog kind="emoji" title={w.emoji} close={() => setOpen(false)} beside={button}>
          {quick && (
            // biome-ignore lint/a11y/noStaticElementInteractions: the keys are its buttons', and those that write
            <div class="emoji-quick" onKeyDown={toSearch}>
              {QUICK.map((emoji) => (
                <button
                  key={emoji}
                  type="button"
                  class="picker-emoji"
                  data-testid="quick"
                  onClick={() => take(emoji)}
                >
                  {emoji}
                </button>
              ))}
            </div>
          )}
          {loaded && <loaded.Picker pick={take} />}
        </Dialog>
      )}
    </>
  )
}
