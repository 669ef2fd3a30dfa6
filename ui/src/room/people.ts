import { Names } from '../text/mentions'
import type { RoomState } from './state'

/** What the relay calls whoever gave no name. Nobody can be called by it: there may be several. */
const NOBODY = 'Anonymous'

const named = (names: Iterable<string>) =>
  [...new Set(names)].filter((name) => name !== '' && name !== NOBODY)

/** By name, the others in the room, as one calls them. */
export function othersIn({ members, you }: RoomState): string[] {
  const others = [...members].filter(([member]) => member !== you?.member).map(([, nickname]) => nickname)
  return named(others).sort((one, other) => one.localeCompare(other))
}

/** Everybody's names, to look for in what is said. */
export function namesOf(members: RoomState['members'], own: string | null): Names {
  return new Names(named([...members.values(), own ?? '']), own === NOBODY ? null : own)
}
