//! The few words that are in an archive.

use jiff::{Zoned, civil::Weekday};

use super::size::size;
use crate::wire::{Deed, FileRules, Measure};

/// Which language they are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Tongue {
    #[default]
    English,
    Korean,
}

/// What a page says around what was said.
pub(super) struct Words {
    pub(super) language: &'static str,
    pub(super) exported: &'static str,
    pub(super) times: &'static str,
    pub(super) edited: &'static str,
    pub(super) deleted: &'static str,
    pub(super) earlier: &'static str,
    pub(super) deleted_short: &'static str,
    pub(super) missing: &'static str,
    pub(super) nothing: &'static str,
    pub(super) anonymous: &'static str,
    pub(super) readme: &'static str,
}

impl Tongue {
    /// The one of that tag; English for any that there is none of.
    pub(crate) fn of(tag: &str) -> Self {
        if tag.get(..2).is_some_and(|tag| tag.eq_ignore_ascii_case("ko")) { Self::Korean } else { Self::English }
    }

    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::Korean => &KOREAN,
        }
    }

    /// What is left of a message that wasn't deleted by its author.
    pub(super) fn deleted_by(self, called: &str) -> String {
        let called = self.called(called);
        match self {
            Self::English => format!("Deleted by {called}"),
            Self::Korean => format!("{called} 님이 삭제한 메시지"),
        }
    }

    /// What somebody without a nickname is called, or the nickname.
    pub(super) fn called(self, nickname: &str) -> &str {
        if nickname == crate::presence::ANONYMOUS { self.words().anonymous } else { nickname }
    }

    fn files_ruled(self, bytes: u64, days: u32) -> String {
        let most = size(bytes);
        match (self, days) {
            (Self::English, 0) => format!("Allowed files up to {most}, kept as long as the room"),
            (Self::English, 1) => format!("Allowed files up to {most}, kept for a day"),
            (Self::English, _) => format!("Allowed files up to {most}, kept for {days} days"),
            (Self::Korean, 0) => format!("파일은 {most}까지, 방이 있는 동안 보관하기로 함"),
            (Self::Korean, _) => format!("파일은 {most}까지, {days}일 동안 보관하기로 함"),
        }
    }

    /// What a host did, below their name.
    pub(super) fn measure(self, measure: &Measure) -> String {
        match (self, measure) {
            (Self::English, Measure::Renamed { name }) => format!("Renamed the room to “{name}”"),
            (Self::Korean, Measure::Renamed { name }) => format!("방 이름을 ‘{name}’(으)로 바꿈"),
            (Self::English, Measure::Slowed { every_ms: 0 }) => "Turned slow mode off".to_owned(),
            (Self::Korean, Measure::Slowed { every_ms: 0 }) => "천천히 말하기를 끔".to_owned(),
            (Self::English, Measure::Slowed { every_ms }) => {
                format!("Turned slow mode on: one message every {} s", every_ms.div_ceil(1000))
            }
            (Self::Korean, Measure::Slowed { every_ms }) => {
                format!("천천히 말하기를 켬: {}초에 한 번", every_ms.div_ceil(1000))
            }
            (_, Measure::Files(FileRules { bytes, days })) => self.files_ruled(*bytes, *days),
            (_, Measure::Member { deed, called, .. }) => {
                let called = self.called(called);
                match (self, deed) {
                    (Self::English, Deed::Removed) => format!("Removed {called}"),
                    (Self::English, Deed::Banned) => format!("Banned {called}"),
                    (Self::English, Deed::Unbanned) => format!("Lifted the ban on {called}"),
                    (Self::English, Deed::Muted) => format!("Muted {called}"),
                    (Self::English, Deed::Unmuted) => format!("Let {called} speak again"),
                    (Self::English, Deed::Appointed) => format!("Made {called} a host"),
                    (Self::English, Deed::Dismissed) => format!("Took a host’s powers back from {called}"),
                    (Self::Korean, Deed::Appointed) => format!("{called} 님을 방장으로 함"),
                    (Self::Korean, Deed::Dismissed) => format!("{called} 님의 방장 권한을 거둠"),
                    (Self::Korean, Deed::Removed) => format!("{called} 님을 내보냄"),
                    (Self::Korean, Deed::Banned) => format!("{called} 님을 차단함"),
                    (Self::Korean, Deed::Unbanned) => format!("{called} 님의 차단을 풂"),
                    (Self::Korean, Deed::Muted) => format!("{called} 님이 말할 수 없게 함"),
                    (Self::Korean, Deed::Unmuted) => format!("{called} 님이 다시 말할 수 있게 함"),
                }
            }
        }
    }

    /// "Monday, March 3, 2026"
    pub(super) fn day(self, at: &Zoned) -> String {
        match self {
            Self::English => at.strftime("%A, %B %-d, %Y").to_string(),
            Self::Korean => {
                let weekday = match at.weekday() {
                    Weekday::Monday => '월',
                    Weekday::Tuesday => '화',
                    Weekday::Wednesday => '수',
                    Weekday::Thursday => '목',
                    Weekday::Friday => '금',
                    Weekday::Saturday => '토',
                    Weekday::Sunday => '일',
                };
                format!("{}년 {}월 {}일 {weekday}요일", at.year(), at.month(), at.day())
            }
        }
    }

    /// "12 messages"
    pub(super) fn count(self, messages: u64) -> String {
        match self {
            Self::English if messages == 1 => "1 message".to_owned(),
            Self::English => format!("{messages} messages"),
            Self::Korean => format!("메시지 {messages}개"),
        }
    }
}

