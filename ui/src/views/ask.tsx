import type { ComponentChildren } from 'preact'
import { words } from '../words/words'
import { Dialog } from './dialog'

interface AskProps {
  title: string
  /** What it would mean. */
  children: ComponentChildren
  /** What is done if one means it. */
  label: string
  testid: string
  /** Something would be lost by it, or somebody kept out. */
  grave?: boolean
  act: () => void
  /** What one does otherwise. */
  instead?: string
  close: () => void
  /** Where the focus is: on what was just asked for, or on what loses nothing. */
  focus?: 'act' | 'close'
}

/** Asks whether somebody means it. */
export function Ask({ title, children, label, testid, grave, act, instead, close, focus }: AskProps) {
  return (
    <Dialog kind="card" title={title} close={close}>
      {children}
      <div class="card-actions">
        {/* biome-ignore lint/a11y/noAutofocus: where the dialog puts the focus */}
        <button type="button" class="button" autoFocus={focus === 'close'} onClick={close}>
          {instead ?? words.value.cancel}
        </button>
        <button
          type="button"
          class={grave ? 'button danger' : 'button primary'}
          // biome-ignore lint/a11y/noAutofocus: where the dialog puts the focus
          autoFocus={focus === 'act'}
          data-testid={testid}
          onClick={act}
        >
          {label}
        </button>
      </div>
    </Dialog>
  )
}
