import type { NearbyRoom, RecentRoom } from '../shell.gen'
import { type Invite, parseInvite } from './invite'

/**
 * The way into a room that says it is nearby. Anybody on the network can say so, in any room's name: so the
 * key of a room one knows goes only to an address that was the room's before, and to no other the token by
 * which the room knows this device.
 */
export function nearbyInvite(nearby: NearbyRoom, recent: readonly RecentRoom[]): Invite | null {
  const [address, ...others] = nearby.addresses
  if (address === undefined) return null
  const link = recent.find((it) => it.room === nearby.room && !it.hosted)?.link
  const known = link ? parseInvite(link) : null
  if (known && nearby.addresses.includes(known.address)) return known
  return { address, others, room: nearby.room, ...(known ? { stranger: true } : {}) }
}