const ENGLISH: Words = Words {
    language: "en",
    exported: "Exported from Snug on",
    times: "Times are those of",
    edited: "edited",
    deleted: "Message deleted",
    earlier: "An earlier message",
    deleted_short: "A deleted message",
    missing: "no longer on the host’s computer",
    nothing: "Nothing was said here.",
    anonymous: "Anonymous",
    readme: "A room of Snug, as it was when it was exported.\r\n\
\r\n\
room.html   To read. Open it in any browser; it needs no network.\r\n\
files/      What was shared in the room. room.html leads to it, so keep them together.\r\n\
room.jsonl  The same as data: UTF-8, one JSON object a line. The first line is about the export,\r\n\
            each further one an event of the room in order, as members' programs receive it:\r\n\
              seq       its place, from 1\r\n\
              at        when, in milliseconds since 1970-01-01 UTC\r\n\
              member    who; the same for everything the same device did in this room\r\n\
              nickname  what they were called then\r\n\
              id        by which events name each other\r\n\
              body      what: kind \"message\" (text, as it was typed; reply, the id of the message it answers;\r\n\
                        edited, the id of its newest edit; reactions; files), \"edited\", \"reacted\", \"deleted\",\r\n\
                        and \"gone\" for what is left of a deleted message\r\n\
\r\n\
Messages are as they read now: an edit took the place of what was there before, and what was deleted is gone.\r\n",
};

const KOREAN: Words = Words {
    language: "ko",
    exported: "Snug에서 내보낸 날:",
    times: "시간 기준:",
    edited: "수정됨",
    deleted: "삭제된 메시지",
    earlier: "이전 메시지",
    deleted_short: "삭제된 메시지",
    missing: "방장 컴퓨터에 더는 없음",
    nothing: "아직 아무 말도 하지 않은 방이에요.",
    anonymous: "익명",
    readme: "내보낸 순간의 Snug 대화방입니다.\r\n\
\r\n\
room.html   읽는 용도입니다. 아무 브라우저에서나 열리고 네트워크가 필요 없습니다.\r\n\
files/      방에서 주고받은 파일입니다. room.html에서 이어지니 함께 보관하세요.\r\n\
room.jsonl  같은 내용의 데이터입니다. UTF-8이고 한 줄에 JSON 객체가 하나씩 있습니다. 첫 줄은 내보내기에\r\n\
            대한 설명, 그다음부터는 방에서 일어난 일이 순서대로 한 줄씩입니다.\r\n\
              seq       순서(1부터)\r\n\
              at        시각(UTC 1970-01-01부터의 밀리초)\r\n\
              member    누가(이 방에서 같은 기기는 늘 같은 값)\r\n\
              nickname  그때의 이름\r\n\
              id        서로를 가리킬 때 쓰는 값\r\n\
              body      무엇을: kind가 \"message\"(text는 입력한 그대로, reply는 답장한 메시지의 id, edited는 마지막\r\n\
                        수정의 id, reactions, files), \"edited\", \"reacted\", \"deleted\", 삭제되고 남은 자리인 \"gone\"\r\n\
\r\n\
메시지는 지금 읽히는 그대로입니다. 수정하면 이전 내용은 남지 않고, 삭제된 내용은 들어 있지 않습니다.\r\n",
};
