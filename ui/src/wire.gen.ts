// Generated from relay/src/wire.rs by `cargo xtask bless`. Edit that.

/**
 * What a client may send.
 */
export type ClientFrame = { "type": "join", "payload": Join } | { "type": "new_message", "payload": NewMessage } | { "type": "edit", "payload": Edit } | { "type": "delete", "payload": Delete } | { "type": "react", "payload": React } | { "type": "nickname", "payload": Nickname } | { "type": "typing", "payload": Typing } | { "type": "away", "payload": Away } | { "type": "history", "payload": HistoryRequest } | { "type": "search", "payload": SearchRequest } | { "type": "host", "payload": Order } | { "type": "ping", "payload": Record<symbol, never> };

/**
 * What a relay may send.
 */
export type ServerFrame = { "type": "welcome", "payload": Welcome } | { "type": "waiting", "payload": Waiting } | { "type": "room", "payload": RoomInfo } | { "type": "events", "payload": Events } | { "type": "ack", "payload": Acks } | { "type": "history", "payload": HistoryPage } | { "type": "found", "payload": Found } | { "type": "presence", "payload": Presence } | { "type": "addresses", "payload": Addresses } | { "type": "knocks", "payload": Knocks } | { "type": "keys", "payload": Keys } | { "type": "guests", "payload": Guests } | { "type": "typing", "payload": Typists } | { "type": "error", "payload": WireError } | { "type": "pong", "payload": Record<symbol, never> };

/**
 * Asks to be let into a room.
 */
export type Join = { 
/**
 * Which room; may be left out where the relay has exactly one.
 */
room?: string, 
/**
 * The invite's secret, as it stands behind `#` in the link. Not needed in an open room, nor by a
 * device that was let in before. Without one, joining a closed room is to knock.
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
 * The room's host key, for the host's own app: with it one has the host's powers, and needs no
 * secret. It is in no invite.
 */
host?: string, 
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
 * What is said, at most [`Limits::text_chars`](super::Limits::text_chars) and [`Limits::text_bytes`](super::Limits::text_bytes); blank only where there are files.
 */
text: string, 
/**
 * The id of the message it answers.
 */
reply?: string, 
/**
 * Uploads of this member's that are complete, at most [`Limits::files`](super::Limits::files) of them, in the order in
 * which they are to be shown. Each goes into one message.
 */
files?: Array<string>, };

/**
 * Other words for a message of one's own. It becomes an event itself, and the message reads anew from
 * then on, in every page of history too.
 */
export type Edit = { 
/**
 * As [`NewMessage::id`]: the change's own.
 */
id: string, 
/**
 * The message's id.
 */
of: string, 
/**
 * As [`NewMessage::text`]. The message keeps its files.
 */
text: string, };

/**
 * Takes back a message: one's own, or for the host anybody's. What it said is erased from the host's
 * disk, its edits and reactions with it; that there was a message stays.
 */
export type Delete = { 
/**
 * As [`NewMessage::id`]: the change's own.
 */
id: string, 
/**
 * The message's id.
 */
of: string, };

/**
 * Puts an emoji of one's own to anybody's message, or takes it off.
 */
export type React = { 
/**
 * As [`NewMessage::id`]: the change's own.
 */
id: string, 
/**
 * The message's id.
 */
of: string, 
/**
 * One emoji, at most [`Limits::emoji_bytes`](super::Limits::emoji_bytes) of UTF-8.
 */
emoji: string, 
/**
 * False to take it off.
 */
on: boolean, };

/**
 * A new nickname; blank means Anonymous. Where somebody else here is called so, it gets a number.
 */
export type Nickname = { 
/**
 * At most [`Limits::nickname_chars`](super::Limits::nickname_chars) characters.
 */
nickname: string, };

/**
 * Whether somebody is typing. It ends by itself after a while, and with what they then say.
 */
export type Typing = { 
/**
 * False when they have stopped.
 */
on: boolean, };

/**
 * Whether anybody looks at a client: its page is hidden, or nothing was touched for a while.
 */
export type Away = { 
/**
 * False when somebody is back. So it is taken to be when a client joins.
 */
away: boolean, };

