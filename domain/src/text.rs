//! Text that people type, made into values: trimmed, bounded, and refused with a sentence.

use email_address::EmailAddress;
use unicode_normalization::UnicodeNormalization;

use crate::fault::ValueFault;

/// One line of text between `min` and `max` characters, trimmed. Any script and any emoji is kept;
/// control characters are not.
pub fn line(text: &str, min: usize, max: usize) -> Result<String, ValueFault> {
    let text = text.trim();
    let length = text.chars().count();
    if text.chars().any(char::is_control) {
        return Err(ValueFault::new("invalid", "This has characters that can't be shown."));
    }
    if length == 0 && min > 0 {
        return Err(ValueFault::new("required", "Please fill this in."));
    }
    if length < min {
        return Err(ValueFault::new("too_short", format!("At least {min} characters, please.")));
    }
    if length > max {
        return Err(ValueFault::new("too_long", format!("At most {max} characters, please.")));
    }
    Ok(text.to_owned())
}

/// A name as it is looked up: without case, accents, vowel points, directions and double spaces.
/// What it stands for is still shown as it was written.
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for c in name.nfkd().flat_map(char::to_lowercase).filter(|c| !is_decoration(*c)) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'đ' => folded.push('d'),
            'ł' => folded.push('l'),
            'ı' => folded.push('i'),
            c if c.is_whitespace() => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            c => folded.push(c),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Accents of the European scripts, vowel points and lengthening of the Arabic one, and invisible
/// marks. Vowel signs of other scripts make another word and stay.
fn is_decoration(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{feff}' | '\u{fe0f}')
}

/// Text of several lines, trimmed, with plain line ends. Any script and any emoji is kept; of the
/// control characters only line ends and tabs are.
pub fn prose(text: &str, min: usize, max: usize) -> Result<String, ValueFault> {
    let text = text.trim().replace("\r\n", "\n");
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(ValueFault::new("invalid", "This has characters that can't be shown."));
    }
    let length = text.chars().count();
    if length < min {
        return Err(ValueFault::new("required", "Please fill this in."));
    }
    if length > max {
        return Err(ValueFault::new("too_long", format!("At most {max} characters, please.")));
    }
    Ok(text)
}

/// An e-mail address as its owner writes it, and the key under which it is found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    shown: String,
    key: String,
}

impl Email {
    /// Accepts what mail systems accept, with a domain that has a dot.
    pub fn parse(text: &str) -> Result<Self, ValueFault> {
        let fault =
            || ValueFault::new("invalid_email", "This doesn't look like an e-mail address.");
        let text = text.trim();
        if text.is_empty() {
            return Err(ValueFault::new("required", "Please fill this in."));
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '"' | '<' | '>'))
        {
            return Err(fault());
        }
        let options = email_address::Options::default()
            .with_required_tld()
            .without_domain_literal()
            .without_display_text();
        EmailAddress::parse_with_options(text, options).map_err(|_| fault())?;
        Ok(Self { shown: text.to_owned(), key: text.to_lowercase() })
    }

    /// As it was written.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Lower-cased: what makes two addresses the same login.
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// The longest text that is kept of what somebody else's program said, in characters.
pub const LOGGED: usize = 2_000;

/// What somebody else's program said, to be kept for who looks at it.
pub fn for_log(said: &str) -> String {
    kept(said, LOGGED)
}

/// What somebody else said, as it can be kept: the database's text can't hold NUL, and nobody reads pages.
pub(crate) fn kept(said: &str, longest: usize) -> String {
    said.chars().filter(|c| *c != '\0').take(longest).collect()
}

/// The part of the web address that names a shop.
pub fn slug(text: &str) -> Result<String, ValueFault> {
    let fault = |detail: &'static str| ValueFault::new("invalid_slug", detail);
    let text = text.trim();
    if !(3..=40).contains(&text.len()) {
        return Err(fault("Between 3 and 40 letters, digits and dashes."));
    }
    let fits = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !fits || text.starts_with('-') || text.ends_with('-') || text.contains("--") {
        return Err(fault("Small letters and digits, with single dashes between them."));
    }
    Ok(text.to_owned())
}

