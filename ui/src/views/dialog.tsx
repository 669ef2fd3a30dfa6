import type { ComponentChildren, RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { words } from '../words/words'
import { useBackButton } from './back'
import { Icon } from './icon'

interface DialogProps {
  title: string
  /**
   * `card` in the middle, `sheet` from the edge, `full` over all of a phone, `menu` and `emoji` beside the button that
   * opened it, `viewer` over everything.
   */
  kind: 'card' | 'sheet' | 'full' | 'menu' | 'emoji' | 'viewer'
  close: () => void
  /**
   * What it opens beside, for the style sheet to place it: `--beside-left`, `--beside-top` and
   * `--beside-bottom`; `under` is set where there is more room under it than above.
   */
  beside?: RefObject<HTMLElement | null>
  children: ComponentChildren
}

/**
 * A modal dialog while it is rendered. The browser's own: it keeps the focus inside, closes on Escape or the back
 * button, and gives the focus back to where it was.
 */
export function Dialog({ title, kind, close, beside, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const pressedInside = useRef(false)
  useBackButton(close)
  useEffect(() => {
    const dialog = ref.current
    const before = document.activeElement
    // What it was opened from may be there only while the focus is near it.
    const around = before?.parentElement?.closest<HTMLElement>('[tabindex]')
    const place = beside?.current?.getBoundingClientRect()
    if (place) {
      dialog?.style.setProperty('--beside-left', `${place.left}px`)
      dialog?.style.setProperty('--beside-top', `${place.top}px`)
      dialog?.style.setProperty('--beside-bottom', `${place.bottom}px`)
      dialog?.classList.toggle('under', place.top < innerHeight - place.bottom)
    }
    dialog?.showModal()
    return () => {
      dialog?.close()
      // The element is gone before the browser could give the focus back.
      const back = before?.isConnected ? before : around
      if (back instanceof HTMLElement) back.focus({ preventScroll: true })
    }
  }, [beside])
  return (
    // Escape is the keyboard's way to do what a click beside the dialog does.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <dialog
      ref={ref}
      class={`dialog dialog-${kind}`}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
      onPointerDown={(event) => {
        pressedInside.current = event.target !== ref.current
      }}
      onClick={(event) => {
        // Whoever chooses words inside may let go of them beside it.
        if (event.target === ref.current && !pressedInside.current) close()
        pressedInside.current = false
      }}
    >
      <div class="dialog-inside">
        {(kind === 'card' || kind === 'sheet' || kind === 'full') && (
          <header class="dialog-head">
            <h2>{title}</h2>
            <button type="button" class="icon-button" aria-label={words.value.close} onClick={close}>
              <Icon name="close" />
            </button>
          </header>
        )}
        {children}
      </div>
    </dialog>
  )
}