/**
 * Asks for a page of the log.
 */
export type HistoryRequest = { 
/**
 * Which one.
 */
place: Place, 
/**
 * How many at most; the relay's own page size when left out or larger.
 */
limit?: number, };

/**
 * Where a page of the log is: on one side of a place in it, or around one.
 */
export type Place = { "before": number } | { "after": number } | { "around": number } | { "id": string } | { "at": number };

/**
 * Asks for messages in which certain words are.
 *
 * All the words have to be in it, `"several words"` in a row, and `from:name` in its author's name. Capitals, accents
 * and width make no difference; parts of words count. There is no wrong syntax. Of several searches of one socket
 * that are not answered yet only the last one is.
 */
export type SearchRequest = { 
/**
 * Minted by the client, as [`NewMessage::id`](super::NewMessage::id); the answer, or the refusal, has it.
 */
id: string, 
/**
 * As it was typed, at most [`Limits::query_chars`](super::Limits::query_chars).
 */
query: string, 
/**
 * Only messages before this place: [`Found::next`], for what comes after an answer.
 */
before?: number, };

/**
 * What a host asks for. What comes of it shows in [`Knocks`], [`Keys`] and [`RoomInfo`](super::RoomInfo); anybody else is
 * refused with [`ErrorCode::NotHost`](super::ErrorCode::NotHost).
 */
export type Order = { "kind": "answer", 
/**
 * As in [`Knock::member`].
 */
members: Array<string>, 
/**
 * False to turn them away.
 */
admit: boolean, } | { "kind": "door", 
/**
 * How it is to stand.
 */
door: Door, } | { "kind": "renew" } | { "kind": "add_link", 
/**
 * After how long; by itself never when left out.
 */
ends_in_ms?: number, 
/**
 * After how many devices that weren't in before; any number when left out.
 */
guests?: number, } | { "kind": "end_link", 
/**
 * As in [`Link::id`].
 */
link: string, } | { "kind": "guests" } | { "kind": "forget", 
/**
 * As in [`Guest::member`].
 */
member: string, } | { "kind": "rename", 
/**
 * At most [`Limits::room_name_chars`](super::Limits::room_name_chars) characters.
 */
name: string, } | { "kind": "remove", 
/**
 * Who is in the room, or may come back; not a host who is in it.
 */
member: string, } | { "kind": "ban", 
/**
 * As above.
 */
member: string, 
/**
 * Ends all links in the same moment and makes a new one, so that nobody comes back with another token by
 * what they have.
 */
new_link?: boolean, } | { "kind": "unban", 
/**
 * As in [`Guest::member`].
 */
member: string, } | { "kind": "mute", 
/**
 * As in [`Order::Remove`].
 */
member: string, 
/**
 * False to let them speak again.
 */
on: boolean, } | { "kind": "appoint", 
/**
 * As in [`Order::Remove`]; to take them back, one to whom they were passed.
 */
member: string, 
/**
 * False to take them back.
 */
on: boolean, } | { "kind": "slow", 
/**
 * The time from one message of a member's to their next, at most a day; 0 for no limit.
 */
every_ms: number, } | { "kind": "files" } & FileRules;

/**
 * How a room's door stands.
 */
export type Door = "closed" | "open" | "locked";

/**
 * The host is asked whether you may come in.
 */
export type Waiting = { 
/**
 * Whether a host is there to answer; if not, the knock waits for one.
 */
host_here: boolean, 
/**
 * After how long from now nobody will have answered.
 */
ends_in_ms: number, };

/**
 * Who knocks, the one who waits longest first.
 */
export type Knocks = { 
/**
 * All of them.
 */
waiting: Array<Knock>, };

/**
 * Somebody at the door.
 */
export type Knock = { 
/**
 * Who they would be inside.
 */
member: string, 
/**
 * What they call themselves.
 */
nickname: string, 
/**
 * Since when they wait.
 */
at: number, };

/**
 * What opens a room's door.
 */
export type Keys = { 
/**
 * What the room's own link carries behind `#`.
 */
secret: string, 
/**
 * The further links, oldest first. Ended ones stay until they are taken away or many are newer.
 */
links: Array<Link>, };

