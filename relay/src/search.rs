//! What a search means: how words are compared, what was typed, and what is shown of a message that was found.
//! It knows neither rooms nor disks.

mod excerpt;
mod fold;
mod query;

pub(crate) use excerpt::excerpt;
pub(crate) use fold::fold;
pub(crate) use query::Query;

use std::borrow::Cow;

use crate::wire::Message;

/// What of a message can be found: what it says, and what its files are called.
pub(crate) fn findable(message: &Message) -> Cow<'_, str> {
    if message.files.is_empty() {
        return Cow::Borrowed(&message.text);
    }
    let names = message.files.iter().map(|file| file.name.as_str());
    Cow::Owned(std::iter::once(message.text.as_str()).chain(names).collect::<Vec<_>>().join("\n").trim_start().into())
}
