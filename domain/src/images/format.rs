//! What a file is, by its first bytes: names and media types are whatever somebody says.

use image::ImageFormat;

use crate::fault::ValueFault;

/// What the product can read.
const READABLE: [(ImageFormat, &[u8]); 2] =
    [(ImageFormat::Png, b"\x89PNG\r\n\x1a\n"), (ImageFormat::Jpeg, b"\xff\xd8\xff")];

/// What telephones call their pictures that browsers don't all show.
const OF_PHONES: [&[u8]; 5] = [b"heic", b"heix", b"mif1", b"msf1", b"avif"];

/// Which of the formats that are read it is, or why it is none of them.
pub(super) fn format(bytes: &[u8]) -> Result<ImageFormat, ValueFault> {
    let known = READABLE.iter().find(|(_, start)| bytes.starts_with(start));
    if let Some((format, _)) = known {
        return Ok(*format);
    }
    let box_kind = bytes.get(8..12).unwrap_or_default();
    let fault = |code, detail: &'static str| Err(ValueFault::new(code, detail));
    if is_svg(bytes) {
        return fault(
            "svg",
            "An SVG can hold scripts, so it isn't taken. Export it as PNG, 512 pixels wide.",
        );
    }
    if bytes.starts_with(b"RIFF") && box_kind == b"WEBP" {
        return fault(
            "webp",
            "WebP isn't read here. Save the picture as PNG or JPEG and try again.",
        );
    }
    if bytes.get(4..8) == Some(b"ftyp") && OF_PHONES.contains(&box_kind) {
        return fault(
            "heic",
            "HEIC and AVIF aren't read here. Save the picture as JPEG and try again.",
        );
    }
    fault("unknown_format", "This isn't a picture that can be read here: PNG and JPEG are.")
}

/// Whether it is a drawing in XML, also behind a declaration, a comment or a byte order mark.
fn is_svg(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(1024)];
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    text.starts_with(b"<") && text.windows(4).any(|part| part.eq_ignore_ascii_case(b"<svg"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_say_what_a_file_is() {
        let is = |bytes: &[u8]| format(bytes).map_err(|fault| fault.code);
        for (bytes, format) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], Ok(ImageFormat::Png)),
            (b"\xff\xd8\xff\xe0....", Ok(ImageFormat::Jpeg)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Err("webp")),
            (b"RIFF\x10\0\0\0WAVEfmt ", Err("unknown_format")),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Err("svg")),
            (b"\xef\xbb\xbf\n<?xml version='1.0'?><!-- x --><SVG/>", Err("svg")),
            (b"<html><p>a drawing</p>", Err("unknown_format")),
            (b"\0\0\0\x18ftypheic\0\0\0\0", Err("heic")),
            (b"\0\0\0\x18ftypavif\0\0\0\0", Err("heic")),
            (b"\0\0\0\x18ftypisom\0\0\0\0", Err("unknown_format")),
            (b"GIF89a", Err("unknown_format")),
            (b"\x89PNG", Err("unknown_format")),
            (b"", Err("unknown_format")),
        ] {
            assert_eq!(is(bytes), format, "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}