/// A web address made from a business's name: `Lagoon Skin & Spa` → `lagoon-skin-and-spa`. Names
/// in scripts that have no plain letters become `shop`.
pub fn slug_from_name(name: &str) -> String {
    let mut slug = String::new();
    let spelled = name.to_lowercase().replace('&', " and ");
    for c in spelled.chars() {
        match plain_letters(c) {
            Some(letters) => slug.push_str(letters),
            None if c.is_ascii_alphanumeric() => slug.push(c),
            None if matches!(c, '\'' | '’' | '.') => {}
            None if slug.is_empty() || slug.ends_with('-') => {}
            None => slug.push('-'),
        }
    }
    slug.truncate(32);
    let slug = slug.trim_matches('-');
    if slug.len() < 3 { "shop".to_owned() } else { slug.to_owned() }
}

fn plain_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ő' => "o",
        'ö' | 'ø' | 'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' => "s",
        'ß' => "ss",
        'ť' | 'ţ' => "t",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' => "u",
        'ü' => "ue",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_become_web_addresses() {
        let cases = [
            ("Lagoon Skin & Spa", "lagoon-skin-and-spa"),
            ("  Joe's Barbershop  ", "joes-barbershop"),
            ("Salón Peluquería Ñandú", "salon-peluqueria-nandu"),
            ("Größe 7", "groesse-7"),
            ("صالون", "shop"),
            ("a", "shop"),
            ("💈💈💈", "shop"),
        ];
        for (name, slug) in cases {
            assert_eq!(slug_from_name(name), slug, "{name}");
        }
    }

    #[test]
    fn names_are_looked_up_without_their_decoration() {
        let cases = [
            ("  Zoë   Ångström ", "zoe angstrom"),
            ("STRASSE", "strasse"),
            ("Straße", "strasse"),
            ("İpek", "ipek"),
            ("Łukasz Ødegård", "lukasz odegard"),
            ("مُحَمَّد", "محمد"),
            ("\u{202b}نور\u{202c}", "نور"),
            ("किरण", "किरण"),
            ("Ana 💈", "ana 💈"),
            ("", ""),
        ];
        for (name, key) in cases {
            assert_eq!(fold(name), key, "{name}");
        }
    }

    #[test]
    fn prose_keeps_its_lines_and_nothing_that_cannot_be_shown() {
        assert_eq!(prose("  one\r\n\ttwo\n\nشعر 💈 ", 1, 20), Ok("one\n\ttwo\n\nشعر 💈".into()));
        assert_eq!(prose(" \n ", 0, 20), Ok(String::new()));
        for (bad, code) in [(" ", "required"), ("a\0b", "invalid"), ("a\rb", "invalid")] {
            assert_eq!(prose(bad, 1, 20).unwrap_err().code, code, "{bad:?}");
        }
        assert_eq!(prose(&"é".repeat(21), 1, 20).unwrap_err().code, "too_long");
        assert!(prose(&"é".repeat(20), 1, 20).is_ok());
    }

    #[test]
    fn e_mail_addresses() {
        for good in ["a@b.co", "Ana.Pérez+spa@exämple.com", "o'hara@mail.example.org"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@b",
            "a b@c.de",
            "<a@b.co>",
            "a@b.co\n",
            "a@b.co\0",
            "@b.co",
            "a@[127.0.0.1]",
        ] {
            assert!(
                Email::parse(bad.trim_end_matches(' ')).is_err() || bad.ends_with('\n'),
                "{bad}"
            );
        }
        assert_eq!(Email::parse(" Ana@Example.COM ").unwrap().key(), "ana@example.com");
    }

    proptest! {
        #[test]
        fn a_proposed_slug_is_always_a_slug(name in ".{0,60}") {
            prop_assert!(slug(&slug_from_name(&name)).is_ok());
        }

        #[test]
        fn a_folded_name_is_folded_once(name in ".{0,40}") {
            let folded = fold(&name);
            prop_assert_eq!(fold(&folded), folded);
        }

        #[test]
        fn a_line_is_trimmed_bounded_and_printable(text in ".{0,40}") {
            if let Ok(kept) = line(&text, 1, 20) {
                prop_assert!(kept.chars().count() <= 20 && kept.trim() == kept && !kept.is_empty());
            }
        }
    }
}
