//! A ZIP archive that is written from its beginning to its end, without ever going back.

use std::io::{self, Write};

use jiff::Zoned;
use zip::{
    CompressionMethod, DateTime, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

/// One entry after another. All are deflated: what ends a stored one can't be told by programs that read an archive
/// from its beginning.
pub(super) struct Archive<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    options: SimpleFileOptions,
}

impl<W: Write> Archive<W> {
    /// Begins one whose entries are of this moment.
    pub(super) fn new(into: W, at: Zoned) -> Self {
        let number = |number: i8| u8::try_from(number).unwrap_or_default();
        let year = u16::try_from(at.year()).unwrap_or_default();
        let (month, day) = (number(at.month()), number(at.day()));
        let (hour, minute, second) = (number(at.hour()), number(at.minute()), number(at.second()));
        let time = DateTime::from_date_and_time(year, month, day, hour, minute, second).unwrap_or_default();
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            // As fast as most disks: pictures and films gain nothing anyway.
            .compression_level(Some(3))
            .last_modified_time(time)
            .unix_permissions(0o644);
        Self { zip: ZipWriter::new_stream(into), options }
    }

    /// Begins the next entry. Of one of more than four gigabytes that has to be known: not every program reads what
    /// such entries need.
    pub(super) fn begin(&mut self, path: &str, may_be_huge: bool) -> io::Result<()> {
        Ok(self.zip.start_file(path, self.options.large_file(may_be_huge))?)
    }

    /// Ends the archive.
    pub(super) fn finish(self) -> io::Result<()> {
        self.zip.finish()?.into_inner().flush()
    }
}

impl<W: Write> Write for Archive<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.zip.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}
