//! What somebody answers to a text.

/// What an answer asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// They will come.
    Confirm,
    /// They won't come.
    Cancel,
    /// No more texts.
    Stop,
    /// Texts again.
    Start,
}

/// Words that stand for an answer, in the languages that are spoken here. The words for stopping are
/// those that operators in those countries know, but not CANCEL and END: here they would be taken
/// for the visit's.
const WORDS: [(Reply, &[&str]); 4] = [
    (
        Reply::Confirm,
        &[
            "c",
            "confirm",
            "yes",
            "si",
            "sí",
            "oui",
            "ja",
            "نعم",
            "confirmar",
            "confirmer",
            "bestätigen",
        ],
    ),
    (Reply::Cancel, &["x", "cancel", "cancelar", "annuler", "absagen", "إلغاء"]),
    (
        Reply::Stop,
        &[
            "stop",
            "stopall",
            "stop all",
            "unsubscribe",
            "quit",
            "optout",
            "opt out",
            "revoke",
            "arret",
            "arrêt",
            "alto",
            "parar",
            "stopp",
            "توقف",
        ],
    ),
    (Reply::Start, &["start", "unstop", "subscribe"]),
];

impl Reply {
    /// What an answer means. One that says more than a word means nothing that a machine should act
    /// upon: "Stop by at 5?" isn't the end of all texts.
    pub fn read(body: &str) -> Option<Self> {
        let plain = body.trim().trim_matches(['.', '!', '"', '\'', '“', '”', '«', '»', '*']).trim();
        // No word is longer.
        if plain.len() > 40 {
            return None;
        }
        let said = plain.to_lowercase();
        WORDS.iter().find(|(_, words)| words.contains(&said.as_str())).map(|(reply, _)| *reply)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers() {
        for (said, meant) in [
            ("C", Some(Reply::Confirm)),
            (" c.\n", Some(Reply::Confirm)),
            ("YES!", Some(Reply::Confirm)),
            ("Sí", Some(Reply::Confirm)),
            ("x", Some(Reply::Cancel)),
            ("\"X\"", Some(Reply::Cancel)),
            ("CANCEL", Some(Reply::Cancel)),
            ("Stop", Some(Reply::Stop)),
            ("STOP ALL", Some(Reply::Stop)),
            ("ARRÊT", Some(Reply::Stop)),
            ("START", Some(Reply::Start)),
            ("", None),
            ("Stop by at 5?", None),
            ("c u later", None),
            ("cancel my 3pm please", None),
            ("ok", None),
            ("xx", None),
        ] {
            assert_eq!(Reply::read(said), meant, "{said}");
        }
        assert_eq!(Reply::read(&"stop ".repeat(1_000)), None);
    }

    #[test]
    fn no_word_means_two_things() {
        let all: Vec<_> = WORDS.iter().flat_map(|(_, words)| words.iter()).collect();
        let mut once = all.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), all.len());
        assert!(all.iter().all(|word| word.to_lowercase() == **word));
    }
}
