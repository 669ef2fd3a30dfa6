import type { Ack, Event, Member, Presence, ServerFrame, Welcome, You } from '../wire.gen'
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
    case 'typing':
      return { ...state, typing: frame.payload.members }
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
    ...whoIsHere(new Map(), welcome.members),
    count: welcome.count,
    typing: [],
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
  // Whoever has said it types no more; the relay says so a moment later.
  const spoken = new Set(fresh.map(({ member }) => member))
  return withoutSeen(
    {
      ...state,
      you: state.you && restrained(state.you, fresh),
      events: withChanges([...state.events, ...fresh], fresh),
      island: state.island && withChanges(state.island, fresh),
      cursor,
      complete: state.complete || fresh[0]?.seq === 1,
      typing: state.typing.some((it) => spoken.has(it))
        ? state.typing.filter((it) => !spoken.has(it))
        : state.typing,
    },
    fresh,
  )
}

/** Oneself, after what hosts did. */
function restrained(you: You, events: readonly Event[]): You {
  const last = events.findLast(
    ({ body }) =>
      body.kind === 'measure' &&
      body.what === 'member' &&
      body.of === you.member &&
      (body.deed === 'muted' || body.deed === 'unmuted'),
  )
  if (last?.body.kind !== 'measure' || last.body.what !== 'member') return you
  const { muted_by: _, ...heard } = you
  return last.body.deed === 'muted' ? { ...heard, muted_by: last.nickname } : heard
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

/** Those who are here, with these come or changed and without whoever left. */
function whoIsHere(
  before: ReadonlyMap<string, string>,
  joined: readonly Member[],
  left: readonly string[] = [],
  standing: Pick<RoomState, 'away' | 'hosts'> = EMPTY,
): Pick<RoomState, 'members' | 'away' | 'hosts'> {
  const [members, away, hosts] = [new Map(before), new Set(standing.away), new Set(standing.hosts)]
  for (const member of left) {
    for (const known of [members, away, hosts]) known.delete(member)
  }
  for (const { member, nickname, away: isAway, host } of joined) {
    members.set(member, nickname)
    away[isAway ? 'add' : 'delete'](member)
    hosts[host ? 'add' : 'delete'](member)
  }
  return { members, away, hosts }
}

function present(state: RoomState, presence: Presence, now: number): RoomState {
  const { reset, joined, left } = presence
  const here = reset ? whoIsHere(new Map(), joined) : whoIsHere(state.members, joined, left, state)
  const mine = state.you && here.members.get(state.you.member)
  const you = state.you && mine !== undefined && mine !== null ? { ...state.you, nickname: mine } : state.you
  return {
    ...state,
    you,
    ...here,
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

/** With a message on its way again: nothing holds it up until the host says so once more. */
export function sent(state: RoomState, id: string): RoomState {
  if (!state.pending.some((it) => it.id === id && it.held !== undefined)) return state
  const pending = state.pending.map((it) => {
    if (it.id !== id) return it
    const { held: _, ...item } = it
    return item
  })
  return { ...state, pending }
}

/** Without a message the person deleted before it was sent. */
export function withdrawn(state: RoomState, id: string): RoomState {
  return { ...state, pending: state.pending.filter((it) => it.id !== id) }
}

export { EMPTY }
