//! What files are called: a name anybody can be shown, and any system can save under.

use unicode_segmentation::UnicodeSegmentation;

use crate::naming::clean_name;

/// The longest name in bytes of UTF-8: file systems take 255, and programs add to it.
const BYTES: usize = 200;

/// The longest ending that is kept whole.
const ENDING: usize = 24;

/// What a file is called whose own name has nothing to show.
const NAMELESS: &str = "file";

/// A name of one line: the last part of a path, without what can't be seen or turns the rest around, cut in
/// the middle if it is too long, so that its ending stays.
pub fn clean(wanted: &str) -> String {
    let last = wanted.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    // No ending dots: Windows takes them off, and another ending may come to light.
    let name = clean_name(last);
    let name = name.trim_end_matches(['.', ' ']);
    let (stem, ending) = match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= ENDING => name.split_at(dot),
        _ => (name, ""),
    };
    let mut cut = String::new();
    for grapheme in stem.graphemes(true) {
        if cut.len() + grapheme.len() + ending.len() > BYTES {
            break;
        }
        cut.push_str(grapheme);
    }
    cut.push_str(ending);
    if cut.chars().all(|char| char == '.') { NAMELESS.to_owned() } else { cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_last_part_of_a_path_and_has_nothing_unseen() {
        for (wanted, clean) in [
            ("cat.jpg", "cat.jpg"),
            ("고양이 사진.jpg", "고양이 사진.jpg"),
            (".gitignore", ".gitignore"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\mina\\cat.jpg", "cat.jpg"),
            ("/", "file"),
            ("", "file"),
            (" \u{202e} ", "file"),
            ("..", "file"),
            ("...", "file"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("a\0b\r\nSet-Cookie: x.txt", "ab Set-Cookie: x.txt"),
            ("invoice.exe. . ", "invoice.exe"),
            ("<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"),
            ("\"; filename=\"evil.html", "\"; filename=\"evil.html"),
        ] {
            assert_eq!(super::clean(wanted), clean, "{wanted:?}");
            assert_eq!(super::clean(clean), clean, "once is enough");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let long = clean(&format!("{}.tar.gz", "가".repeat(300)));
        assert!(long.len() <= BYTES && long.ends_with("가.gz"), "{long}");
        let marks = clean(&format!("a{}.png", "\u{301}".repeat(10_000)));
        assert!(marks.len() < 40 && marks.starts_with('a') && marks.ends_with(".png"), "{marks}");
        let word = clean(&"x".repeat(5000));
        assert_eq!(word.len(), BYTES);
        assert_eq!(clean(&format!("a.{}", "b".repeat(5000))).len(), BYTES);
    }
}
