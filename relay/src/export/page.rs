//! The page to read. Whatever was said in the room is text in it and nothing else: every sign that means something to
//! a browser is written otherwise, and by the page's own policy nothing in it could run or load anything anyway.

use std::{
    collections::{HashMap, VecDeque},
    fmt::Write as _,
    io::{self, Write},
};

use data_encoding::{BASE64, HEXLOWER};
use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};
use sha2::{Digest, Sha256};

use super::{Export, path_of, size::size, words::Words};
use crate::wire::{Body, Event, FileInfo, Message, Millis};

const STYLE: &str = include_str!("page.css");

/// Messages of which it is remembered how they begin, for the answers to them.
const REMEMBERED: usize = 5_000;

/// How much of a message an answer to it shows, in characters.
const QUOTED: usize = 100;

/// Who says something again within this time needs no name over it.
const TOGETHER: Millis = 5 * 60 * 1000;

/// A moment as it is in a time zone.
pub(super) fn moment(at: Millis, zone: &TimeZone) -> Zoned {
    let at = i64::try_from(at).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    at.unwrap_or_default().to_zoned(zone.clone())
}

/// A page that is being written.
pub(super) struct Page<'a, W> {
    into: &'a mut W,
    export: &'a Export,
    words: &'static Words,
    day: Option<Date>,
    /// Who said the last thing, and when.
    last: Option<(String, Millis)>,
    said: u64,
    /// The newest messages by their ids: who said them, and how they begin; nothing of what is deleted.
    known: HashMap<String, Option<(String, String)>>,
    order: VecDeque<String>,
}

impl<'a, W: Write> Page<'a, W> {
    /// Begins it.
    pub(super) fn begin(into: &'a mut W, export: &'a Export) -> io::Result<Self> {
        let words = export.tongue.words();
        let style = BASE64.encode(&Sha256::digest(STYLE)[..]);
        let (name, at) = (escaped(&export.name), moment(export.at, &export.zone));
        let zone = export.zone.iana_name().map_or_else(|| at.strftime("UTC%:z").to_string(), escaped);
        let Words { language, exported, times, .. } = words;
        let day = export.tongue.day(&at);
        writeln!(
            into,
            "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{style}'; \
             img-src 'self' file:; media-src 'self' file:; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{name}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header>\n<h1 dir=\"auto\">{name}</h1>\n\
             <p>{exported} {day}, {time}. {times} {zone}.</p>\n</header>\n<main>",
            time = at.strftime("%H:%M"),
        )?;
        let (known, order) = (HashMap::new(), VecDeque::new());
        Ok(Self { into, export, words, day: None, last: None, said: 0, known, order })
    }

    /// Adds an event. Changes show in the messages that they are of.
    pub(super) fn event(&mut self, event: &Event) -> io::Result<()> {
        match &event.body {
            Body::Message(message) => self.message(event, message),
            Body::Gone { by } => {
                self.heading(event)?;
                self.remember(&event.id, None);
                let what = by
                    .as_ref()
                    .map_or_else(|| self.words.deleted.to_owned(), |by| self.export.tongue.deleted_by(&by.nickname));
                writeln!(self.into, "<p class=\"gone\" dir=\"auto\">{}</p></article>", escaped(&what))
            }
            Body::Measure(measure) => {
                self.heading(event)?;
                let what = self.export.tongue.measure(measure);
                writeln!(self.into, "<p class=\"gone\" dir=\"auto\">{}</p></article>", escaped(&what))
            }
            Body::Edited { .. } | Body::Reacted { .. } | Body::Deleted { .. } => Ok(()),
        }
    }

    /// Ends it.
    pub(super) fn end(self) -> io::Result<()> {
        if self.day.is_some() {
            writeln!(self.into, "</section>")?;
        } else {
            writeln!(self.into, "<p class=\"gone\">{}</p>", self.words.nothing)?;
        }
        writeln!(self.into, "</main>\n<footer>{}</footer>\n</body>\n</html>", self.export.tongue.count(self.said))
    }

    fn message(&mut self, event: &Event, message: &Message) -> io::Result<()> {
        self.heading(event)?;
        self.said += 1;
        if let Some(reply) = &message.reply {
            let quoted = match self.known.get(reply) {
                Some(Some((author, text))) => format!("<b><bdi>{author}</bdi></b> <span dir=\"auto\">{text}</span>"),
                Some(None) => self.words.deleted_short.to_owned(),
                None => self.words.earlier.to_owned(),
            };
            write!(self.into, "<p class=\"reply\"><a href=\"#{}\">{quoted}</a></p>", anchor(reply))?;
        }
        if !message.text.is_empty() {
            write!(self.into, "<div class=\"text\" dir=\"auto\">{}</div>", linked(&message.text))?;
        }
        for file in &message.files {
            self.file(file)?;
        }
        if message.edited.is_some() {
            write!(self.into, "<p class=\"edited\">({})</p>", self.words.edited)?;
        }
        if !message.reactions.is_empty() {
            write!(self.into, "<ul class=\"reactions\">")?;
            for reaction in &message.reactions {
                write!(self.into, "<li>{} {}</li>", escaped(&reaction.emoji), reaction.members.len())?;
            }
            write!(self.into, "</ul>")?;
        }
        let text = message.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut beginning: String = text.chars().take(QUOTED).collect();
        if beginning.len() < text.len() {
            beginning.push('…');
        }
        if beginning.is_empty() {
            beginning = message.files.first().map(|file| file.name.clone()).unwrap_or_default();
        }
        self.remember(&event.id, Some((escaped(self.called(&event.nickname)), escaped(&beginning))));
        writeln!(self.into, "</article>")
    }

