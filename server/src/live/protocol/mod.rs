//! What travels over a socket, version 1. `docs/live.md` tells the story; the types are in the API's
//! document.

mod item;
mod message;
mod request;

pub(super) use item::{LiveItem, News};
pub(super) use message::{LiveFrames, LiveHello, LiveMessage, LivePong, VERSION};
pub(super) use request::{Asked, LiveTopic, read};

#[cfg(test)]
mod tests {
    use poem_openapi::types::{ParseFromJSON as _, ToJSON as _};

    use super::*;
    use crate::live::line::End;

    #[test]
    fn what_can_be_meant() {
        let good = [
            r#"{"auth":"oc_live_x"}"#,
            r#"{"auth":"x","tenant":"ten_00000000000000000000000000"}"#,
            r#"{"shop":"lagoon"}"#,
            r#"{"sub":"schedule","location":"loc_0","date":"2026-03-09","since":4}"#,
            r#"{"sub":"ticket"}"#,
            r#"{"unsub":"ticket"}"#,
            r#"{"ping":-7}"#,
        ];
        for text in good {
            assert!(read(text).is_ok(), "{text}: {:?}", read(text));
        }
        let bad = [
            "",
            "{",
            "[]",
            "null",
            "7",
            "{}",
            r#"{"sub":"schedules"}"#,
            r#"{"sub":"schedule","ping":1}"#,
            r#"{"sub":"schedule","date":"2026-02-30"}"#,
            r#"{"ping":"1"}"#,
            r#"{"ping":1,"more":true}"#,
            r#"{"ping":99999999999999999999}"#,
        ];
        for text in bad {
            assert_eq!(read(text).unwrap_err().code, "bad_message", "{text}");
        }
    }

    /// What the documentation shows is what is spoken.
    #[test]
    fn the_examples_are_messages() {
        let text = include_str!("../../../../docs/live.md");
        let mut seen = 0;
        for block in text.split("```live\n").skip(1) {
            let lines = block.split("```").next().unwrap_or_default().lines();
            for line in lines {
                seen += 1;
                if let Some(asked) = line.strip_prefix("→ ") {
                    assert!(read(asked).is_ok(), "{line}: {:?}", read(asked));
                    continue;
                }
                let said = line.strip_prefix("← ").unwrap_or_else(|| panic!("{line}"));
                let said: serde_json::Value = serde_json::from_str(said).unwrap();
                let message = LiveMessage::parse_from_json(Some(said.clone()));
                let message = message.unwrap_or_else(|error| panic!("{line}: {}", error.message()));
                assert_eq!(message.to_json(), Some(said));
            }
        }
        assert!(seen > 15, "{seen}");
        for end in [
            End::Restart { retry_ms: 1 },
            End::SignedOut,
            End::NotSignedIn,
            End::Over,
            End::TooMany,
            End::Flood { retry_ms: 1 },
            End::TooLarge,
            End::NotText,
            End::Broken,
            End::Silent,
            End::Failed,
        ] {
            let (reason, code) = end.words();
            assert!(text.contains(&format!("| `{reason}` | {code} |")), "{reason} {code}");
        }
    }
}
