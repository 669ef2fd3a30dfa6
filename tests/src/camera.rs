//! What a phone's camera makes of what a window shows.

use std::io::Cursor;

use anyhow::Result;
use png::{Decoder, Transformations};
use rqrr::PreparedImage;

/// What the QR codes in a PNG say, of all that can be read.
///
/// # Errors
/// When it isn't a PNG.
pub fn scans(png: &[u8]) -> Result<Vec<String>> {
    let mut decoder = Decoder::new(Cursor::new(png));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().unwrap_or_default()];
    let picture = reader.next_frame(&mut pixels)?;
    let samples = picture.color_type.samples();
    let (width, height) = (picture.width as usize, picture.height as usize);
    let grey = |x: usize, y: usize| {
        let pixel = &pixels[y * picture.line_size + x * samples..][..samples.min(3)];
        let sum: u32 = pixel.iter().copied().map(u32::from).sum();
        u8::try_from(sum as usize / pixel.len()).unwrap_or(u8::MAX)
    };
    let mut seen = PreparedImage::prepare_from_greyscale(width, height, grey);
    Ok(seen.detect_grids().iter().filter_map(|grid| Some(grid.decode().ok()?.1)).collect())
}
