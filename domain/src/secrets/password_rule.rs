//! Which passwords may be chosen: long ones that can't be guessed from the person or from a list.
//! No rules about kinds of letters; they make passwords worse.

use std::collections::BTreeSet;

use super::common::is_common;

/// What a guesser knows about the person.
#[derive(Clone, Copy, Debug, Default)]
pub struct PasswordContext<'a> {
    /// The login's address.
    pub email: &'a str,
    /// The login's name.
    pub name: &'a str,
}

/// Why a password can't be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer than [`PasswordRule::SHORTEST`] characters.
    TooShort,
    /// More than [`PasswordRule::LONGEST`] characters.
    TooLong,
    /// Little more than the person's address or name.
    Personal,
    /// On the list of common ones, or as easy to guess.
    Common,
}

impl PasswordFault {
    /// For programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::Personal => "personal",
            Self::Common => "common",
        }
    }

    /// For people.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::TooShort => "Use at least 10 characters; a few words make a good password.",
            Self::TooLong => "Use at most 200 characters.",
            Self::Personal => "Don't build the password from your name or e-mail address.",
            Self::Common => "This password is among the first that others would try.",
        }
    }
}

/// The rule for new passwords.
#[derive(Debug)]
pub struct PasswordRule;

impl PasswordRule {
    /// Fewest characters.
    pub const SHORTEST: usize = 10;
    /// Most characters.
    pub const LONGEST: usize = 200;
    /// A name or common word doesn't spoil a password that has so many other characters.
    const REST: usize = 8;

    /// Tells all faults of a password.
    pub fn check(password: &str, context: PasswordContext<'_>) -> Result<(), Vec<PasswordFault>> {
        let length = password.chars().count();
        let lower = password.to_lowercase();
        let faults: Vec<_> = [
            (PasswordFault::TooShort, length < Self::SHORTEST),
            (PasswordFault::TooLong, length > Self::LONGEST),
            // The rest looks at the text again and again; a huge one isn't worth it.
            (PasswordFault::Personal, length <= Self::LONGEST && personal(&lower, context)),
            (PasswordFault::Common, length <= Self::LONGEST && easy(&lower)),
        ]
        .into_iter()
        .filter_map(|(fault, found)| found.then_some(fault))
        .collect();
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

fn personal(lower: &str, context: PasswordContext<'_>) -> bool {
    let (email, name) = (context.email.to_lowercase(), context.name.to_lowercase());
    if !email.is_empty() && lower.contains(&email) {
        return true;
    }
    let separator = |c: char| !c.is_alphanumeric();
    let local = email.split('@').next().unwrap_or_default();
    let mut parts: BTreeSet<&str> = email.split(separator).chain(name.split(separator)).collect();
    parts.extend([local, name.as_str()]);
    // The longest first, or "ana" would leave half of "anastasia".
    let mut parts: Vec<_> = parts.into_iter().filter(|part| part.chars().count() >= 3).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    let rest = parts.iter().fold(lower.to_owned(), |rest, part| rest.replace(part, ""));
    rest.len() < lower.len() && rest.chars().count() < PasswordRule::REST
}

fn easy(lower: &str) -> bool {
    if is_common(lower) || lower.chars().collect::<BTreeSet<_>>().len() < 4 {
        return true;
    }
    // "Dragon2024!!" is "dragon" to a guesser.
    let word = lower.trim_matches(|c: char| !c.is_alphabetic());
    let around = lower.chars().count() - word.chars().count();
    (1..PasswordRule::REST).contains(&around) && word.len() >= 5 && is_common(word)
}

#[cfg(test)]
mod tests {
    use PasswordFault::{Common, Personal, TooLong, TooShort};

    use super::*;

    #[test]
    fn passwords() {
        let long = "lagoon tide ".repeat(17);
        let most = &long[..PasswordRule::LONGEST];
        let cases: [(&str, &[PasswordFault]); 22] = [
            ("lagoon-tide-7", &[]),
            ("correct horse battery staple", &[]),
            ("пароль-для-входа", &[]),
            ("🦊🐳🌵🎈🍋🚲⛵🧭🪁🎻", &[]),
            (most, &[]),
            ("", &[TooShort, Common]),
            ("tide7-abc", &[TooShort]),
            ("dragon", &[TooShort, Common]),
            (&long, &[TooLong]),
            ("1234567890", &[Common]),
            ("Password123", &[Common]),
            ("Dragon2024!", &[Common]),
            ("!!dragon2024", &[Common]),
            ("aaaaaaaaaaaa", &[Common]),
            ("abababababab", &[Common]),
            ("dragon-2024-lighthouse", &[]),
            ("ana.lopez@x.example", &[Personal]),
            ("my ana.lopez@x.example login", &[Personal]),
            ("AnaLopez2024", &[Personal]),
            ("María-1990-!", &[Personal]),
            ("lopez and the lighthouse", &[]),
            ("anchorage-banana", &[]),
        ];
        let context = PasswordContext { email: "Ana.Lopez@x.example", name: "María López" };
        for (password, faults) in cases {
            let found = PasswordRule::check(password, context).err().unwrap_or_default();
            assert_eq!(found, faults, "{password}");
        }
        assert_eq!(PasswordRule::check("lagoon-tide-7", PasswordContext::default()), Ok(()));
    }

    #[test]
    fn faults_can_be_told() {
        for fault in [TooShort, TooLong, Personal, Common] {
            assert!(fault.sentence().ends_with('.') && !fault.code().is_empty());
        }
        assert!(TooShort.sentence().contains(&PasswordRule::SHORTEST.to_string()));
        assert!(TooLong.sentence().contains(&PasswordRule::LONGEST.to_string()));
    }
}
