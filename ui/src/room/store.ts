import type { Ack, Event, HistoryPage, Presence, ServerFrame, Welcome } from '../wire.gen'
import { withChanges } from './changes'
import { noticed, replaced } from './notices'
import { EMPTY, type Pending, type RoomState } from './state'
import { isTrouble } from './trouble'

/** The room as it is after a frame. Frames that say nothing new return the same state. */
export function apply(state: RoomState, frame: ServerFrame, now: number): RoomState {
  switch (frame.type) {
    case 'welcome':
      return welcomed(state, frame.payload, now)
    case 'events':
      return appended(state, frame.payload.events)
    case 'ack':
      return acknowledged(state, frame.payload.acks)
    case 'history':
      return prepended(state, frame.payload)
    case 'presence':
      return present(state, frame.payload, now)
    case 'error':
      return frame.payload.id ? failed(state, frame.payload.id, frame.payload.code) : state
    default:
      // Frames of a newer relay mean nothing here.
      return state
  }
}

function welcomed(state: RoomState, welcome: Welcome, now: number): RoomState {
  const joined = {
    ...state,
    you: welcome.you,
    room: welcome.room,
    limits: welcome.limits,
    epoch: welcome.epoch,
    members: new Map(welcome.members.map(({ member, nickname }) => [member, nickname])),
    count: welcome.count,
    before: state.room ? { members: state.members, at: now } : null,
    gap: false,
    // A host that comes back may be out of its trouble.
    pending: state.pending.map(({ held: _, ...item }) => item),
  }
  if (welcome.resumed && welcome.epoch === state.epoch) return appended(joined, welcome.events)
  const first = welcome.events[0]
  const cursor = welcome.events.at(-1)?.seq ?? welcome.head
  return withoutSeen({
    ...joined,
    events: welcome.events,
    cursor,
    complete: first ? first.seq === 1 : welcome.head === 0,
    notices: state.cursor > 0 ? replaced(cursor, now) : [],
    replacements: state.epoch === null ? 0 : state.replacements + 1,
    // What the log that is gone acknowledged, and nobody has seen, waits again.
    pending: joined.pending.map(({ seq: _, ...item }) => item),
  })
}

function appended(state: RoomState, incoming: readonly Event[]): RoomState {
  const fresh = incoming.filter((event) => event.seq > state.cursor)
  if (fresh.length === 0) return state.gap ? { ...state, gap: false } : state
  if (!fresh.every((event, at) => event.seq === state.cursor + 1 + at)) return { ...state, gap: true }
  const cursor = state.cursor + fresh.length
  return withoutSeen(
    {
      ...state,
      events: withChanges([...state.events, ...fresh], fresh),
      cursor,
      complete: state.complete || fresh[0]?.seq === 1,
    },
    fresh,
  )
}

function prepended(state: RoomState, page: HistoryPage): RoomState {
  const first = state.events[0]?.seq ?? state.cursor + 1
  // An answer to a question about a log, or a part of it, that is no longer shown.
  if (page.before !== first) return state
  const older = page.events.filter((event) => event.seq < first)
  if (older.length === 0) return { ...state, complete: true }
  const start = first - older.length
  if (!older.every((event, at) => event.seq === start + at)) return state
  return { ...state, events: [...older, ...state.events], complete: start === 1 }
}

/** With these settled: by place where the log isn't shown that far yet, else not pending at all. */
export function acknowledged(state: RoomState, acks: readonly Ack[]): RoomState {
  const places = new Map(acks.map(({ id, seq }) => [id, seq]))
  if (!state.pending.some(({ id }) => places.has(id))) return state
  const pending = state.pending.flatMap((item) => {
    const seq = places.get(item.id)
    if (seq === undefined) return [item]
    const { failed: _, held: __, ...settled } = item
    return seq <= state.cursor ? [] : [{ ...settled, seq }]
  })
  return { ...state, pending }
}

/** Drops what the log now shows: by id, or by place when the ack came first. */
function withoutSeen(state: RoomState, events: readonly Event[] = state.events): RoomState {
  if (state.pending.length === 0) return state
  const seen = new Set<string>()
  for (const event of events) if (event.member === state.you?.member) seen.add(event.id)
  const pending = state.pending.filter(
    (it) => !seen.has(it.id) && !(it.seq !== undefined && it.seq <= state.cursor),
  )
  return pending.length === state.pending.length ? state : { ...state, pending }
}

function present(state: RoomState, presence: Presence, now: number): RoomState {
  const members = new Map(presence.reset ? [] : state.members)
  for (const member of presence.left) members.delete(member)
  for (const { member, nickname } of presence.joined) members.set(member, nickname)
  const mine = state.you && members.get(state.you.member)
  const you = state.you && mine !== undefined && mine !== null ? { ...state.you, nickname: mine } : state.you
  return {
    ...state,
    you,
    members,
    count: presence.count,
    notices: presence.reset ? state.notices : noticed(state, presence, now),
  }
}

/** With something typed here, in its place among the rest: ids sort by when they were minted. */
export function typed(state: RoomState, item: Pending): RoomState {
  const others = state.pending.filter((it) => it.id !== item.id)
  return { ...state, pending: [...others, item].sort((one, other) => (one.id < other.id ? -1 : 1)) }
}

/** With what was found to be waiting, too, unless the log shows it already. */
export function found(state: RoomState, items: readonly Pending[]): RoomState {
  const known = new Set(state.pending.map(({ id }) => id))
  const more = items.filter(({ id }) => !known.has(id))
  return more.length === 0 ? state : withoutSeen(more.reduce(typed, state))
}

/** With a message refused, and why: for good, or until the host is out of its trouble. */
export function failed(state: RoomState, id: string, reason: string): RoomState {
  if (!state.pending.some((it) => it.id === id)) return state
  const why = isTrouble(reason) ? { held: reason } : { failed: reason }
  return { ...state, pending: state.pending.map((it) => (it.id === id ? { ...it, ...why } : it)) }
}

/** Without a message the person deleted before it was sent. */
export function withdrawn(state: RoomState, id: string): RoomState {
  return { ...state, pending: state.pending.filter((it) => it.id !== id) }
}

/**
 * Without the oldest events when there are more than `most`: `keep` of the newest stay, and the relay
 * has the others for whoever scrolls up.
 */
export function trimmed(state: RoomState, most: number, keep: number): RoomState {
  if (state.events.length <= most) return state
  const events = state.events.slice(-keep)
  const first = events[0]?.seq ?? 0
  return {
    ...state,
    events,
    complete: first === 1,
    notices: state.notices.filter((notice) => notice.after >= first),
  }
}

export { EMPTY }
