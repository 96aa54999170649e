//! A picture as it was sent, and as it is drawn anew: only what can be seen comes along. Where it was taken,
//! with what, and whatever else hides in a file or behind its end, doesn't.

use std::io::Cursor;

use data_encoding::HEXLOWER;
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngDecoder, PngEncoder};
use image::imageops::{self, FilterType};
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageFormat, ImageResult, Limits,
    RgbImage, RgbaImage,
};
use sha2::{Digest, Sha256};

use super::format::format;
use super::{Facts, Format, Kind, Stored};
use crate::fault::ValueFault;

/// The largest file that is taken.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;

/// The most pixels that are unpacked: what a telephone takes. A file of some kilobytes can say that it has
/// millions of millions.
pub const MAX_PIXELS: u64 = 26_000_000;

/// No side is longer: a picture of two pixels' height is none.
const MAX_SIDE: u32 = 12_000;

/// What unpacking may take of the memory: four bytes for each pixel, and as much again to work with.
const MEMORY: u64 = MAX_PIXELS * 8;

/// A picture comes in so many passes at most. Each takes the time of the whole, also if it says next to
/// nothing.
const PASSES: usize = 100;

/// Of a photo, and of a logo that is one.
const QUALITY: u8 = 82;

/// A logo without anything to see through is a photograph if it takes more than this as a drawing.
const DRAWING: usize = 96 * 1024;

/// What is drawn of a file that was sent, or why it can't be.
pub(super) fn draw(kind: Kind, sent: &[u8]) -> Result<Stored, ValueFault> {
    if sent.len() > MAX_BYTES {
        return Err(ValueFault::new("too_large", "A picture has at most 5 megabytes."));
    }
    let picture = fit(kind, read(kind, sent, format(sent)?)?);
    let (bytes, format) = match kind {
        Kind::Logo => logo(&picture),
        Kind::Photo => photo(&picture).map(|bytes| (bytes, Format::Jpg)),
    }
    .map_err(|_| broken())?;
    let hash = HEXLOWER.encode(&Sha256::digest(&bytes)[..16]);
    let (width, height) = (picture.width(), picture.height());
    Ok(Stored { facts: Facts { hash, format, width, height }, bytes })
}

pub(super) fn broken() -> ValueFault {
    ValueFault::new("broken", "This picture can't be read: the file is damaged.")
}

/// Unpacked, and the right way up.
fn read(kind: Kind, sent: &[u8], format: ImageFormat) -> Result<DynamicImage, ValueFault> {
    let source = Cursor::new(sent);
    if let Some(size) = png_size(sent).filter(|_| format == ImageFormat::Png) {
        check_size(kind, size)?;
    }
    let read = match format {
        ImageFormat::Png => unpack(kind, PngDecoder::with_limits(source, limits())),
        _ if passes(sent) > PASSES => return Err(broken()),
        _ => unpack(kind, JpegDecoder::new(source)),
    };
    read?.map_err(|_| broken())
}

/// A PNG begins with its size. Its decoder minds, too, but doesn't say why.
fn png_size(png: &[u8]) -> Option<(u32, u32)> {
    let [width, height] =
        [16, 20].map(|at| png.get(at..at + 4)?.try_into().map(u32::from_be_bytes).ok());
    width.zip(height)
}

/// From the first byte on: what stands before the picture may be packed, too.
fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    limits
}

/// A pass of a JPEG begins with this mark, which is nowhere in what is packed.
fn passes(jpeg: &[u8]) -> usize {
    jpeg.windows(2).filter(|mark| mark == b"\xff\xda").count()
}

fn unpack(
    kind: Kind,
    decoder: ImageResult<impl ImageDecoder>,
) -> Result<ImageResult<DynamicImage>, ValueFault> {
    let Ok(mut decoder) = decoder else { return Err(broken()) };
    check_size(kind, decoder.dimensions())?;
    Ok((|| {
        decoder.set_limits(limits())?;
        let turn = decoder.orientation()?;
        let mut picture = DynamicImage::from_decoder(decoder)?;
        picture.apply_orientation(turn);
        Ok(picture)
    })())
}

/// Looked at before anything is unpacked.
fn check_size(kind: Kind, (width, height): (u32, u32)) -> Result<(), ValueFault> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS || width.max(height) > MAX_SIDE {
        let detail = format!("{width} × {height} pixels are too many: make it smaller first.");
        return Err(ValueFault::new("too_many_pixels", detail));
    }
    let least = kind.least();
    if width.min(height) < least {
        let detail = format!("{width} × {height} pixels are too few: {least} each way are needed.");
        return Err(ValueFault::new("too_few_pixels", detail));
    }
    Ok(())
}

/// No larger than its kind is shown, in eight bits for each colour.
fn fit(kind: Kind, picture: DynamicImage) -> DynamicImage {
    let (width, height) = kind.most();
    let larger = picture.width() > width || picture.height() > height;
    if !picture.color().has_alpha() {
        let picture =
            if larger { picture.resize(width, height, FilterType::Lanczos3) } else { picture };
        return picture.into_rgb8().into();
    }
    let picture = picture.into_rgba8();
    if !larger {
        return picture.into();
    }
    // What can't be seen has a colour, too, mostly black: it must not run into what can.
    let weighed = DynamicImage::from(weighed(picture));
    unweighed(weighed.resize(width, height, FilterType::Lanczos3).into_rgba8()).into()
}

/// Each colour as strong as it is seen.
fn weighed(mut picture: RgbaImage) -> RgbaImage {
    for pixel in picture.pixels_mut() {
        let [.., alpha] = pixel.0;
        for colour in &mut pixel.0[..3] {
            *colour = times(*colour, alpha);
        }
    }
    picture
}

fn unweighed(mut picture: RgbaImage) -> RgbaImage {
    for pixel in picture.pixels_mut() {
        let alpha = u32::from(pixel.0[3].max(1));
        for colour in &mut pixel.0[..3] {
            let full = (u32::from(*colour) * 255 + alpha / 2) / alpha;
            *colour = u8::try_from(full).unwrap_or(u8::MAX);
        }
    }
    picture
}

fn times(colour: u8, alpha: u8) -> u8 {
    let product = (u32::from(colour) * u32::from(alpha) + 127) / 255;
    u8::try_from(product).unwrap_or(u8::MAX)
}

/// As a drawing, which keeps what can be seen through; a photograph without that as one.
fn logo(picture: &DynamicImage) -> ImageResult<(Vec<u8>, Format)> {
    let drawing = png(picture)?;
    let opaque = match picture.as_rgba8() {
        Some(picture) => picture.pixels().all(|pixel| pixel.0[3] == 255),
        None => true,
    };
    if opaque && drawing.len() > DRAWING {
        return Ok((photo(picture)?, Format::Jpg));
    }
    Ok((drawing, Format::Png))
}

fn png(picture: &DynamicImage) -> ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, PngFilter::Adaptive);
    picture.write_with_encoder(encoder)?;
    Ok(bytes)
}

fn photo(picture: &DynamicImage) -> ImageResult<Vec<u8>> {
    let picture = on_white(picture);
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).write_image(
        picture.as_raw(),
        picture.width(),
        picture.height(),
        ExtendedColorType::Rgb8,
    )?;
    Ok(bytes)
}

/// A photo has nothing to see through.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let mut paper = RgbaImage::from_pixel(picture.width(), picture.height(), image::Rgba([255; 4]));
    imageops::overlay(&mut paper, &picture.to_rgba8(), 0, 0);
    DynamicImage::from(paper).into_rgb8()
}
