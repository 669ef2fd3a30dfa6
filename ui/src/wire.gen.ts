// Generated from relay/src/wire.rs by `cargo xtask bless`. Edit that.

/**
 * What a client may send.
 */
export type ClientFrame = { "type": "join", "payload": Join } | { "type": "new_message", "payload": NewMessage } | { "type": "nickname", "payload": Nickname } | { "type": "history", "payload": HistoryRequest } | { "type": "ping", "payload": Record<symbol, never> };

/**
 * What a relay may send.
 */
export type ServerFrame = { "type": "welcome", "payload": Welcome } | { "type": "events", "payload": Events } | { "type": "ack", "payload": Acks } | { "type": "history", "payload": HistoryPage } | { "type": "presence", "payload": Presence } | { "type": "error", "payload": WireError } | { "type": "pong", "payload": Record<symbol, never> };

/**
 * Asks to be let into a room.
 */
export type Join = { 
/**
 * Which room; may be left out where the relay has exactly one.
 */
room?: string, 
/**
 * The invite's secret, as it stands behind `#` in the link. Not needed in an open room.
 */
secret?: string, 
/**
 * Anonymous when left out or blank.
 */
nickname?: string, 
/**
 * A random token the client keeps, so that it comes back as the same member: 16 to 64 characters
 * of `A-Z a-z 0-9 - _`. Without one the relay makes one up and tells it in [`You::device`].
 */
device?: string, 
/**
 * Where the client's own copy of the log ends.
 */
since?: Since, };

/**
 * Where a client's copy of a log ends.
 */
export type Since = { 
/**
 * Which log that was.
 */
epoch: string, 
/**
 * The last event the client has; 0 when it has none.
 */
seq: number, 
/**
 * [`Event::at`] of that event, 0 when there is none. By it the relay knows a log that was put back to
 * an older copy and has gone on differently since.
 */
at: number, };

/**
 * Something to say.
 */
export type NewMessage = { 
/**
 * Minted by the client, 1 to 64 printable ASCII characters, unique within the room. Sending the
 * same id again is answered with the first one's `seq` and appends nothing; an id that another
 * member used for something else is refused.
 */
id: string, 
/**
 * What is said, at most [`Limits::text_bytes`] of UTF-8 and not blank.
 */
text: string, };

/**
 * A new nickname; blank means Anonymous.
 */
export type Nickname = { 
/**
 * At most [`Limits::nickname_chars`] characters.
 */
nickname: string, };

/**
 * Asks for events before a place in the log.
 */
export type HistoryRequest = { 
/**
 * Events with a smaller `seq` than this.
 */
before: number, 
/**
 * How many at most; the relay's own page size when left out or larger.
 */
limit?: number, };

/**
 * You are in.
 */
export type Welcome = { 
/**
 * Who the client is in this room.
 */
you: You, 
/**
 * The room it is in.
 */
room: RoomInfo, 
/**
 * Which log this is. Another epoch is another log: nothing known of the old one holds.
 */
epoch: string, 
/**
 * The last event in the log; 0 when it is empty.
 */
head: number, 
/**
 * True when `events` continue the client's copy after [`Join::since`]; false when they are the
 * newest page and the client has to start over.
 */
resumed: boolean, 
/**
 * Who is here; a part of them in a very large room.
 */
members: Array<Member>, 
/**
 * How many are here.
 */
count: number, 
/**
 * What the relay accepts.
 */
limits: Limits, 
/**
 * In order. What doesn't fit here follows in [`ServerFrame::Events`].
 */
events: Array<Event>, };

/**
 * Who the client is in a room.
 */
export type You = { 
/**
 * The same for every socket of this device, in this room.
 */
member: string, 
/**
 * As the room sees it.
 */
nickname: string, 
/**
 * The token to join with the next time; only when the client sent none.
 */
device?: string, };

/**
 * What a member may know of a room.
 */
export type RoomInfo = { 
/**
 * As it stands in the link.
 */
id: string, 
/**
 * For people to read.
 */
name: string, 
/**
 * Whoever knows the address is let in; else it takes the secret.
 */
open: boolean, };

/**
 * Someone who is in the room now.
 */
export type Member = { 
/**
 * The same for every socket of a device, in this room.
 */
member: string, 
/**
 * As of now.
 */
nickname: string, };

/**
 * What the relay accepts, so that a client can say so before it sends.
 */
export type Limits = { 
/**
 * The longest [`NewMessage::text`], in bytes of UTF-8.
 */
text_bytes: number, 
/**
 * The longest nickname, in characters.
 */
nickname_chars: number, };

/**
 * Something that happened, at its place in the log.
 */
export type Event = { 
/**
 * Its place.
 */
seq: number, 
/**
 * When it was committed.
 */
at: number, 
/**
 * Who did it.
 */
member: string, 
/**
 * What they were called then.
 */
nickname: string, 
/**
 * The id its author gave it; absent where the author's client has no ids.
 */
id?: string, 
/**
 * What it was.
 */
body: Body, };

/**
 * What an event says.
 */
export type Body = { "kind": "message", 
/**
 * Exactly as it was typed.
 */
text: string, };

/**
 * Events after a client's cursor.
 */
export type Events = { 
/**
 * In order; the first one follows the last one sent before.
 */
events: Array<Event>, };

/**
 * What settled together: a busy sender is told once for all of it.
 */
export type Acks = { 
/**
 * In the order the messages were sent.
 */
acks: Array<Ack>, };

/**
 * A message is on disk and will be seen by everyone at this place.
 */
export type Ack = { 
/**
 * The id it was sent with.
 */
id: string, 
/**
 * Its place in the log.
 */
seq: number, };

/**
 * A page of events, in order.
 */
export type HistoryPage = { 
/**
 * As in the request.
 */
before: number, 
/**
 * The events just before that place; empty at the log's beginning.
 */
events: Array<Event>, };

/**
 * What changed in who is here since this client was last told.
 */
export type Presence = { 
/**
 * True when `joined` is the whole list anew, because too much changed or was missed to tell the
 * changes; as in [`Welcome::members`], a part of it in a very large room.
 */
reset: boolean, 
/**
 * Came, or changed their nickname.
 */
joined: Array<Member>, 
/**
 * Left.
 */
left: Array<string>, 
/**
 * How many are here now.
 */
count: number, };

/**
 * A refusal, for the program (`code`) and for a person (`message`).
 */
export type WireError = { 
/**
 * What went wrong.
 */
code: ErrorCode, 
/**
 * The same in English, for logs and command-line tools.
 */
message: string, 
/**
 * The message it concerns, where it concerns one.
 */
id?: string, };

/**
 * Why something was refused.
 */
export type ErrorCode = "bad_json" | "bad_frame" | "unknown_type" | "too_big" | "bad_utf8" | "bad_websocket" | "not_joined" | "already_joined" | "no_such_room" | "wrong_secret" | "bad_device" | "bad_nickname" | "bad_id" | "id_taken" | "empty_message" | "text_too_long" | "log_failed" | "disk_full" | "log_damaged" | "full" | "too_slow" | "stopping";
