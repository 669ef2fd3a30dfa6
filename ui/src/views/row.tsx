import { useComputed } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useContext } from 'preact/hooks'
import { hueOf } from './avatar'
import { Reading } from './reading'
import { MessageTools } from './tools'

interface RowProps {
  rowKey: string
  seq: number | undefined
  state: 'sent' | 'pending' | 'failed'
  member: string
  /** The message as it was typed. */
  text: string
  classes: string
  children: ComponentChildren
}

/** A message's place in the log: what the keyboard stops at, and where its tools appear. */
export function MessageRow({ rowKey, seq, state, member, text, classes, children }: RowProps) {
  const { pointed, focused, stop } = useContext(Reading)
  const stops = useComputed(() => stop.value === rowKey)
  const tools = useComputed(() => focused.value === rowKey || pointed.value === rowKey)
  return (
    <article
      class={`message ${classes}`}
      data-testid="message"
      data-state={state}
      data-seq={seq}
      data-key={rowKey}
      tabIndex={stops.value ? 0 : -1}
      // A pending one is read out once, when it is in the log.
      aria-live={state === 'sent' ? undefined : 'off'}
      style={{ '--hue': hueOf(member) }}
    >
      {children}
      {tools.value && <MessageTools text={text} />}
    </article>
  )
}
