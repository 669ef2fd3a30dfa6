import type { ComponentChildren, VNode } from 'preact'
import { useContext, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { words } from '../words/words'
import { Icon } from './icon'
import { Reading } from './reading'

/** Only these can be long, so that a room full of short messages measures nothing. */
const mayBeLong = (text: string) => text.length > 600 || text.split('\n', 13).length > 12
/** A message longer than this, in lines of 1.5rem, is folded to what the style sheet leaves of it: 20. */
const LONG = 25

/** What a message says, folded where that fills a screen. */
export function Fold({ text, children }: { text: string; children: VNode }) {
  return mayBeLong(text) ? <Foldable>{children}</Foldable> : children
}

function Foldable({ children }: { children: ComponentChildren }) {
  const part = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const [long, setLong] = useState(false)
  const [open, setOpen] = useState(false)
  const { hold } = useContext(Reading)
  const w = words.value

  // How long it is depends on how wide the window is.
  useLayoutEffect(() => {
    const inside = part.current?.firstElementChild
    if (!inside) return
    const measure = () => {
      const line = 1.5 * Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
      setLong(inside.getBoundingClientRect().height > LONG * line)
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(inside)
    return () => observer.disconnect()
  }, [])

  const unfold = () => {
    // At the newest message the log follows what comes; this one wants to be read from here.
    hold()
    setOpen(true)
  }
  const fold = () => {
    setOpen(false)
    requestAnimationFrame(() => button.current?.scrollIntoView({ block: 'nearest' }))
  }
  // Whoever gets by the keyboard to a link that is folded away should see where they are.
  const focused = (event: FocusEvent) => {
    const box = part.current?.getBoundingClientRect()
    if (!long || open || !box || !(event.target instanceof HTMLElement)) return
    if (event.target.getBoundingClientRect().bottom > box.bottom) unfold()
  }
  return (
    <>
      <div ref={part} class={long && !open ? 'fold folded' : 'fold'} onFocusIn={focused}>
        {children}
      </div>
      {long && (
        <button
          ref={button}
          type="button"
          class="text-button fold-button"
          aria-expanded={open}
          data-testid="fold"
          onClick={open ? fold : unfold}
        >
          <Icon name={open ? 'less' : 'more'} size={16} />
          {open ? w.showLess : w.showMore}
        </button>
      )}
    </>
  )
}
