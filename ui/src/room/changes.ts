import type { Event, Message, Reaction } from '../wire.gen'
import type { Change, Pending } from './state'

/** These events with what the later ones among `changes` make of them. To apply one again changes nothing. */
export function withChanges(events: readonly Event[], changes: readonly Event[]): readonly Event[] {
  let now: Event[] | null = null
  for (const change of changes) {
    const { body } = change
    if (body.kind === 'message' || body.kind === 'gone' || body.kind === 'measure') continue
    const at = (now ?? events).findLastIndex(({ id }) => id === body.of)
    const event = (now ?? events)[at]
    const changed = event && changedBy(event, change)
    if (!changed || changed === event) continue
    now ??= [...events]
    now[at] = changed
  }
  return now ?? events
}

/** A message as it reads after a change. */
export function changedBy(event: Event, { id, member, nickname, body }: Event): Event {
  const message = event.body
  if (message.kind !== 'message') return event
  switch (body.kind) {
    case 'edited':
      // Replaced by a later one, which comes, too.
      if (body.text === undefined) return event
      return { ...event, body: { ...message, text: body.text, edited: id } }
    case 'reacted':
      return { ...event, body: reacted(message, member, body.emoji, body.on) }
    case 'deleted':
      return {
        ...event,
        body: { kind: 'gone', ...(member === event.member ? {} : { by: { member, nickname } }) },
      }
    default:
      return event
  }
}

function reacted<M extends Message>(message: M, member: string, emoji: string, on: boolean): M {
  const before = message.reactions ?? []
  const known = before.find((it) => it.emoji === emoji)
  if ((known?.members.includes(member) ?? false) === on) return message
  const after = (reaction: Reaction): Reaction => {
    const others = reaction.members.filter((it) => it !== member)
    return { ...reaction, members: on ? [...others, member] : others }
  }
  const reactions = known
    ? before.map((it) => (it === known ? after(it) : it)).filter(({ members }) => members.length > 0)
    : [...before, { emoji, members: [member] }]
  const { reactions: _, ...rest } = message
  return (reactions.length > 0 ? { ...rest, reactions } : rest) as M
}

/** A message as it will read once the changes that wait here have been made, for whoever made them. */
export function expected(event: Event, pending: readonly Pending[], me: string): Event {
  return pending.reduce(
    (now, { id, text, change, failed }) =>
      change && failed === undefined
        ? changedBy(now, { ...event, id, member: me, body: bodyOf(change, text) })
        : now,
    event,
  )
}

function bodyOf(change: Change, text: string): Event['body'] {
  switch (change.kind) {
    case 'edit':
      return { kind: 'edited', of: change.of, text }
    case 'reaction':
      return { kind: 'reacted', of: change.of, emoji: change.emoji, on: change.on }
    case 'deletion':
      return { kind: 'deleted', of: change.of }
  }
}
