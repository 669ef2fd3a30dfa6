/** An invite: where a room is, which one it is there, and the secret that lets one in. */
export interface Invite {
  /** Host and port, as a URL writes them: `192.168.1.20:7684`, `[fe80::1]:7684`. */
  address: string
  /** Further addresses the same host may be reached by. */
  others?: string[]
  /** Absent in a bare address: the relay then has to have exactly one room. */
  room?: string
  /** Absent in a bare address: whoever comes by it is let in by the host, unless the room is open. */
  secret?: string
  /** What its host is known by, wherever it is: who answers there proves to be it. */
  mark?: string
  /** Where the person says it is, though who answers there can't prove it. */
  trusted?: string
  /** Set where it only says it is the room one knows by that name: it gets to know nothing of one's own. */
  stranger?: boolean
  /** Under which name this device's token was made, where one came in before it was known which room it is. */
  token?: string
  /** What makes one the host, in the link that `snug-relay` prints for it. It is never in one that is shown. */
  host?: string
}

/** In a link, between the key and what is carried along. */
export const SEAM = '~'

/** S-N-U-G on a telephone's keys. */
export const DEFAULT_PORT = 7684

const ROOM = /^\/r\/([0-9A-Za-z_-]{1,64})\/?$/
const SECRET = /^[0-9A-Za-z_-]{8,128}$/
const HOST = /^host=([0-9A-Za-z_-]{8,128})$/

/** Reads what a person pasted: a link, an address, or an address and port. Null when it is neither. */
export function parseInvite(pasted: string): Invite | null {
  const text = pasted.trim().replace(/^<(.*)>$/, '$1')
  if (text === '' || /\s/.test(text)) return null
  const schemed = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
  let url: URL
  try {
    url = new URL(schemed ? text : `http://${text}`)
  } catch {
    return null
  }
  if (url.protocol !== 'http:' || url.username || url.password || url.search) return null
  // A bare word is no address: "hello" parses as a host, but nobody is called so on a network of ours.
  if (!schemed && !/[.:[]/.test(text) && url.hostname !== 'localhost') return null
  const found = inviteAt(url)
  if (!found || (url.pathname !== '/' && !found.room)) return null
  // Port 80 is what a link without a port means; an address read aloud without one means Snug's own.
  if (url.port === '' && !schemed) found.address = `${url.hostname}:${DEFAULT_PORT}`
  return found
}

/** The invite a page was opened with. */
export function inviteAt(url: { host: string; pathname: string; hash: string }): Invite | null {
  if (url.host === '') return null
  const invite: Invite = { address: url.host }
  const room = ROOM.exec(url.pathname)?.[1]
  if (room) invite.room = room
  const secret = url.hash.slice(1).split(SEAM)[0] ?? ''
  if (SECRET.test(secret)) invite.secret = secret
  const host = HOST.exec(secret)?.[1]
  if (host) invite.host = host
  return invite
}

/** The link that carries an invite. */
export function inviteLink(invite: Invite): string {
  const room = invite.room ? `r/${invite.room}` : ''
  return `http://${invite.address}/${room}${invite.secret ? `#${invite.secret}` : ''}`
}

/** The link that opens the app with an invite, for those who have it. */
export function appLink(invite: Invite): string {
  return inviteLink(invite).replace(/^http:/, 'snug:')
}

/** A message's id, as the relay takes one. */
const ID = /^[!-~]{1,64}$/
/** Before it in a link's fragment. No secret looks like it. */
const MESSAGE = '#m='

/**
 * The link to a message in a room. It carries no secret: it is for those who are inside, and leads nobody in who
 * couldn't come in without it.
 */
export function messageLink(room: string, id: string): string {
  const [address] = room.split('#')
  return `${address}${MESSAGE}${encodeURIComponent(id).replaceAll(SEAM, '%7E')}`
}

/** The id of the message that an address leads to; null when it leads to none. */
export function messageAt({ hash }: { hash: string }): string | null {
  if (!hash.startsWith(MESSAGE)) return null
  try {
    const id = decodeURIComponent(hash.slice(MESSAGE.length))
    return ID.test(id) ? id : null
  } catch {
    return null
  }
}

/** The id of the message that a link leads to, where that is one in this room, at whichever of its addresses. */
export function messageIn(link: string, room: string): string | null {
  const invite = parseInvite(link)
  return invite?.room === room ? messageAt(new URL(link)) : null
}

/** The id of the message that somebody pasted a link to. */
export const messagePasted = (pasted: string): string | null =>
  messageAt({ hash: pasted.trim().replace(/^[^#]*/, '') })

/** Under which name things of this room (drafts, the outbox) are kept on this device. */
export function inviteKey(invite: Invite): string {
  const key = invite.room ?? invite.address
  return invite.stranger ? `${key} at ${invite.address}` : key
}
