//! What a file is, by its own bytes. What its sender calls it counts only where they leave a choice.

use std::{
    io::{self, Cursor, Read, Seek, SeekFrom},
    panic::catch_unwind,
};

use imagesize::{ImageSize, ImageType};

/// How much of a file tells what it is.
const HEAD: usize = 8 * 1024;

/// How much of a picture is looked through for its size: behind all that cameras write before it.
const PICTURE: u64 = 512 * 1024;

/// The most pixels of a picture that is shown: what a good phone takes, and 200 MB once it is unpacked. A few
/// kilobytes can claim to be far more.
const PIXELS: u64 = 50_000_000;

/// What browsers show by themselves, and can run nothing in. Not among them: SVG, which is a page; PDF.
const SHOWN: [&str; 17] = [
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "video/mp4",
    "video/ogg",
    "video/quicktime",
    "video/webm",
    "audio/aac",
    "audio/flac",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/webm",
];

/// What is known of a file by looking at it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Looks {
    pub(super) media: &'static str,
    /// Of a picture that browsers show, the width and the height it is shown in.
    pub(super) pixels: Option<(u32, u32)>,
}

/// Whether a page may show it in place. Anything else is for saving only.
pub(crate) fn is_shown(media: &str) -> bool {
    SHOWN.contains(&media)
}

/// Looks at a file that was sent as `claimed`.
///
/// # Errors
/// When it can't be read.
pub(super) fn look(file: &mut (impl Read + Seek), claimed: &str) -> io::Result<Looks> {
    let media = media_of(file, claimed)?;
    let pixels = if media.starts_with("image/") && is_shown(media) { pixels(file)? } else { None };
    Ok(Looks { media, pixels })
}

/// The type that a file's beginning proves.
///
/// # Errors
/// When it can't be read.
pub(crate) fn media_of(file: &mut (impl Read + Seek), claimed: &str) -> io::Result<&'static str> {
    let mut head = Vec::with_capacity(HEAD);
    file.seek(SeekFrom::Start(0))?;
    file.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(proven(&head, claimed))
}

fn proven(head: &[u8], claimed: &str) -> &'static str {
    let sound = claimed.starts_with("audio/");
    match infer::get(head).map(|kind| kind.mime_type()) {
        // Three containers that hold either, and mostly say no more than that they are one.
        Some("video/mp4" | "video/x-m4v") if sound => "audio/mp4",
        Some("video/webm") if sound => "audio/webm",
        Some("audio/ogg") if claimed.starts_with("video/") => "video/ogg",
        // The names browsers know them by.
        Some("video/x-m4v") => "video/mp4",
        Some("audio/m4a") => "audio/mp4",
        Some("audio/opus") => "audio/ogg",
        Some("audio/x-flac") => "audio/flac",
        Some("audio/x-wav") => "audio/wav",
        Some(known) => known,
        None if head.get(4..8) == Some(b"ftyp") => "video/mp4",
        None if is_webm(head) => {
            if sound {
                "audio/webm"
            } else {
                "video/webm"
            }
        }
        None if is_text(head) => "text/plain",
        None => "application/octet-stream",
    }
}

/// Whether it is WebM by its `DocType` (0x4282, RFC 8794), however long that is: GStreamer, and with it GNOME's screen
/// recorder, writes a zero behind the name, which `infer` doesn't know.
fn is_webm(head: &[u8]) -> bool {
    let named = |window: &[u8]| window.starts_with(&[0x42, 0x82]) && window.ends_with(b"webm");
    head.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]) && head[..head.len().min(64)].windows(7).any(named)
}

/// Whether it can be read: UTF-8, which may be cut off in the middle of a character.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            let Ok(text) = std::str::from_utf8(&head[..error.valid_up_to()]) else { return false };
            text
        }
        Err(_) => return false,
    };
    !text.is_empty() && !text.contains(|char: char| char.is_control() && !matches!(char, '\t' | '\n' | '\r' | '\u{c}'))
}

/// A picture's size as it is shown.
fn pixels(file: &mut (impl Read + Seek)) -> io::Result<Option<(u32, u32)>> {
    let mut start = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(PICTURE).read_to_end(&mut start)?;
    // Only so much of it is looked at, and whatever the library trips over is a picture of no size.
    let size = catch_unwind(|| imagesize::reader_size(Cursor::new(&start)).ok()).ok().flatten();
    let Some(ImageSize { width, height }) = size else { return Ok(None) };
    let (Ok(width), Ok(height)) = (u32::try_from(width), u32::try_from(height)) else { return Ok(None) };
    if width == 0 || height == 0 || u64::from(width) * u64::from(height) > PIXELS {
        return Ok(None);
    }
    let is_jpeg = matches!(imagesize::image_type(&start), Ok(ImageType::Jpeg));
    Ok(Some(if is_jpeg && lies_on_its_side(&start) { (height, width) } else { (width, height) }))
}

/// Whether the camera was held upright: then the picture is stored lying down, and shown turned.
fn lies_on_its_side(jpeg: &[u8]) -> bool {
    turn(jpeg).is_some_and(|turn| (5..=8).contains(&turn))
}

