//! Pictures to send.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// Red above, blue below.
pub fn flag(width: u32, height: u32) -> DynamicImage {
    let colour = |_, y| if y < height / 2 { Rgb([220, 0, 0]) } else { Rgb([0, 0, 220]) };
    RgbImage::from_fn(width, height, colour).into()
}

/// A file of it.
pub fn png(picture: &DynamicImage) -> Vec<u8> {
    written(picture, ImageFormat::Png)
}

/// A file of it.
pub fn jpeg(picture: &DynamicImage) -> Vec<u8> {
    written(picture, ImageFormat::Jpeg)
}

fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

/// What a file shows.
pub fn shown(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).expect("a picture")
}

/// A telephone's JPEG: it lies on its side, says so, and says where it was taken.
pub fn of_a_telephone(picture: &DynamicImage) -> Vec<u8> {
    let jpeg = jpeg(picture);
    let mut exif =
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
    exif.extend(b"GPS 13.5 N 144.8 E");
    let [high, low] = u16::try_from(exif.len() + 2).expect("a short segment").to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1, high, low], &exif, &jpeg[2..], b"an archive behind the end"].concat()
}

/// A PNG that says of itself how large it is, and holds next to nothing.
pub fn says(width: u32, height: u32) -> Vec<u8> {
    let mut png = png(&flag(40, 40));
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    png
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |sum: u32| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
    let byte = |sum: u32, byte: &u8| (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum));
    !bytes.iter().fold(u32::MAX, byte)
}