    /// The day, if it is another one, and who said it when.
    fn heading(&mut self, event: &Event) -> io::Result<()> {
        let at = moment(event.at, &self.export.zone);
        if self.day != Some(at.date()) {
            if self.day.is_some() {
                writeln!(self.into, "</section>")?;
            }
            writeln!(self.into, "<section>\n<h2>{}</h2>", self.export.tongue.day(&at))?;
            self.day = Some(at.date());
            self.last = None;
        }
        let again = self
            .last
            .as_ref()
            .is_some_and(|(member, last)| *member == event.member && event.at.saturating_sub(*last) < TOGETHER);
        self.last = Some((event.member.clone(), event.at));
        let (id, name) = (anchor(&event.id), escaped(self.called(&event.nickname)));
        write!(
            self.into,
            "<article id=\"{id}\"{class}><p class=\"who\"><b><bdi>{name}</bdi></b> \
             <a href=\"#{id}\"><time datetime=\"{stamp}\">{time}</time></a></p>",
            class = if again { " class=\"again\"" } else { "" },
            stamp = at.timestamp(),
            time = at.strftime("%H:%M"),
        )
    }

    fn file(&mut self, file: &FileInfo) -> io::Result<()> {
        let name = escaped(&file.name);
        if (self.export.open)(&file.hash, file.bytes)?.is_none() {
            return write!(self.into, "<p class=\"file\"><bdi>{name}</bdi> ({})</p>", self.words.missing);
        }
        let path = encoded(&path_of(file));
        match (file.width, file.height) {
            (Some(width), Some(height)) if file.media.starts_with("image/") => write!(
                self.into,
                "<p class=\"file\"><a href=\"{path}\"><img src=\"{path}\" width=\"{width}\" height=\"{height}\" \
                 alt=\"{name}\" loading=\"lazy\"></a></p>"
            ),
            _ if let Some(player) = player_of(&file.media) => write!(
                self.into,
                "<p class=\"file\"><{player} src=\"{path}\" controls preload=\"metadata\"></{player}>\
                 <a href=\"{path}\" download=\"{name}\"><bdi>{name}</bdi></a> ({})</p>",
                size(file.bytes)
            ),
            _ => write!(
                self.into,
                "<p class=\"file\"><a href=\"{path}\" download=\"{name}\"><bdi>{name}</bdi></a> ({})</p>",
                size(file.bytes)
            ),
        }
    }

    fn called<'b>(&self, nickname: &'b str) -> &'b str {
        self.export.tongue.called(nickname)
    }

    fn remember(&mut self, id: &str, said: Option<(String, String)>) {
        self.known.insert(id.to_owned(), said);
        self.order.push_back(id.to_owned());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

/// The element that plays what is of this type, where one does.
fn player_of(media: &str) -> Option<&'static str> {
    ["video", "audio"].into_iter().find(|kind| media.strip_prefix(kind).is_some_and(|rest| rest.starts_with('/')))
}

/// A name for a place in the page that an id of any characters makes.
fn anchor(id: &str) -> String {
    format!("m{}", HEXLOWER.encode(id.as_bytes()))
}

/// Text as text, in an attribute in double quotes too.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(char),
            char if char.is_control() => {}
            char => escaped.push(char),
        }
    }
    escaped
}

/// Text with its web addresses as links.
fn linked(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some(at) = ["http://", "https://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        let (before, from) = rest.split_at(at);
        let end = from.find(|char: char| char.is_whitespace() || char.is_control() || "<>\"'`".contains(char));
        let address =
            from[..end.unwrap_or(from.len())].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '*', '_']);
        html.push_str(&escaped(before));
        let shown = escaped(address);
        if address.ends_with("//") {
            html.push_str(&shown);
        } else {
            let _never = write!(html, "<a href=\"{shown}\" rel=\"noopener noreferrer nofollow\">{shown}</a>");
        }
        rest = &from[address.len()..];
    }
    html.push_str(&escaped(rest));
    html
}

/// A path as an address, for an attribute.
fn encoded(path: &str) -> String {
    let mut encoded = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _never = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_said_is_more_than_text() {
        for (text, html) in [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("a & b \"c\" 'd'", "a &amp; b &quot;c&quot; &#39;d&#39;"),
            ("two\nlines\u{0}\u{7}", "two\nlines"),
            ("javascript:alert(1)", "javascript:alert(1)"),
        ] {
            assert_eq!(linked(text), html);
        }
    }

    #[test]
    fn addresses_are_links_and_end_where_they_should() {
        let link = |address: &str| format!("<a href=\"{address}\" rel=\"noopener noreferrer nofollow\">{address}</a>");
        for (text, html) in [
            ("see https://a.example/b?c=1&d.", format!("see {}.", link("https://a.example/b?c=1&amp;d"))),
            ("(http://a.example)", format!("({})", link("http://a.example"))),
            ("https://a.example\"onclick=x", format!("{}&quot;onclick=x", link("https://a.example"))),
            ("https://a.example<b>", format!("{}&lt;b&gt;", link("https://a.example"))),
            ("http:// and https://", "http:// and https://".to_owned()),
            ("http://a https://b", format!("{} {}", link("http://a"), link("https://b"))),
        ] {
            assert_eq!(linked(text), html, "{text}");
        }
    }
}
