import type { Addresses, Event, Guests, Keys, Knock, Limits, RoomInfo, You } from '../wire.gen'

/** What is to become of a message. `of` is its id. */
export type Change =
  /** Other words: the pending item's text. */
  | { kind: 'edit'; of: string }
  | { kind: 'deletion'; of: string }
  | { kind: 'reaction'; of: string; emoji: string; on: boolean }

/** A file of a message that was typed here. */
export interface Attached {
  /** In the page that sends it. */
  key: string
  /** The relay's id of it, once it has all of it. */
  upload?: string
  name: string
  bytes: number
  media: string
}

/** Something said or changed here that the log doesn't show yet. */
export interface Pending {
  /** Minted here; the event it becomes carries the same one. */
  id: string
  text: string
  /** The id of the message it answers. */
  reply?: string
  /** Where it is no message of its own. */
  change?: Change
  /** It is sent when the relay has all of them. */
  files?: readonly Attached[]
  /** When it was typed, by this device's clock. */
  at: number
  /** Why the relay refused it; until the person tries again or deletes it. */
  failed?: string
  /** Why the host couldn't take it when it was last sent. It is sent again by itself, and then nothing holds it up. */
  held?: string
  /** Its place, once acknowledged. Only then is it shown as sent. */
  seq?: number
}

/** Whether nothing of it is still to come. */
export const isWhole = ({ files }: Pending) => files?.every(({ upload }) => upload !== undefined) ?? true

/** What happened that is not in the log: people came, went, changed names, or the log itself was replaced. */
export interface Notice {
  /** Unique in this state. */
  key: number
  kind: 'joined' | 'left' | 'renamed' | 'called' | 'replaced'
  at: number
  /** The last event before it. */
  after: number
  /** Whom it concerns, the first ones first. `was` is the former nickname of someone renamed. */
  people: readonly { member: string; nickname: string; was?: string }[]
}

/** All that is known of a room, and nothing of how it is shown. Never changed, always replaced. */
export interface RoomState {
  you: You | null
  room: RoomInfo | null
  epoch: string | null
  /** How often the host's log turned out to be another one than this client had. */
  replacements: number
  limits: Limits | null
  /** A part of the log without a gap: `events[i].seq === events[0].seq + i`. */
  events: readonly Event[]
  /** The last place in the log this client has, 0 before the first. */
  cursor: number
  /** Whether `events` begins where the log begins. */
  complete: boolean
  /**
   * Another part of the log, further back and without a gap itself, that is read in place of `events`; null while
   * those are. It is never empty, and where it comes up to them the two become one.
   */
  island: readonly Event[] | null
  /** In the order they were typed. */
  pending: readonly Pending[]
  notices: readonly Notice[]
  /** Nicknames by member id, in the order they came; a part of them in a very large room. */
  members: ReadonlyMap<string, string>
  /** Those of them at none of whose screens anybody looks. */
  away: ReadonlySet<string>
  /** Those of them who host the room. */
  hosts: ReadonlySet<string>
  /** Who is typing, oneself included, in the order they began. */
  typing: readonly string[]
  count: number
  /** Where the host says it is, and what it is known by. */
  host: Addresses | null
  /** Who was here before the connection was lost, and when that was mended: they don't come anew. */
  before: { members: ReadonlyMap<string, string>; at: number } | null
  /** For a host: who waits at the door, the longest first. */
  knocks: readonly Knock[]
  /** For a host: what opens the door. */
  keys: Keys | null
  /** For a host who asked: who may come back. */
  guests: Guests | null
  /** Set when events came that don't continue the log: the session has to resume from the cursor. */
  gap: boolean
}

export const EMPTY: RoomState = {
  you: null,
  room: null,
  epoch: null,
  replacements: 0,
  limits: null,
  events: [],
  cursor: 0,
  complete: false,
  island: null,
  pending: [],
  notices: [],
  members: new Map(),
  away: new Set(),
  hosts: new Set(),
  typing: [],
  count: 0,
  host: null,
  before: null,
  knocks: [],
  keys: null,
  guests: null,
  gap: false,
}
