//! Everything about a relay that can be set, with its default and the reason for it.
//!
//! The library reads no environment and no home directory. The `snug-relay` program (feature `cli`)
//! makes each field a flag and an environment variable; the text of `--help` is the text below.

use std::path::PathBuf;

use crate::log::LAST_ROOM;

/// What a relay needs to know before it starts.
#[derive(Debug, Clone)]
pub struct Config {
    /// The directory that holds the rooms. Made when it isn't there; one process at a time.
    pub data: PathBuf,
    /// What the relay accepts and how long it waits.
    pub limits: Limits,
    /// Host names, besides plain addresses, `localhost`, this machine's own name in `.local` and the rooms',
    /// under which browsers may reach the relay: the names a reverse proxy serves it by. Any other is refused with 421, so that a
    /// page elsewhere can't point a name of its own at this machine (DNS rebinding).
    pub hosts: Vec<String>,
}

impl Config {
    /// Every default, over the rooms in `data`.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self { data: data.into(), limits: Limits::DEFAULT, hosts: Vec::new() }
    }
}

/// What a relay accepts and how long it waits. Sizes are in bytes, times in milliseconds.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[cfg_attr(feature = "cli", command(next_help_heading = "Limits"))]
pub struct Limits {
    /// Sockets in all, joined or not. One costs 3 to 5 KB; file descriptors run out first.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_SOCKETS", default_value_t = Self::DEFAULT.sockets))]
    pub sockets: usize,
    /// Sockets from one address, or one network of IPv6 (a /64) elsewhere; in a network this machine is in, each of its
    /// addresses, and four times as many of all of them. An office behind one router fits, and nobody takes all
    /// places by themselves. To raise where guests come through a proxy, which all of them share.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_SOCKETS_PER_ADDRESS", default_value_t = Self::DEFAULT.sockets_per_address))]
    pub sockets_per_address: usize,
    /// Connections besides the sockets: pages being loaded, files on their way, and those who say nothing.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_PAGES", default_value_t = Self::DEFAULT.pages))]
    pub pages: usize,
    /// Rooms that are kept. Each that is served has tasks of its own; far more than a person makes.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_ROOMS_KEPT", default_value_t = Self::DEFAULT.rooms_kept))]
    pub rooms_kept: usize,
    /// Frames a member may send each second in the long run, on all sockets together: more than anyone types.
    /// Whoever sends more is read from later; nothing is refused or lost. Control frames and pieces count.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_FRAMES_PER_SECOND", default_value_t = Self::DEFAULT.frames_per_second))]
    pub frames_per_second: u32,
    /// Frames a member may send at once, before that counts: what was typed during days without the host.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_FRAMES_AT_ONCE", default_value_t = Self::DEFAULT.frames_at_once))]
    pub frames_at_once: u32,
    /// Bytes a member may send each second in the long run. What is said stays on the host's disk: this is
    /// about two gigabytes an hour.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_BYTES_PER_SECOND", default_value_t = Self::DEFAULT.bytes_per_second))]
    pub bytes_per_second: u32,
    /// Bytes a member may send at once, before that counts: dozens of the longest messages.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_BYTES_AT_ONCE", default_value_t = Self::DEFAULT.bytes_at_once))]
    pub bytes_at_once: u32,
    /// For how many frames a question counts that makes the host read from its disk, such as a page of
    /// history: scrolling takes a few a second.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_QUESTION_FRAMES", default_value_t = Self::DEFAULT.question_frames))]
    pub question_frames: u32,
    /// The longest message, in characters as people see them: several pages, in any language.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_TEXT_CHARS", default_value_t = Self::DEFAULT.text_chars))]
    pub text_chars: u32,
    /// The longest message, in bytes of UTF-8. Four for each character is enough for any language; it bounds
    /// what can be piled onto one character.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_TEXT_BYTES", default_value_t = Self::DEFAULT.text_bytes))]
    pub text_bytes: u32,
    /// The largest frame read from a client that hasn't joined: a join, with room for what is added to it.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_JOIN_BYTES", default_value_t = Self::DEFAULT.join_bytes))]
    pub join_bytes: usize,
    /// The largest frame read from a client. JSON can write one byte as six (`\u0001`), so 6 times the
    /// longest message and some more; beyond it the socket is closed with 1009.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_FRAME_BYTES", default_value_t = Self::DEFAULT.frame_bytes))]
    pub frame_bytes: usize,
    /// The longest nickname, in characters as people count them.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_NICKNAME_CHARS", default_value_t = Self::DEFAULT.nickname_chars))]
    pub nickname_chars: u32,
    /// The longest room name, in characters as people count them.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_ROOM_NAME_CHARS", default_value_t = Self::DEFAULT.room_name_chars))]
    pub room_name_chars: u32,
    /// How long a connection may take to send its request's headers.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_HEADER_MS", default_value_t = Self::DEFAULT.header_ms))]
    pub header_ms: u64,
    /// How long a connection that is no socket may go on; browsers open another. It ends those who ask and never
    /// read the answer, and who only hold a place. One that a file moves over may go on while it moves.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_PAGES_MS", default_value_t = Self::DEFAULT.pages_ms))]
    pub pages_ms: u64,
    /// How long stopping waits for the disk, once everybody is told. What was acknowledged is on it by then.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_CLOSING_MS", default_value_t = Self::DEFAULT.closing_ms))]
    pub closing_ms: u64,
    /// How long a socket may take to send `join`.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_JOIN_MS", default_value_t = Self::DEFAULT.join_ms))]
    pub join_ms: u64,
    /// How often a quiet socket is pinged. Home routers forget quiet connections after a minute or so.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_PING_MS", default_value_t = Self::DEFAULT.ping_ms))]
    pub ping_ms: u64,
    /// After how long without a byte from the other side it counts as gone: two pings and some.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_SILENCE_MS", default_value_t = Self::DEFAULT.silence_ms))]
    pub silence_ms: u64,
    /// How long one frame may take to go out before the socket is dropped; the client resumes from its
    /// cursor when it is back. Frames of events are about `batch_bytes`, so the slowest line that keeps
    /// up is about 2 KB a second.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_STALL_MS", default_value_t = Self::DEFAULT.stall_ms))]
    pub stall_ms: u64,
    /// How much of an upload has to come within `stall_ms`, in bytes, or all that is left of it. Half a kilobyte a second,
    /// less than any line carries that a page comes over; by less one would hold a connection, not send a file. What came
    /// is kept.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_STALL_BYTES", default_value_t = Self::DEFAULT.stall_bytes))]
    pub stall_bytes: u64,
    /// Messages one socket may have on their way to disk; beyond it the relay reads no further from it.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_IN_FLIGHT", default_value_t = Self::DEFAULT.in_flight))]
    pub in_flight: usize,
    /// Bytes of memory that messages take which wait for the disk, of all rooms together; beyond it senders wait.
    /// Short ones take half a kilobyte more than their text.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_QUEUE_BYTES", default_value_t = Self::DEFAULT.queue_bytes))]
    pub queue_bytes: usize,
    /// Events in one page of history: about two screens.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_PAGE_EVENTS", default_value_t = Self::DEFAULT.page_events))]
    pub page_events: u32,
    /// The longest search, in characters: a sentence.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_QUERY_CHARS", default_value_t = Self::DEFAULT.query_chars))]
    pub query_chars: u32,
    /// Messages in one answer to a search: about two screens.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_SEARCH_HITS", default_value_t = Self::DEFAULT.search_hits))]
    pub search_hits: u32,
    /// About how long one search may take before it is answered with what it has, and where to go on.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_SEARCH_MS", default_value_t = Self::DEFAULT.search_ms))]
    pub search_ms: u64,
    /// A socket's next search begins this long after its last one did at the earliest: about as fast as one types.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_SEARCH_GAP_MS", default_value_t = Self::DEFAULT.search_gap_ms))]
    pub search_gap_ms: u64,
    /// Archives of rooms that are taken at one time, by different members. Each takes a thread and some of a core.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_EXPORTS", default_value_t = Self::DEFAULT.exports))]
    pub exports: usize,
    /// About how large one frame of events gets; what is left follows in the next. It bounds what a
    /// slow reader holds.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_BATCH_BYTES", default_value_t = Self::DEFAULT.batch_bytes))]
    pub batch_bytes: usize,
    /// How much of the newest events stays in memory, of all rooms together, so that live delivery and
    /// short absences never touch the database.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_TAIL_BYTES", default_value_t = Self::DEFAULT.tail_bytes))]
    pub tail_bytes: usize,
    /// How large a database may be that is looked at in full before anything of it is served: about
    /// 150 000 messages, which take a fifth of a second. A larger one is looked at right after.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_CHECK_BYTES", default_value_t = Self::DEFAULT.check_bytes))]
    pub check_bytes: u64,
    /// Over how long who came and went is gathered into one frame; longer in larger rooms.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_GATHER_MS", default_value_t = Self::DEFAULT.gather_ms))]
    pub gather_ms: u64,
    /// How long a member whose last socket broke still counts as here, so that a reloaded page is no
    /// coming and going.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_LINGER_MS", default_value_t = Self::DEFAULT.linger_ms))]
    pub linger_ms: u64,
    /// For how long somebody types who doesn't say so again. Pages say it every 3 seconds; one may be lost.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_TYPING_MS", default_value_t = Self::DEFAULT.typing_ms))]
    pub typing_ms: u64,
    /// How many members a client is told by name; beyond it, it knows how many there are.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_ROSTER", default_value_t = Self::DEFAULT.roster))]
    pub roster: usize,
    /// The largest file, until a room's host says otherwise: a few minutes of a phone's video, a book of scans.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_FILE_BYTES", default_value_t = Self::DEFAULT.file_bytes))]
    pub file_bytes: u64,
    /// What all files of one room may take of the disk, those on their way included as far as they have come; equal ones
    /// count once.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_ROOM_FILE_BYTES", default_value_t = Self::DEFAULT.room_file_bytes))]
    pub room_file_bytes: u64,
    /// What files leave free of the disk, so that messages still find room when uploads no longer do.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_SPARE_BYTES", default_value_t = Self::DEFAULT.spare_bytes))]
    pub spare_bytes: u64,
    /// Files in one message: a handful of photos, and a frame of events that stays small.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_FILES", default_value_t = Self::DEFAULT.files))]
    pub files: u32,
    /// Uploads one member may have begun and not yet put into a message: two messages full. One that nothing has come
    /// of makes way for another.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_MEMBER_UPLOADS", default_value_t = Self::DEFAULT.member_uploads))]
    pub member_uploads: usize,
    /// The same of all members of all rooms together. One costs about a kilobyte of memory while it rests,
    /// and some hundred while it moves.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_UPLOADS", default_value_t = Self::DEFAULT.uploads))]
    pub uploads: usize,
    /// The same of all members who come from one address, counted as their sockets are: whoever has a link can come as
    /// many members.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_UPLOADS_PER_ADDRESS", default_value_t = Self::DEFAULT.uploads_per_address))]
    pub uploads_per_address: usize,
    /// How long an upload that nobody goes on with is kept: who was cut off overnight still resumes.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_UPLOAD_MS", default_value_t = Self::DEFAULT.upload_ms))]
    pub upload_ms: u64,
    /// After how many days a file is removed, until a room's host says otherwise; its message stays. 0 keeps files
    /// as long as their room.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_FILE_DAYS", default_value_t = Self::DEFAULT.file_days))]
    pub file_days: u32,
    /// People who may wait at one room's door at one time: as many as a host can look through.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_KNOCKS", default_value_t = Self::DEFAULT.knocks))]
    pub knocks: usize,
    /// How many sockets of them may come from one address, so that one device can't take all the places;
    /// several, because a proxy or a phone that shares its line is one address for all behind it.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_KNOCKS_EACH", default_value_t = Self::DEFAULT.knocks_each))]
    pub knocks_each: usize,
    /// How long a knock waits for an answer. A host who went for a coffee is back by then.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_KNOCK_MS", default_value_t = Self::DEFAULT.knock_ms))]
    pub knock_ms: u64,
    /// How long whoever was turned away has to wait before they may knock again.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_TURNED_AWAY_MS", default_value_t = Self::DEFAULT.turned_away_ms))]
    pub turned_away_ms: u64,
    /// After how many who were turned away from one address nobody may knock from there for a while. Others may share it,
    /// so it takes a few; to raise where guests come through a proxy, which all of them share.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_REFUSALS", default_value_t = Self::DEFAULT.refusals))]
    pub refusals: u32,
    /// How long such a refusal counts, from the last one or the end of that while on.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_REFUSALS_MS", default_value_t = Self::DEFAULT.refusals_ms))]
    pub refusals_ms: u64,
    /// How long that while is.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_QUIET_MS", default_value_t = Self::DEFAULT.quiet_ms))]
    pub quiet_ms: u64,
    /// Over how long wrong secrets and knocks are counted.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_TRIES_MS", default_value_t = Self::DEFAULT.tries_ms))]
    pub tries_ms: u64,
    /// Wrong secrets from one address in that time. An old link is tried once or twice. Beyond it each one that comes
    /// from there, wrong or right, waits for its turn before it is looked at.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_GUESSES", default_value_t = Self::DEFAULT.guesses))]
    pub guesses: u32,
    /// Wrong secrets for one room in that time, wherever they come from.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_ROOM_GUESSES", default_value_t = Self::DEFAULT.room_guesses))]
    pub room_guesses: u32,
    /// Then from one address one secret is looked at in this time. Whoever has the right one is in a moment later.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_GUESS_MS", default_value_t = Self::DEFAULT.guess_ms))]
    pub guess_ms: u64,
    /// And one for the room in this time, wherever it comes from.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_ROOM_GUESS_MS", default_value_t = Self::DEFAULT.room_guess_ms))]
    pub room_guess_ms: u64,
    /// How long a secret waits for its turn at most; of more, none is taken until there is a place. It bounds how many
    /// sockets wait, and pages wait 10 seconds for an answer.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_GUESS_WAIT_MS", default_value_t = Self::DEFAULT.guess_wait_ms))]
    pub guess_wait_ms: u64,
    /// Knocks from one address in that time, also of those who go and come again.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_KNOCK_TRIES", default_value_t = Self::DEFAULT.knock_tries))]
    pub knock_tries: u32,
    /// Knocks at one room's door in that time, wherever they come from.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_ROOM_KNOCK_TRIES", default_value_t = Self::DEFAULT.room_knock_tries))]
    pub room_knock_tries: u32,
    /// Devices that a room remembers to have let in: 200 bytes each. Beyond it those go first who came
    /// through an open door, and then those who haven't come for longest; they need a link again.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_MEMBERS", default_value_t = Self::DEFAULT.members))]
    pub members: usize,
    /// Further links a room may have, ended ones included: more than anyone keeps an overview of.
    #[cfg_attr(feature = "cli", arg(long, env = "SNUG_LINKS", default_value_t = Self::DEFAULT.links))]
    pub links: usize,
}

