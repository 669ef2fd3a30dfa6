import type { NearbyRoom, RecentRoom } from '../shell.gen'
import { type Invite, parseInvite } from './invite'

/** The way into a room one has been in. */
export function recentInvite({ link, others, mark, host_key }: RecentRoom): Invite | null {
  const invite = parseInvite(link)
  return (
    invite && {
      ...invite,
      others,
      ...(mark === null ? {} : { mark }),
      ...(host_key === null ? {} : { host: host_key }),
    }
  )
}

/**
 * The way into a room that says it is nearby. Anybody on the network can say so, in any room's name: so the key
 * of a room one knows, and the token by which it knows this device, go only where it was before, or to who proves
 * to be its host, which the shell sees to. Where neither can be, it is a stranger's.
 */
export function nearbyInvite(nearby: NearbyRoom, recent: readonly RecentRoom[]): Invite | null {
  const [address, ...others] = nearby.addresses
  if (address === undefined) return null
  const before = recent.find((it) => it.room === nearby.room && !it.hosted)
  const known = before ? recentInvite(before) : null
  if (known?.mark !== undefined || (known && nearby.addresses.includes(known.address))) return known
  return { address, others, room: nearby.room, ...(known ? { stranger: true } : {}) }
}
