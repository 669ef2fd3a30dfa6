import { initials } from '../text/characters'

/** A colour for a member, the same on every screen: a hue from the id, the rest from the theme. */
export function hueOf(member: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < member.length; at += 1) hash = Math.imul(hash ^ member.charCodeAt(at), 0x01000193)
  // The golden angle keeps neighbours apart.
  return Math.round(((hash >>> 0) * 137.508) % 360)
}

export function Avatar({ member, nickname }: { member: string; nickname: string }) {
  return (
    <span class="avatar" style={{ '--hue': hueOf(member) }} aria-hidden="true">
      {initials(nickname)}
    </span>
  )
}