/**
 * A further link, which ends.
 */
export type Link = { 
/**
 * By which a host names it.
 */
id: string, 
/**
 * What it carries behind `#`.
 */
secret: string, 
/**
 * When it was made.
 */
at: number, 
/**
 * From when on it lets in nobody more.
 */
ends_at?: number, 
/**
 * How many devices it lets in.
 */
guests?: number, 
/**
 * How many it has let in.
 */
used: number, };

/**
 * Who may come back without a link: every device that was let in, until the host forgets it. And who is banned.
 */
export type Guests = { 
/**
 * Those about whom a host has decided something come first, and all of them; then whoever was in last, a part
 * of them where there are very many.
 */
guests: Array<Guest>, 
/**
 * How many there are.
 */
count: number, };

/**
 * A device that may come back.
 */
export type Guest = { 
/**
 * Who it is in the room.
 */
member: string, 
/**
 * What they were called when they last came.
 */
nickname: string, 
/**
 * When they last came, to a day.
 */
at: number, 
/**
 * How they came the first time.
 */
by: Entry, 
/**
 * What a host has decided about them.
 */
standing?: Standing | null, };

/**
 * How somebody was let in.
 */
export type Entry = "link" | "knock" | "open";

/**
 * What a device that was let in may do.
 */
export type Standing = "usual" | "muted" | "banned" | "host";

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
 * In order. What doesn't fit here follows in [`ServerFrame::Events`](super::ServerFrame::Events).
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
 * Whether this is the host, by [`Join::host`].
 */
host: boolean, 
/**
 * What the host is called who [muted](super::Order::Mute) this member; absent when nobody did.
 */
muted_by?: string, 
/**
 * The token to join with the next time; only when the client sent none.
 */
device?: string, 
/**
 * Lets this member's HTTP requests at the room's [files](super::FileInfo), for as long as the member is in the
 * room. The same for every socket of this member's until the relay stops; of no use for joining.
 */
ticket: string, };

/**
 * Which files a room takes, and for how long it keeps them.
 */
export type FileRules = { 
/**
 * The largest file, in bytes: at least one, and at most [`Limits::room_file_bytes`](super::Limits::room_file_bytes).
 */
bytes: number, 
/**
 * After how many days a file is removed whose message stays; 0 to keep it as long as the room.
 */
days: number, };

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
 * Who gets in.
 */
door: Door, 
/**
 * [Slow mode](super::Order::Slow): the time from one message of a member's to their next; 0 for no limit.
 */
every_ms: number, 
/**
 * Which files may be sent.
 */
files: FileRules, };

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
nickname: string, 
/**
 * Nobody looks at any of the member's clients.
 */
away?: boolean, 
/**
 * This is the host.
 */
host?: boolean, };

/**
 * What the relay accepts, so that a client can say so before it sends.
 */
export type Limits = { 
/**
 * The longest [`NewMessage::text`](super::NewMessage::text), in bytes of UTF-8.
 */
text_bytes: number, 
/**
 * The longest [`NewMessage::text`](super::NewMessage::text), in characters as people see them.
 */
text_chars: number, 
/**
 * The longest nickname, in characters.
 */
nickname_chars: number, 
/**
 * The longest name of a room, in characters.
 */
room_name_chars: number, 
/**
 * The longest [`React::emoji`](super::React::emoji), in bytes of UTF-8.
 */
emoji_bytes: number, 
/**
 * What all files of the room may take together, in bytes.
 */
room_file_bytes: number, 
/**
 * The most files in one message.
 */
files: number, 
/**
 * The largest thumbnail, in bytes.
 */
thumb_bytes: number, 
/**
 * The longest side of a thumbnail, in pixels.
 */
thumb_pixels: number, 
/**
 * The longest [`SearchRequest::query`](super::SearchRequest::query), in characters.
 */
query_chars: number, };

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
 * Its author's client gave it, or the relay for a client that has none. By it events name each other.
 */
id: string, 
/**
 * What it was.
 */
body: Body, };