impl Limits {
    /// Every default.
    pub const DEFAULT: Self = Self {
        sockets: 10_000,
        sockets_per_address: 1000,
        pages: 512,
        rooms_kept: 2000,
        frames_per_second: 100,
        frames_at_once: 2000,
        bytes_per_second: 512 * 1024,
        bytes_at_once: 4 * 1024 * 1024,
        question_frames: 5,
        text_chars: 16 * 1024,
        text_bytes: 64 * 1024,
        join_bytes: 8 * 1024,
        frame_bytes: 400 * 1024,
        nickname_chars: 40,
        room_name_chars: 80,
        header_ms: 10_000,
        pages_ms: 30_000,
        closing_ms: 10_000,
        join_ms: 10_000,
        ping_ms: 20_000,
        silence_ms: 45_000,
        stall_ms: 30_000,
        stall_bytes: 16 * 1024,
        in_flight: 256,
        queue_bytes: 8 * 1024 * 1024,
        page_events: 60,
        query_chars: 200,
        search_hits: 30,
        search_ms: 100,
        search_gap_ms: 100,
        exports: 2,
        batch_bytes: 64 * 1024,
        tail_bytes: 16 * 1024 * 1024,
        check_bytes: 64 * 1024 * 1024,
        gather_ms: 100,
        linger_ms: 3_000,
        typing_ms: 7_000,
        roster: 256,
        file_bytes: 100 * 1024 * 1024,
        room_file_bytes: 4 * 1024 * 1024 * 1024,
        spare_bytes: 256 * 1024 * 1024,
        files: 20,
        member_uploads: 40,
        uploads: 1000,
        uploads_per_address: 250,
        upload_ms: 24 * 60 * 60 * 1000,
        file_days: 0,
        knocks: 50,
        knocks_each: 8,
        knock_ms: 600_000,
        turned_away_ms: 120_000,
        refusals: 3,
        refusals_ms: 600_000,
        quiet_ms: 600_000,
        tries_ms: 60_000,
        guesses: 10,
        room_guesses: 100,
        guess_ms: 1000,
        room_guess_ms: 50,
        guess_wait_ms: 5000,
        knock_tries: 12,
        room_knock_tries: 100,
        members: 10_000,
        links: 50,
    };
}

