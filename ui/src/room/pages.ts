import type { Event, HistoryPage } from '../wire.gen'
import type { RoomState } from './state'

/** What to go to: a place in the log, a message by its id, or the first event of a moment or later. */
export type Target = { seq: number } | { id: string } | { at: number }

/** The part of the log that is read: the one that ends with the newest, or the one away from it. */
export const stretchOf = ({ island, events }: RoomState): readonly Event[] => island ?? events

/** The room with a page of history where it belongs. One that belongs nowhere any more changes nothing. */
export function paged(state: RoomState, { place, events }: HistoryPage): RoomState {
  const start = events[0]?.seq ?? 0
  if (!events.every((event, at) => event.seq === start + at)) return state
  if ('before' in place) return prepended(state, place.before, events)
  if ('after' in place) return continued(state, place.after, events)
  return events.length > 0 ? withIsland(state, events) : state
}

function prepended(state: RoomState, before: number, older: readonly Event[]): RoomState {
  const last = older.at(-1)?.seq
  if (last !== undefined && last !== before - 1) return state
  const { island } = state
  if (island?.[0]?.seq === before) return withIsland(state, [...older, ...island])
  const first = state.events[0]?.seq ?? state.cursor + 1
  // An answer to a question about a log, or a part of it, that is no longer here.
  if (before !== first) return state
  if (older.length === 0) return { ...state, complete: true }
  const longer = { ...state, events: [...older, ...state.events], complete: older[0]?.seq === 1 }
  // Asked for before the reader went elsewhere: it may come down to there.
  return island ? withIsland(longer, island) : longer
}

function continued(state: RoomState, after: number, newer: readonly Event[]): RoomState {
  const { island } = state
  if (!island || island.at(-1)?.seq !== after || newer[0]?.seq !== after + 1) return state
  return withIsland(state, [...island, ...newer])
}

/**
 * With that part being read. Where it comes up to what ends with the newest it becomes one with it, which goes
 * on to end at the cursor: what the page has beyond that comes by itself, in order.
 */
function withIsland(state: RoomState, island: readonly Event[]): RoomState {
  const first = state.events[0]?.seq ?? state.cursor + 1
  if ((island.at(-1)?.seq ?? 0) + 1 < first) return { ...state, island }
  const older = island.filter(({ seq }) => seq < first)
  if (older.length === 0) return { ...state, island: null }
  return { ...state, island: null, events: [...older, ...state.events], complete: older[0]?.seq === 1 }
}

/** Back to the part that ends with the newest. */
export function backToNewest(state: RoomState): RoomState {
  return state.island === null ? state : { ...state, island: null }
}

/** With the part being read that has this place. */
export function turnedTo(state: RoomState, seq: number): RoomState {
  return seq >= (state.events[0]?.seq ?? state.cursor + 1) ? backToNewest(state) : state
}

/** Where that is, if it can be told from what is here. */
export function located(state: RoomState, target: Target): number | undefined {
  for (const events of [state.island ?? [], state.events]) {
    const found = locatedIn(events, target, events === state.events)
    if (found !== undefined) return found
  }
  return undefined
}

function locatedIn(events: readonly Event[], target: Target, newest: boolean): number | undefined {
  const [first, last] = [events[0], events.at(-1)]
  if (!first || !last) return undefined
  if ('seq' in target) return target.seq >= first.seq && target.seq <= last.seq ? target.seq : undefined
  if ('id' in target) return events.findLast(({ id }) => id === target.id)?.seq
  const found = events.findIndex(({ at }) => at >= target.at)
  if (found < 0) return newest ? last.seq : undefined
  // The first one that is here need not be the first one there is.
  return found > 0 || first.seq === 1 ? events[found]?.seq : undefined
}

/** How much is kept in memory, in events. */
export interface Bounds {
  /** Of either part, before some of it is forgotten. */
  most: number
  /** Of the newest, and about as many around what is read elsewhere. */
  keep: number
}

/**
 * Without what is far from where the reader is, when there is too much: the relay has it. `from` to `to` is on
 * the page, `to` is infinite where that is all up to the end.
 */
export function forgotten(state: RoomState, from: number, to: number, { most, keep }: Bounds): RoomState {
  const { island, events, cursor } = state
  const near = (part: readonly Event[]) => {
    const some = part.filter(({ seq }) => seq >= from - keep / 4 && seq <= to + keep / 4)
    return some.length < part.length ? some : part
  }
  const kept = island && island.length > most ? near(island) : island
  if (events.length <= most) return kept === island ? state : { ...state, island: kept }
  const newest = cursor - keep + 1
  if (island || from >= newest) {
    const rest = cut(state, newest)
    return kept === island ? rest : { ...rest, island: kept }
  }
  const read = near(events)
  const last = read.at(-1)?.seq ?? cursor
  // Read further back than that: it becomes a part of its own, unless the two come together.
  return last + 1 < newest ? { ...cut(state, newest), island: read } : cut(state, from - keep / 4)
}

/** With nothing before this place in the part that ends with the newest. */
function cut(state: RoomState, seq: number): RoomState {
  const events = state.events.filter((event) => event.seq >= seq)
  if (events.length === state.events.length) return state
  return { ...state, events, complete: events[0]?.seq === 1 }
}
