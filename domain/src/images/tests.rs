use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::drawn::draw;
use super::{Address, Facts, Format, Kind, MAX_BYTES, Stored};

fn bytes(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Red above, blue below.
fn flag(width: u32, height: u32) -> DynamicImage {
    let colour = |_, y| if y < height / 2 { Rgb([220, 0, 0]) } else { Rgb([0, 0, 220]) };
    RgbImage::from_fn(width, height, colour).into()
}

/// Nothing that a drawing could be packed into.
fn noise(width: u32, height: u32) -> DynamicImage {
    let mut seed = 1_u32;
    let mut next = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed.to_be_bytes()[0]
    };
    RgbImage::from_fn(width, height, |_, _| Rgb([next(), next(), next()])).into()
}

fn shown(stored: &Stored) -> DynamicImage {
    let format = match stored.facts.format {
        Format::Png => ImageFormat::Png,
        Format::Jpg => ImageFormat::Jpeg,
    };
    let picture = image::load_from_memory_with_format(&stored.bytes, format).unwrap();
    assert_eq!((picture.width(), picture.height()), (stored.facts.width, stored.facts.height));
    picture
}

fn refused(kind: Kind, sent: &[u8]) -> &'static str {
    draw(kind, sent).unwrap_err().code
}

#[test]
fn pictures_fit_where_they_are_shown() {
    for (kind, from, to) in [
        (Kind::Logo, (100, 60), (100, 60)),
        (Kind::Logo, (512, 512), (512, 512)),
        (Kind::Logo, (2000, 500), (512, 128)),
        (Kind::Logo, (500, 2000), (128, 512)),
        (Kind::Photo, (800, 600), (800, 600)),
        (Kind::Photo, (3200, 1000), (1600, 500)),
        (Kind::Photo, (3000, 3000), (1000, 1000)),
    ] {
        for format in [ImageFormat::Png, ImageFormat::Jpeg] {
            let stored = draw(kind, &bytes(&flag(from.0, from.1), format)).unwrap();
            let picture = shown(&stored).into_rgb8();
            assert_eq!(picture.dimensions(), to, "{kind:?} of {from:?} as {format:?}");
            let Rgb([red, _, blue]) = picture[(to.0 / 2, 2)];
            assert!(red > 180 && blue < 60, "{kind:?} of {from:?} as {format:?}");
            let wanted = if kind == Kind::Photo { Format::Jpg } else { Format::Png };
            assert_eq!(stored.facts.format, wanted);
        }
    }
}

#[test]
fn what_is_drawn_once_has_one_name() {
    let sent = bytes(&flag(300, 300), ImageFormat::Png);
    let (one, other) = (draw(Kind::Logo, &sent).unwrap(), draw(Kind::Logo, &sent).unwrap());
    assert_eq!(one, other);
    assert_eq!(one.facts.hash.len(), 32);
    let another = draw(Kind::Logo, &bytes(&flag(300, 302), ImageFormat::Png)).unwrap();
    assert_ne!(another.facts.hash, one.facts.hash);
}

/// Around what can be seen, no colour comes up out of what can't.
#[test]
fn a_logo_can_be_seen_through() {
    let round = RgbaImage::from_fn(1024, 1024, |x, y| {
        let inside = (i64::from(x) - 512).pow(2) + (i64::from(y) - 512).pow(2) < 400 * 400;
        if inside { Rgba([250, 200, 0, 255]) } else { Rgba([0, 0, 255, 0]) }
    });
    let stored = draw(Kind::Logo, &bytes(&round.clone().into(), ImageFormat::Png)).unwrap();
    let picture = shown(&stored).into_rgba8();
    assert_eq!((picture.dimensions(), picture[(0, 0)].0[3]), ((512, 512), 0));
    assert_eq!(picture[(256, 256)], Rgba([250, 200, 0, 255]));
    let edge = || picture.pixels().filter(|pixel| (40..255).contains(&pixel.0[3]));
    assert!(edge().count() > 100);
    let strange = edge().find(|pixel| pixel.0[0] < 225 || pixel.0[2] > 30);
    assert_eq!(strange, None);
    let stored = draw(Kind::Photo, &bytes(&round.into(), ImageFormat::Png)).unwrap();
    let Rgb(corner) = shown(&stored).into_rgb8()[(0, 0)];
    assert!(corner.iter().all(|colour| *colour > 250), "a photo is on white: {corner:?}");
}

#[test]
fn a_logo_that_is_a_photograph_is_one() {
    let stored = draw(Kind::Logo, &bytes(&noise(512, 512), ImageFormat::Png)).unwrap();
    assert_eq!(stored.facts.format, Format::Jpg);
    shown(&stored);
}

/// The segments of a JPEG that tell more than the picture, behind its first two bytes.
fn with_segments(jpeg: &[u8], segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut out = jpeg[..2].to_vec();
    for (mark, body) in segments {
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        out.extend([0xff, *mark, length[0], length[1]]);
        out.extend(body);
    }
    out.extend(&jpeg[2..]);
    out
}