/// A limit that no relay can run with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} is {value}: it has to be from {least} to {most}")]
pub struct BadLimit {
    /// The field of [`Limits`].
    pub name: &'static str,
    /// What it was set to.
    pub value: u64,
    /// The least that works.
    pub least: u64,
    /// The most that makes sense.
    pub most: u64,
}

impl Limits {
    /// Refuses what would stop a relay from serving anyone.
    ///
    /// # Errors
    /// The first limit that is out of bounds.
    pub fn check(&self) -> Result<(), BadLimit> {
        const DAY_MS: u64 = 24 * 60 * 60 * 1000;
        const MANY: u64 = 1 << 30;
        const HUGE: u64 = 1 << 50;
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let bounds = [
            ("sockets", count(self.sockets), 1, MANY),
            ("sockets_per_address", count(self.sockets_per_address), 1, MANY),
            ("pages", count(self.pages), 1, MANY),
            ("rooms_kept", count(self.rooms_kept), 1, LAST_ROOM),
            ("frames_per_second", self.frames_per_second.into(), 1, MANY),
            ("frames_at_once", self.frames_at_once.into(), 1, MANY),
            ("bytes_per_second", self.bytes_per_second.into(), 1, MANY),
            ("bytes_at_once", self.bytes_at_once.into(), 1, MANY),
            ("question_frames", self.question_frames.into(), 1, MANY),
            ("text_chars", self.text_chars.into(), 1, MANY),
            ("text_bytes", self.text_bytes.into(), 1, MANY / 6),
            ("join_bytes", count(self.join_bytes), 1024, MANY),
            ("frame_bytes", count(self.frame_bytes), u64::from(self.text_bytes) * 6, MANY),
            ("nickname_chars", self.nickname_chars.into(), 1, MANY),
            ("room_name_chars", self.room_name_chars.into(), 1, MANY),
            ("header_ms", self.header_ms, 1, DAY_MS),
            ("pages_ms", self.pages_ms, 1, DAY_MS),
            ("closing_ms", self.closing_ms, 1, DAY_MS),
            ("join_ms", self.join_ms, 1, DAY_MS),
            ("ping_ms", self.ping_ms, 1, DAY_MS),
            ("silence_ms", self.silence_ms, 1, DAY_MS),
            ("stall_ms", self.stall_ms, 1, DAY_MS),
            ("stall_bytes", self.stall_bytes, 1, MANY),
            ("in_flight", count(self.in_flight), 1, MANY),
            ("queue_bytes", count(self.queue_bytes), 1, MANY),
            ("page_events", self.page_events.into(), 1, MANY),
            ("query_chars", self.query_chars.into(), 1, MANY),
            ("search_hits", self.search_hits.into(), 1, MANY),
            ("search_ms", self.search_ms, 1, DAY_MS),
            ("search_gap_ms", self.search_gap_ms, 0, DAY_MS),
            ("exports", count(self.exports), 0, MANY),
            ("batch_bytes", count(self.batch_bytes), 1, MANY),
            ("tail_bytes", count(self.tail_bytes), 0, MANY),
            ("check_bytes", self.check_bytes, 0, MANY),
            ("gather_ms", self.gather_ms, 0, DAY_MS),
            ("linger_ms", self.linger_ms, 0, DAY_MS),
            ("typing_ms", self.typing_ms, 1, DAY_MS),
            ("roster", count(self.roster), 0, MANY),
            ("file_bytes", self.file_bytes, 1, HUGE),
            ("room_file_bytes", self.room_file_bytes, 0, HUGE),
            ("spare_bytes", self.spare_bytes, 0, HUGE),
            ("files", self.files.into(), 0, 100),
            ("member_uploads", count(self.member_uploads), self.files.into(), MANY),
            ("uploads", count(self.uploads), 0, MANY),
            ("uploads_per_address", count(self.uploads_per_address), 1, MANY),
            ("upload_ms", self.upload_ms, 1, 365 * DAY_MS),
            ("file_days", self.file_days.into(), 0, 100_000),
            ("knocks", count(self.knocks), 0, 1000),
            ("knocks_each", count(self.knocks_each), 1, MANY),
            ("knock_ms", self.knock_ms, 1, DAY_MS),
            ("turned_away_ms", self.turned_away_ms, 0, DAY_MS),
            ("refusals", self.refusals.into(), 1, MANY),
            ("refusals_ms", self.refusals_ms, 1, DAY_MS),
            ("quiet_ms", self.quiet_ms, 0, DAY_MS),
            ("tries_ms", self.tries_ms, 1, DAY_MS),
            ("guesses", self.guesses.into(), 1, MANY),
            ("room_guesses", self.room_guesses.into(), 1, MANY),
            ("guess_ms", self.guess_ms, 0, DAY_MS),
            ("room_guess_ms", self.room_guess_ms, 0, DAY_MS),
            ("guess_wait_ms", self.guess_wait_ms, 0, DAY_MS),
            ("knock_tries", self.knock_tries.into(), 1, MANY),
            ("room_knock_tries", self.room_knock_tries.into(), 1, MANY),
            ("members", count(self.members), 1, MANY),
            ("links", count(self.links), 0, 1000),
        ];
        match bounds.into_iter().find(|(_, value, least, most)| !(least..=most).contains(&value)) {
            Some((name, value, least, most)) => Err(BadLimit { name, value, least, most }),
            None => Ok(()),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_no_more_rooms_than_rows_have_numbers_for() {
        let most = usize::try_from(LAST_ROOM).expect("half a million");
        let kept = |rooms_kept| Limits { rooms_kept, ..Limits::DEFAULT }.check();
        assert!(kept(most).is_ok());
        assert!(kept(most + 1).is_err_and(|error| error.name == "rooms_kept"));
    }
}
