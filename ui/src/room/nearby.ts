import type { Hosting, NearbyRoom, RecentRoom } from '../shell.gen'
import { type Invite, inviteKey, parseInvite } from './invite'

/** The way into the room that is hosted here: who answers there needs to prove nothing. */
export function hostedInvite({ address, room, secret }: Hosting): Invite {
  return { address, room, secret, trusted: address }
}

/** The way into a room one has been in. */
export function recentInvite({ room, link, others, mark, host_key, token }: RecentRoom): Invite | null {
  const invite = parseInvite(link)
  return (
    invite && {
      ...invite,
      // A bare address doesn't say which one it led to.
      room,
      others,
      ...(mark === null ? {} : { mark }),
      ...(host_key === null ? {} : { host: host_key }),
      ...(token === null ? {} : { token }),
    }
  )
}

/**
 * The way in by a link that somebody gave one. Where it carries no secret, as one to a message doesn't, it leads to a
 * room one knows by what one knows of it. Anybody can name a room: that who answers is its host, the shell sees to.
 */
export function givenInvite(given: Invite, recent: readonly RecentRoom[]): Invite {
  const before = recent.find((it) => it.room === given.room && !it.hosted)
  const known = before ? knownAt(given, before) : null
  if (known?.stranger) return { ...given, stranger: true }
  return given.secret || given.host ? given : (known ?? given)
}

/**
 * The way into the room that a bare address turned out to lead to: by what one knows of that room, where one does, and
 * null where one doesn't. That its host is who says so is still to be proven, and until then it is told nothing more.
 */
export function turnedOut(bare: Invite, room: string, recent: readonly RecentRoom[]): Invite | null {
  const before = recent.find((it) => it.room === room)
  if (!before) return null
  // What waits to be said in a room of one's own is for nobody else's.
  const known = before.hosted ? null : knownAt(bare, before)
  if (known && !known.stranger) return { ...known, ...bare, room }
  return { ...bare, room, stranger: true, token: inviteKey(bare) }
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

/** The way into a room one knows, first of all where it is said to be; a stranger's where nothing can prove that. */
function knownAt({ address }: Invite, before: RecentRoom): Invite | null {
  const known = recentInvite(before)
  if (!known) return null
  const others = [known.address, ...(known.others ?? [])].filter((it) => it !== address)
  if (known.mark === undefined && known.address !== address)
    return { address, room: before.room, stranger: true }
  return { ...known, address, others }
}
