//! Error reports leave the house. They take no bodies, no cookies, no credentials along, and no
//! e-mail addresses.

use sentry::protocol::{Breadcrumb, Event, Request};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Names whose values are never told, in headers, contexts or fields.
const SECRET_NAMES: [&str; 8] =
    ["authorization", "cookie", "password", "secret", "token", "api_key", "dsn", "totp"];

/// An event as it may be sent.
pub(super) fn event(mut event: Event<'static>) -> Event<'static> {
    event.user = None;
    event.request = event.request.map(|request| Request {
        method: request.method,
        url: request.url.map(|mut url| {
            url.set_query(None);
            url.set_fragment(None);
            url
        }),
        ..Request::default()
    });
    match masked(&event) {
        Some(masked) => masked,
        // Better a report that says little than one that says too much.
        None => Event { event_id: event.event_id, level: event.level, ..Event::default() },
    }
}

/// A breadcrumb as it may be kept.
pub(super) fn breadcrumb(crumb: &Breadcrumb) -> Breadcrumb {
    masked(crumb)
        .unwrap_or_else(|| Breadcrumb { timestamp: crumb.timestamp, ..Breadcrumb::default() })
}

/// Looks at every text, wherever it is: new kinds of fields are covered without being named here.
fn masked<T: Serialize + DeserializeOwned>(report: &T) -> Option<T> {
    let mut value = serde_json::to_value(report).ok()?;
    mask_value(&mut value);
    serde_json::from_value(value).ok()
}

fn mask_value(value: &mut Value) {
    match value {
        Value::String(text) => {
            let masked = mask(text);
            if masked != *text {
                *text = masked;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask_value),
        Value::Object(entries) => {
            for (name, value) in entries {
                let name = name.to_ascii_lowercase();
                if value.is_string() && SECRET_NAMES.iter().any(|secret| name.contains(secret)) {
                    *value = "[secret]".into();
                } else {
                    mask_value(value);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A text without e-mail addresses, telephone numbers, keys and bearer tokens.
pub fn mask(text: &str) -> String {
    // By words, so that what stands between them stays as it was.
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut after_bearer = false;
    while !rest.is_empty() {
        let word_end = rest.find(is_break).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(word_end);
        if after_bearer && !word.is_empty() {
            out.push_str("[secret]");
        } else {
            out.push_str(mask_word(word));
        }
        if !word.is_empty() {
            after_bearer = word.eq_ignore_ascii_case("bearer");
        }
        let gap_end = tail.find(|c| !is_break(c)).unwrap_or(tail.len());
        let (gap, next) = tail.split_at(gap_end);
        out.push_str(gap);
        rest = next;
    }
    out
}

fn is_break(c: char) -> bool {
    c.is_whitespace() || "\"'<>()[]{},;:=&?|".contains(c)
}

fn mask_word(word: &str) -> &str {
    let mail = word.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.contains('/') && !name.contains('/')
    });
    if mail {
        "[e-mail]"
    } else if is_number(word) {
        "[number]"
    } else if word.starts_with("oc_live_") || word.starts_with("oc_test_") {
        "[secret]"
    } else {
        word
    }
}

/// As we write numbers, and as those say them whom we hand them to.
fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix('+').map(|rest| rest.trim_end_matches(['.', '!']));
    digits.is_some_and(|digits| digits.len() >= 7 && digits.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use sentry::protocol::Exception;

    use super::*;

    #[test]
    fn words_are_masked() {
        for (text, masked) in [
            ("mail to ann@example.com failed", "mail to [e-mail] failed"),
            ("<ann.b+c@mail.example.org>, bob@example.com;", "<[e-mail]>, [e-mail];"),
            ("email=\"ann@example.com\"", "email=\"[e-mail]\""),
            ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer [secret]"),
            ("key oc_live_ab12cd34", "key [secret]"),
            (
                "The 'To' number whatsapp:+14155550123 is no number.",
                "The 'To' number whatsapp:[number] is no number.",
            ),
            ("no +14155550123.", "no [number]"),
            ("+1 or +12 at 2026-03-08T10:00:00+00:00", "+1 or +12 at 2026-03-08T10:00:00+00:00"),
            ("at 12:30 @home, a@b", "at 12:30 @home, a@b"),
            ("ümläut und 💆 bleiben", "ümläut und 💆 bleiben"),
            ("", ""),
        ] {
            assert_eq!(mask(text), masked);
        }
    }

    #[test]
    fn an_event_takes_nothing_private_along() {
        let mut event_before = Event {
            message: Some("sign-in of ann@example.com".into()),
            request: Some(Request {
                url: "https://shop.example/join?token=t0k3n#frag".parse().ok(),
                method: Some("POST".into()),
                data: Some("{\"password\":\"hunter2\"}".into()),
                query_string: Some("token=t0k3n".into()),
                cookies: Some("__Host-openchair=c00kie".into()),
                headers: [("Authorization".into(), "Bearer b34rer".into())].into(),
                ..Request::default()
            }),
            exception: vec![Exception {
                ty: "DbErr".into(),
                value: Some("duplicate (email)=(bob@example.com)".into()),
                ..Exception::default()
            }]
            .into(),
            ..Event::default()
        };
        event_before.extra.insert("new_password".into(), "hunter2".into());
        event_before.tags.insert("request_id".into(), "r-1".into());
        let id = event_before.event_id;
        let sent = event(event_before);
        assert_eq!((sent.event_id, sent.tags["request_id"].as_str()), (id, "r-1"));
        let text = serde_json::to_string(&sent).unwrap();
        for private in ["ann@", "bob@", "hunter2", "t0k3n", "c00kie", "b34rer", "frag"] {
            assert!(!text.contains(private), "{private} in {text}");
        }
        assert!(text.contains("https://shop.example/join") && text.contains("[e-mail]"));
    }

    #[test]
    fn breadcrumbs_too() {
        let crumb = Breadcrumb {
            message: Some("mail to ann@example.com".into()),
            data: [("token".into(), "t0k3n".into())].into(),
            ..Breadcrumb::default()
        };
        let kept = breadcrumb(&crumb);
        assert_eq!(kept.message.as_deref(), Some("mail to [e-mail]"));
        assert_eq!(kept.data["token"], "[secret]");
    }
}
