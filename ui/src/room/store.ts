import type { Ack, Event, Presence, ServerFrame, Welcome } from '../wire.gen'
import { withChanges } from './changes'
import { noticed, replaced } from './notices'
import { paged } from './pages'
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
      return paged(state, frame.payload)
    case 'presence':
      return present(state, frame.payload, now)
    case 'addresses':
      return { ...state, host: frame.payload }
    case 'room':
      return { ...state, room: frame.payload }
    case 'knocks':
      return { ...state, knocks: frame.payload.waiting }
    case 'keys':
      return { ...state, keys: frame.payload }
    case 'guests':
      return { ...state, guests: frame.payload }
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
    // What only hosts are told follows.
    knocks: [],
    guests: null,
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
    island: null,
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
      island: state.island && withChanges(state.island, fresh),
      cursor,
      complete: state.complete || fresh[0]?.seq === 1,
    },
    fresh,
  )
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

export { EMPTY }