/// Exif's `Orientation` of a JPEG: 1 to 8, of which 5 and up stand it on its side.
fn turn(jpeg: &[u8]) -> Option<u16> {
    let mut at = 2;
    // Segments: a marker, and the length of what follows it.
    let exif = loop {
        let [0xff, marker, high, low] = *jpeg.get(at..at + 4)? else { return None };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let segment = jpeg.get(at + 4..at + 2 + length)?;
        match marker {
            0xe1 if segment.starts_with(b"Exif\0\0") => break &segment[6..],
            // The picture itself begins.
            0xda => return None,
            _ => at += 2 + length,
        }
    };
    // TIFF: which end numbers begin at, then where the first directory of entries is.
    let little = match exif.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let two = |at: usize| {
        let bytes = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let four = |at: usize| {
        let bytes = exif.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    };
    let directory = usize::try_from(four(4)?).ok()?;
    let entries = two(directory)?;
    (0..usize::from(entries))
        .map(|entry| directory + 2 + entry * 12)
        .find(|entry| two(*entry) == Some(0x0112))
        .and_then(|entry| two(entry + 8))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn looks(bytes: &[u8], claimed: &str) -> Looks {
        look(&mut Cursor::new(bytes), claimed).expect("memory can be read")
    }

    /// The beginning of a PNG of this size.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        png.extend(width.to_be_bytes());
        png.extend(height.to_be_bytes());
        png.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
        png
    }

    /// The beginning of a JPEG of 400 by 300, with this turn in its Exif.
    fn jpeg(turn: u16, little: bool) -> Vec<u8> {
        let two = |number: u16| if little { number.to_le_bytes() } else { number.to_be_bytes() };
        let four = |number: u32| if little { number.to_le_bytes() } else { number.to_be_bytes() };
        let mut exif = b"Exif\0\0".to_vec();
        exif.extend(if little { b"II*\0" } else { b"MM\0*" });
        exif.extend(four(8));
        exif.extend(two(2));
        for (tag, value) in [(0x0100, 7), (0x0112, turn)] {
            exif.extend(two(tag));
            exif.extend(two(3));
            exif.extend(four(1));
            exif.extend(two(value));
            exif.extend(two(0));
        }
        exif.extend(four(0));
        let mut jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xe1".to_vec();
        jpeg.extend(u16::try_from(exif.len() + 2).expect("short").to_be_bytes());
        jpeg.extend(exif);
        jpeg.extend(b"\xff\xc0\0\x11\x08\x01\x2c\x01\x90\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xda\0\x0c\x03");
        jpeg
    }

    #[test]
    fn a_type_that_lies_is_found_out() {
        for (bytes, claimed, media) in [
            (png(2, 3), "text/html", "image/png"),
            (b"<html><script>alert(1)</script>".to_vec(), "image/png", "text/html"),
            (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "image/png", "text/xml"),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(), "image/svg+xml", "text/plain"),
            (b"%PDF-1.7\n".to_vec(), "image/jpeg", "application/pdf"),
            (b"PK\x03\x04rest of it".to_vec(), "video/mp4", "application/zip"),
            ("안녕\n".into(), "image/gif", "text/plain"),
            (b"\0\x01\x02".to_vec(), "image/gif", "application/octet-stream"),
            (Vec::new(), "image/gif", "application/octet-stream"),
        ] {
            let looks = looks(&bytes, claimed);
            assert_eq!(looks.media, media, "{claimed}");
            assert_eq!(is_shown(looks.media), media == "image/png", "{media}");
        }
    }

    #[test]
    fn what_holds_sound_or_pictures_is_what_its_sender_says() {
        let mp4 = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2";
        assert_eq!(looks(mp4, "audio/mp4").media, "audio/mp4");
        assert_eq!(looks(mp4, "video/mp4").media, "video/mp4");
        assert_eq!(looks(mp4, "text/html").media, "video/mp4");
        let webm = b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x10B\x82\x85webm\0B\x87\x81\x02B\x85\x81\x02";
        assert_eq!(looks(webm, "").media, "video/webm");
        assert_eq!(looks(webm, "audio/webm").media, "audio/webm");
        assert_eq!(looks(&webm[..14], "video/webm").media, "application/octet-stream");
        assert_eq!(looks(b"OggS\0\x02\0\0\0\0\0\0\0\0", "video/ogg").media, "video/ogg");
    }

    #[test]
    fn a_picture_has_the_size_it_is_shown_in() {
        assert_eq!(looks(&png(640, 480), "").pixels, Some((640, 480)));
        for little in [false, true] {
            for (turn, shown) in [(1, (400, 300)), (3, (400, 300)), (6, (300, 400)), (8, (300, 400)), (9, (400, 300))] {
                let looks = looks(&jpeg(turn, little), "");
                assert_eq!((looks.media, looks.pixels), ("image/jpeg", Some(shown)), "turn {turn}");
            }
        }
    }

    #[test]
    fn a_picture_that_would_fill_the_memory_has_no_size() {
        assert_eq!(looks(&png(8000, 6000), "").pixels, Some((8000, 6000)));
        for (width, height) in [(8000, 7000), (u32::MAX, u32::MAX), (1, u32::MAX), (0, 5)] {
            assert_eq!(looks(&png(width, height), "").pixels, None, "{width} by {height}");
        }
        assert_eq!(looks(&png(5, 5)[..20], "").pixels, None, "it ends too early");
    }

    proptest! {
        #[test]
        fn no_bytes_upset_it(bytes in proptest::collection::vec(any::<u8>(), 0..300), at in 0usize..200, with in any::<u8>()) {
            looks(&bytes, "");
            for mut spoilt in [png(7, 9), jpeg(6, true), jpeg(6, false)] {
                let at = at % spoilt.len();
                spoilt[at] = with;
                looks(&spoilt, "");
                spoilt.truncate(at);
                looks(&spoilt, "");
            }
        }
    }
}
