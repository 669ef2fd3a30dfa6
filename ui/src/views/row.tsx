import { useComputed } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useContext } from 'preact/hooks'
import type { Event } from '../wire.gen'
import { hueOf } from './avatar'
import { later } from './later'
import { Reading } from './reading'

/** Of the one message that is pointed at. */
export const Tools = later(() => import('./tools'))

interface RowProps {
  rowKey: string
  id: string
  seq: number | undefined
  state: 'sent' | 'pending' | 'failed'
  member: string
  /** The message as it was typed. */
  text: string
  /** Where it is in the log and still says something. */
  event?: Event
  classes: string
  children: ComponentChildren
}

/** A message's place in the log: what the keyboard stops at, and where its tools appear. */
export function MessageRow({ rowKey, id, seq, state, member, text, event, classes, children }: RowProps) {
  const { pointed, focused, stop, marked } = useContext(Reading)
  const stops = useComputed(() => stop.value === rowKey)
  const isMarked = useComputed(() => marked.value === rowKey)
  const tools = useComputed(() => focused.value === rowKey || pointed.value === rowKey)
  return (
    <article
      class={`message ${classes}${isMarked.value ? ' is-marked' : ''}`}
      data-testid="message"
      data-state={state}
      data-seq={seq}
      data-key={rowKey}
      data-id={id}
      tabIndex={stops.value ? 0 : -1}
      // A pending one is read out once, when it is in the log.
      aria-live={state === 'sent' ? undefined : 'off'}
      style={{ '--hue': hueOf(member) }}
    >
      {children}
      {tools.value && (text !== '' || event) && <Tools.View text={text} {...(event ? { event } : {})} />}
    </article>
  )
}