/**
 * What an event says.
 *
 * A change of a message is an event at its own place, and in the same commit the message's event is
 * written anew, as it reads from then on. So a page of history shows everything as it is now, and whoever
 * has a message already learns its changes in order. To apply one again changes nothing.
 */
export type Body = { "kind": "message" } & Message | { "kind": "edited", 
/**
 * The message's id.
 */
of: string, 
/**
 * The words; absent since a later edit replaced them or the message was deleted.
 */
text?: string, } | { "kind": "reacted", 
/**
 * The message's id.
 */
of: string, 
/**
 * As it was sent.
 */
emoji: string, 
/**
 * False when it was taken off.
 */
on: boolean, } | { "kind": "deleted", 
/**
 * The message's id.
 */
of: string, } | { "kind": "gone", 
/**
 * Who deleted it, where that wasn't its author.
 */
by?: By, } | { "kind": "measure" } & Measure;

/**
 * Who did something.
 */
export type By = { 
/**
 * Who that is.
 */
member: string, 
/**
 * What they were called then.
 */
nickname: string, };

/**
 * What a host did to keep order, for all to read. By whom the event says.
 */
export type Measure = { "what": "renamed", 
/**
 * Its name from then on.
 */
name: string, } | { "what": "slowed", 
/**
 * As in [`Order::Slow`](super::Order::Slow).
 */
every_ms: number, } | { "what": "files" } & FileRules | { "what": "member", 
/**
 * What was done.
 */
deed: Deed, 
/**
 * To whom.
 */
of: string, 
/**
 * What they were called then.
 */
called: string, };

/**
 * What a host may do about a member.
 */
export type Deed = "removed" | "banned" | "unbanned" | "muted" | "unmuted" | "appointed" | "dismissed";

/**
 * What somebody said, as it reads now.
 */
export type Message = { 
/**
 * Exactly as it was typed.
 */
text: string, 
/**
 * The id of the message it answers.
 */
reply?: string, 
/**
 * The id of its newest [edit](Body::Edited).
 */
edited?: string, 
/**
 * In the order the emoji were first used.
 */
reactions?: Array<Reaction>, 
/**
 * In the order in which its author put them. It has to stand last: by its end a stored message with
 * files is told from all the others.
 */
files?: Array<FileInfo>, };

/**
 * Who put one emoji to a message.
 */
export type Reaction = { 
/**
 * As the first one sent it.
 */
emoji: string, 
/**
 * In order, never empty.
 */
members: Array<string>, };

/**
 * A file in a message. Its content is at `/files/{room}/{hash}/{name}`, for whoever has a
 * [ticket](super::You::ticket).
 */
export type FileInfo = { 
/**
 * SHA-256 of the content, in 64 hexadecimal digits.
 */
hash: string, 
/**
 * One line without path, control characters or marks that turn text around; never empty.
 */
name: string, 
/**
 * Its size.
 */
bytes: number, 
/**
 * The MIME type that the relay made out by looking at the content: `text/plain` for what can be read
 * as text, `application/octet-stream` for what it doesn't know.
 */
media: string, 
/**
 * In pixels, as it is shown: a photo's own turn is taken into account. Only images have it, and only
 * those a browser can be expected to show; a picture without it is a file like any other.
 */
width?: number, 
/**
 * In pixels, too.
 */
height?: number, 
/**
 * The hash of a small picture of it that its author's client made, served as the file itself is.
 */
thumb?: string, };

/**
 * Asks to send a file: the body of `POST /files/{room}`, answered with an [`Upload`].
 */
export type NewUpload = { 
/**
 * What it is called where it comes from. The relay may clean it.
 */
name: string, 
/**
 * How large it is, at most [`FileRules::bytes`](super::FileRules::bytes).
 */
bytes: number, 
/**
 * What the client takes it for. It counts only where the content can't tell.
 */
media: string, };

/**
 * How far a file has come, as every request about an upload is answered.
 */
export type Upload = { 
/**
 * What the upload goes by: later requests, and [`NewMessage::files`](super::NewMessage::files), name it so.
 */
upload: string, 
/**
 * How much of it the relay has; from here the next part continues.
 */
offset: number, 
/**
 * What became of it, once the relay has all of it.
 */
file?: FileInfo, };