/// EXIF with one entry, the orientation, and where it was taken behind it.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"GPS 13.5 N 144.8 E");
    exif
}

#[test]
fn only_what_can_be_seen_comes_along() {
    let plain = bytes(&flag(400, 300), ImageFormat::Jpeg);
    for (orientation, size, top) in [
        (1, (400, 300), true),
        (3, (400, 300), false),
        (6, (300, 400), true),
        (8, (300, 400), false),
    ] {
        let segments = [(0xe1, exif(orientation)), (0xfe, b"<script>alert(1)</script>".to_vec())];
        let mut sent = with_segments(&plain, &segments);
        sent.extend(b"PK\x03\x04 an archive behind the end");
        for kind in [Kind::Logo, Kind::Photo] {
            let stored = draw(kind, &sent).unwrap();
            for hidden in [&b"Exif"[..], b"GPS", b"script", b"PK\x03\x04", b"archive"] {
                let there = stored.bytes.windows(hidden.len()).any(|part| part == hidden);
                assert!(!there, "{:?} is in it", String::from_utf8_lossy(hidden));
            }
            let picture = shown(&stored).into_rgb8();
            assert_eq!(picture.dimensions(), size, "turned by {orientation}");
            if size == (400, 300) {
                assert_eq!(picture[(200, 10)].0[0] > 128, top, "turned by {orientation}");
            } else {
                // A quarter turn: what was above is at one side.
                assert_eq!(picture[(290, 200)].0[0] > 128, top, "turned by {orientation}");
            }
        }
    }
}

/// A PNG that says of itself how large it is, and holds next to nothing.
fn says(width: u32, height: u32) -> Vec<u8> {
    let mut png = bytes(&flag(40, 40), ImageFormat::Png);
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

#[test]
fn nothing_is_unpacked_that_is_too_large_or_too_small() {
    for (width, height, code) in [
        (50_000, 50_000, "too_many_pixels"),
        (u32::MAX >> 1, 1, "too_many_pixels"),
        (6_000, 4_400, "too_many_pixels"),
        (12_001, 100, "too_many_pixels"),
        (31, 300, "too_few_pixels"),
        // Says what is possible, and breaks off.
        (6_000, 4_000, "broken"),
    ] {
        assert_eq!(refused(Kind::Logo, &says(width, height)), code, "{width} × {height}");
    }
    assert_eq!(refused(Kind::Photo, &bytes(&flag(800, 239), ImageFormat::Png)), "too_few_pixels");
    assert_eq!(refused(Kind::Logo, &vec![0; MAX_BYTES + 1]), "too_large");
}

#[test]
fn what_is_broken_is_refused() {
    let png = bytes(&flag(300, 300), ImageFormat::Png);
    assert_eq!(refused(Kind::Logo, &png[..png.len() / 2]), "broken");
    assert_eq!(refused(Kind::Logo, b"\x89PNG\r\n\x1a\n"), "broken");
    assert_eq!(refused(Kind::Logo, b"\xff\xd8\xff\xe0 and nothing else"), "broken");
    // Each pass over the picture takes as long as the whole, and is a few bytes.
    let jpeg = bytes(&flag(300, 300), ImageFormat::Jpeg);
    let again = jpeg.windows(2).position(|mark| mark == b"\xff\xda").unwrap();
    let mut sent = jpeg[..jpeg.len() - 2].to_vec();
    for _ in 0..200 {
        sent.extend(&jpeg[again..jpeg.len() - 2]);
    }
    sent.extend(b"\xff\xd9");
    assert_eq!(refused(Kind::Logo, &sent), "broken");
}

#[test]
fn only_addresses_of_ours_ask_the_database() {
    let hash = "0123456789abcdef0123456789abcdef";
    let facts = Facts { hash: hash.to_owned(), format: Format::Png, width: 1, height: 1 };
    let path = facts.path("lagoon");
    let (_, file) = path.rsplit_once('/').unwrap();
    let address = Address { slug: "lagoon".to_owned(), hash: hash.to_owned(), format: Format::Png };
    assert_eq!(path, format!("/media/lagoon/{hash}.png"));
    assert_eq!(Address::meant_by("lagoon", file), Some(address));
    for (slug, file) in [
        ("LAGOON", file.to_owned()),
        ("lagoon", format!("{hash}.webp")),
        ("lagoon", format!("{hash}.png.png")),
        ("lagoon", format!("{}.png", hash.to_uppercase())),
        ("lagoon", format!("{}.png", &hash[1..])),
        ("lagoon", hash.to_owned()),
        ("lagoon", "..".to_owned()),
    ] {
        assert_eq!(Address::meant_by(slug, &file), None, "{slug}/{file}");
    }
}
