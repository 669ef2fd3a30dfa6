//! What a relay can do wrong.

use snug_relay::wire::Seq;

/// A promise that was broken, and where to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// Acknowledged, and not in the log.
    Missing {
        /// Who was told so.
        client: String,
        /// The message.
        id: String,
        /// Where it was to be.
        seq: Seq,
    },
    /// In the log at two places.
    Doubled {
        /// The message.
        id: String,
        /// Its place.
        first: Seq,
        /// And its other one.
        again: Seq,
    },
    /// Acknowledged at one place, found at another.
    WrongPlace {
        /// The message.
        id: String,
        /// What its author was told.
        told: Seq,
        /// Where it is.
        found: Seq,
    },
    /// Acknowledged more than once, with different places.
    TwoPlaces {
        /// The message.
        id: String,
        /// What its author was told first.
        first: Seq,
        /// And then.
        again: Seq,
    },
    /// An acknowledgement or a refusal of something this client never said.
    Unasked {
        /// Who was told.
        client: String,
        /// Of what.
        id: String,
    },
    /// Neither acknowledged nor refused, though its author stayed to the end.
    Unanswered {
        /// Who waited.
        client: String,
        /// For what.
        id: String,
    },
    /// Refused and never acknowledged, and in the log all the same.
    RefusedYetKept {
        /// The message.
        id: String,
        /// Where it is.
        seq: Seq,
    },
    /// An event does not follow the one before it.
    Gap {
        /// Who saw that.
        reader: String,
        /// The one before; 0 for the beginning.
        after: Seq,
        /// What came then.
        came: Seq,
    },
    /// A connection that was to continue a client's copy of the log did not do so at its end.
    BadResume {
        /// Who came back.
        client: String,
        /// Where its copy ended.
        cursor: Seq,
        /// What came next.
        came: Seq,
    },
    /// A client had to start over, though what it had is in the log.
    StartedOver {
        /// Who came back.
        client: String,
        /// Where its copy ended.
        cursor: Seq,
    },
    /// A client was told of another log than the room has in the end.
    AnotherLog {
        /// Who was told.
        client: String,
        /// Which log.
        epoch: String,
    },
    /// A page of history that does not lead up to the place it was asked for.
    BadPage {
        /// Who asked.
        client: String,
        /// For the events before this.
        before: Seq,
        /// What it got.
        came: Vec<Seq>,
    },
    /// Two saw different events at one place.
    Disagree {
        /// The place.
        seq: Seq,
        /// One of them, and the id it saw there.
        one: (String, String),
        /// The other.
        other: (String, String),
    },
    /// Seen by somebody, and not in the log.
    Vanished {
        /// Who saw it.
        client: String,
        /// Where.
        seq: Seq,
        /// What.
        id: String,
    },
    /// Seen, and said by nobody.
    NeverSaid {
        /// By whom.
        reader: String,
        /// Where.
        seq: Seq,
        /// What.
        id: String,
    },
    /// Seen with other words than it was said with.
    Altered {
        /// By whom.
        reader: String,
        /// The message.
        id: String,
        /// As it was said.
        said: String,
        /// As it was seen.
        seen: String,
    },
    /// Seen under another member than its author.
    Misattributed {
        /// By whom.
        reader: String,
        /// The message.
        id: String,
        /// Who it was seen under.
        member: String,
    },
}