/**
 * Why an HTTP request about a file was refused.
 */
export type FileRefusal = { 
/**
 * What went wrong.
 */
code: ErrorCode, 
/**
 * The same in English.
 */
message: string, 
/**
 * With [`ErrorCode::WrongOffset`]: where the upload goes on.
 */
offset?: number, };

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
place: Place, 
/**
 * The place it turned out to be: of the event in the middle, where one was asked for. 0 in an empty log.
 */
seq: number, 
/**
 * The events there; empty at the end of the log on that side.
 */
events: Array<Event>, };

/**
 * Messages that were found, as they read now.
 */
export type Found = { 
/**
 * As in the request.
 */
id: string, 
/**
 * Newest first. There may be none although there is a `next`: a search looks through so much at a time.
 */
hits: Array<Hit>, 
/**
 * Ask again with [`SearchRequest::before`] at this place for what is before it; absent at the log's beginning.
 */
next?: number, };

/**
 * A message that was found.
 */
export type Hit = { 
/**
 * [`Event::seq`].
 */
seq: number, 
/**
 * [`Event::at`].
 */
at: number, 
/**
 * [`Event::id`].
 */
id: string, 
/**
 * [`Event::member`].
 */
member: string, 
/**
 * [`Event::nickname`].
 */
nickname: string, 
/**
 * A line of the message around what was looked for, in parts.
 */
excerpt: Array<ExcerptPart>, };

/**
 * Part of an excerpt.
 */
export type ExcerptPart = { 
/**
 * Of the message, on one line; `…` where something was left out.
 */
text: string, 
/**
 * Whether this is what was looked for.
 */
marked: boolean, };

/**
 * What changed in who is here since this client was last told.
 */
export type Presence = { 
/**
 * True when `joined` is the whole list anew, because too much changed or was missed to tell the
 * changes; as in [`Welcome::members`](super::Welcome::members), a part of it in a very large room.
 */
reset: boolean, 
/**
 * Came, changed their nickname, went away or came back.
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
 * Where the host can be reached, for whoever loses it. State beside the log: the latest wins.
 */
export type Addresses = { 
/**
 * `192.168.1.20:7684`, best first.
 */
addresses: Array<string>, 
/**
 * What the host is known again by, at an address one hears of elsewhere: it proves there that it knows
 * this. The same for all who are inside, and after every restart.
 */
mark: string, };

/**
 * Who is typing, by the time they began.
 */
export type Typists = { 
/**
 * A few of them, where there are many; oneself may be among them.
 */
members: Array<string>, };

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
 * The message it concerns, or the search, where it concerns one.
 */
id?: string, 
/**
 * After how long it is worth trying again, where that is known.
 */
wait_ms?: number, 
/**
 * What the host is called who decided it, with [`ErrorCode::Removed`] and [`ErrorCode::Banned`].
 */
by?: string, };

/**
 * Why something was refused.
 */
export type ErrorCode = "bad_json" | "bad_frame" | "unknown_type" | "too_big" | "bad_utf8" | "bad_websocket" | "not_joined" | "already_joined" | "no_such_room" | "wrong_secret" | "link_ended" | "room_locked" | "too_many_tries" | "turned_away" | "door_quiet" | "no_answer" | "too_many_waiting" | "bad_device" | "bad_nickname" | "wrong_host_key" | "not_host" | "is_host" | "no_such_member" | "bad_room_name" | "bad_pace" | "bad_file_rules" | "removed" | "banned" | "come_again" | "muted" | "slow_mode" | "bad_link" | "too_many_links" | "bad_id" | "id_taken" | "empty_message" | "text_too_long" | "no_such_message" | "not_yours" | "bad_emoji" | "too_many_reactions" | "too_many_files" | "no_such_upload" | "bad_ticket" | "bad_upload" | "file_too_big" | "room_files_full" | "too_many_uploads" | "wrong_offset" | "bad_thumb" | "no_such_file" | "file_gone" | "too_many_exports" | "empty_search" | "query_too_long" | "log_failed" | "disk_full" | "log_damaged" | "full" | "too_many_from_here" | "too_slow" | "stopping";
