import type { Event } from '../wire.gen'
import { dayOf } from '../words/time'
import type { Notice, Pending } from './state'

/** One line of the log, as it is shown. */
export type Row =
  | { kind: 'message'; key: string; event: Event; first: boolean; own: boolean; changes: readonly Pending[] }
  | { kind: 'pending'; key: string; pending: Pending; first: boolean }
  | { kind: 'measure'; key: string; event: Event }
  | { kind: 'notice'; key: string; notice: Notice }
  | { kind: 'unread'; key: string }

export interface Day {
  day: number
  at: number
  rows: Row[]
}

/** Whether an event is a line of its own: a reaction or an edit shows in another one. */
export const isLine = ({ body }: Event): boolean =>
  body.kind === 'message' || body.kind === 'gone' || body.kind === 'measure'

/** Messages of one author this close together share one name and one time. */
const GROUP_MS = 5 * 60_000

/**
 * The events, the notices among them and what is pending, by day. `events` is the part to be shown;
 * `tail` tells whether it reaches the newest, behind which pending messages stand. Before the one at `unread`
 * stands where reading stopped.
 */
export function rowsByDay(
  events: readonly Event[],
  notices: readonly Notice[],
  pending: readonly Pending[],
  me: string | null,
  tail: boolean,
  unread: number | null = null,
): Day[] {
  const days: Day[] = []
  let author: string | null = null
  let since = 0

  const push = (row: Row, at: number) => {
    const day = dayOf(at)
    let last = days.at(-1)
    // A clock that was set back doesn't take a message out of its place in the log.
    if (!last || day > last.day) {
      last = { day, at, rows: [] }
      days.push(last)
    }
    last.rows.push(row)
  }
  const opensGroup = (member: string | null, at: number) => {
    const last = days.at(-1)
    const first = author !== member || at - since > GROUP_MS || !last || dayOf(at) > last.day
    if (first) since = at
    author = member
    return first
  }

  const from = (events[0]?.seq ?? 1) - 1
  let next = notices.findIndex((notice) => notice.after >= from)
  if (next < 0) next = notices.length
  const noticesUpTo = (seq: number) => {
    for (let notice = notices[next]; notice && notice.after <= seq; notice = notices[++next]) {
      push({ kind: 'notice', key: `n${notice.key}`, notice }, notice.at)
      author = null
    }
  }

  // One that was refused stands at the end, with what it would have said.
  const changes = new Map<string, Pending[]>()
  for (const item of pending) {
    if (!item.change || item.failed !== undefined) continue
    changes.set(item.change.of, [...(changes.get(item.change.of) ?? []), item])
  }
  for (const event of events) {
    // A change is no line of its own: it shows in the message.
    if (!isLine(event)) continue
    noticesUpTo(event.seq - 1)
    if (event.seq === unread) {
      push({ kind: 'unread', key: 'unread' }, event.at)
      author = null
    }
    if (event.body.kind === 'measure') {
      push({ kind: 'measure', key: `${event.seq}`, event }, event.at)
      author = null
      continue
    }
    const first = opensGroup(event.member, event.at)
    // Settling a pending message keeps its row: the same key before and after.
    const own = event.member === me
    push(
      {
        kind: 'message',
        key: own ? event.id : `${event.seq}`,
        event,
        first,
        own,
        changes: changes.get(event.id) ?? [],
      },
      event.at,
    )
  }
  if (!tail) return days
  noticesUpTo(Number.POSITIVE_INFINITY)
  for (const item of pending) {
    if (item.change && item.failed === undefined) continue
    const at = Math.max(item.at, events.at(-1)?.at ?? 0)
    push({ kind: 'pending', key: item.id, pending: item, first: opensGroup(me, at) }, at)
  }
  return days
}
