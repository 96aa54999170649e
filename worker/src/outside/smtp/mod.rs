//! Mail by SMTP.

mod lines;

use std::net::IpAddr;
use std::time::SystemTime;

use async_trait::async_trait;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart};
use lettre::{Address, Message};
use url::{Host, Url};

use self::lines::{Lines, Server};
use super::mail::{Fault, Mailer, Outgoing, SendError};
use super::roots::Roots;

/// Why mail can't be sent as configured. Says nothing of the address: a password is in it.
#[derive(Debug, thiserror::Error)]
pub enum BadMailSettings {
    /// The server's address.
    #[error(
        "mail.smtp_url can't be used. Expected smtp://user:password@host:587 or smtps://…:465, with \
         ?tls=required, opportunistic or none"
    )]
    Url,
    /// The sender's.
    #[error("mail.from can't be used. Expected an address, or Name <address>")]
    From,
}

/// Sends by an SMTP server, over a few connections that are kept.
#[derive(Debug)]
pub struct Smtp {
    lines: Lines,
    from: Mailbox,
}

impl Smtp {
    /// The server at `url`, the sender, whom we believe who the server is, and how many connections are
    /// kept at most.
    pub fn new(
        url: &str,
        from: &str,
        roots: &Roots,
        connections: usize,
    ) -> Result<Self, BadMailSettings> {
        let from: Mailbox = from.parse().map_err(|_| BadMailSettings::From)?;
        let url = with_tls(url).ok_or(BadMailSettings::Url)?;
        let server = Server::at(&url, roots).ok_or(BadMailSettings::Url)?;
        Ok(Self { lines: Lines::new(server, connections), from })
    }

    fn message(&self, mail: &Outgoing, to: Address) -> Result<Message, String> {
        let domain = self.from.email.domain();
        let plain = |name, value: &str| {
            HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
        };
        let from = match &mail.sender {
            // The library panics over line breaks, and no name has any.
            Some(sender) => {
                let sender = sender.chars().filter(|c| !c.is_control()).collect();
                Mailbox::new(Some(sender), self.from.email.clone())
            }
            None => self.from.clone(),
        };
        let mut message = Message::builder()
            .from(from)
            .to(Mailbox::new(None, to))
            .subject(mail.content.subject.clone())
            .date(SystemTime::from(mail.at))
            .message_id(Some(format!("<{}@{domain}>", mail.name)))
            // Out-of-office replies to these would help nobody.
            .raw_header(plain("Auto-Submitted", "auto-generated"))
            .raw_header(plain("Content-Language", &mail.locale));
        if let Some(reply_to) = mail.reply_to.as_deref().and_then(address) {
            message = message.reply_to(Mailbox::new(None, reply_to));
        }
        if let Some(leave) = &mail.leave {
            message = message
                .raw_header(plain("List-Unsubscribe", &format!("<{leave}>")))
                .raw_header(plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        let words =
            MultiPart::alternative_plain_html(mail.content.text.clone(), mail.content.html.clone());
        let whole = match &mail.calendar {
            None => words,
            Some(calendar) => MultiPart::mixed().multipart(words).singlepart(
                Attachment::new("visit.ics".to_owned())
                    .body(calendar.clone(), calendar_type(calendar)),
            ),
        };
        message.multipart(whole).map_err(|error| error.to_string())
    }
}

/// What a calendar's program needs to know before it opens the file.
fn calendar_type(calendar: &str) -> ContentType {
    let off = calendar.contains("METHOD:CANCEL");
    let text = if off { "text/calendar; method=CANCEL" } else { "text/calendar; method=PUBLISH" };
    ContentType::parse(&format!("{text}; charset=utf-8")).unwrap_or(ContentType::TEXT_PLAIN)
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: &Outgoing) -> Result<(), SendError> {
        let final_fault = |reason| SendError { fault: Fault::Final, reason };
        let unwritable = || final_fault("the address can't be written to".to_owned());
        let to = address(&mail.to).ok_or_else(unwritable)?;
        let message = self.message(mail, to.clone()).map_err(final_fault)?;
        // Everything in it is in characters that any server takes: other scripts are encoded.
        let text = String::from_utf8(message.formatted());
        let text = text.map_err(|error| final_fault(error.to_string()))?;
        self.lines.send(&self.from.email, &to, &text).await
    }
}

/// The address with its domain as DNS has it.
fn address(text: &str) -> Option<Address> {
    let (user, domain) = text.rsplit_once('@')?;
    let domain = Host::parse(domain).ok()?.to_string();
    Address::new(user, domain).ok()
}

/// The address with what to do about encryption spelled out: `smtp://` upgrades by STARTTLS or sends
/// nothing, except to this machine.
fn with_tls(text: &str) -> Option<Url> {
    let mut url = Url::parse(text).ok()?;
    let chosen = url.query_pairs().find(|(key, _)| key == "tls").map(|(_, how)| how.into_owned());
    let is_here = match url.host()? {
        // Only http's relatives have their addresses told from names.
        Host::Domain(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    let how = match (url.scheme(), chosen.as_deref()) {
        ("smtps", _) | ("smtp", Some("none")) => None,
        ("smtp", Some("required" | "opportunistic")) => chosen,
        ("smtp", None) => (!is_here).then(|| "required".to_owned()),
        _ => return None,
    };
    url.set_query(how.map(|how| format!("tls={how}")).as_deref());
    Some(url)
}

#[cfg(test)]
mod tests {
    use openchair_domain::ids::{Id, Job};
    use openchair_domain::messaging::templates::Rendered;

    use super::*;

    impl Smtp {
        fn written(&self, mail: &Outgoing) -> Result<Message, String> {
            self.message(mail, address(&mail.to).unwrap())
        }
    }

    fn smtp(from: &str) -> Smtp {
        Smtp::new("smtp://127.0.0.1:2525", from, &Roots::default(), 1).unwrap()
    }

    fn outgoing(to: &str, subject: &str) -> Outgoing {
        let content = Rendered {
            subject: subject.to_owned(),
            text: "text".to_owned(),
            html: "<p>html</p>".to_owned(),
        };
        let job = Id::<Job>::nothing();
        let id = (Id::from_uuid(job.uuid()), job.to_string());
        Outgoing::new(id, "2026-03-08T01:59:00Z".parse().unwrap(), to, "en", content)
    }

    #[tokio::test]
    async fn a_message_has_its_headers() {
        let message = smtp("Openchair <no-reply@book.example>")
            .written(&outgoing("ana@exämple.com", "Grüße"))
            .unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        for line in [
            "From: Openchair <no-reply@book.example>",
            "To: ana@xn--exmple-cua.com",
            "Date: Sun, 08 Mar 2026 01:59:00 +0000",
            "Message-ID: <job_00000000000000000000000000@book.example>",
            "Auto-Submitted: auto-generated",
            "Content-Language: en",
            "MIME-Version: 1.0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(text.contains("Content-Type: multipart/alternative"), "{text}");
    }

    #[tokio::test]
    async fn what_a_business_writes_has_its_name_its_calendar_and_a_way_out() {
        let mail = Outgoing {
            sender: Some("Lagoon, Spa\r\nBcc: all@example.com".to_owned()),
            reply_to: Some("desk@lagoon.example".to_owned()),
            calendar: Some("BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n".to_owned()),
            leave: Some("https://book.example/u/abc".to_owned()),
            ..outgoing("ana@example.com", "Grüße")
        };
        let message = smtp("Openchair <no-reply@book.example>").written(&mail).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        assert!(!text.lines().any(|line| line.starts_with("Bcc:")), "{text}");
        for line in [
            // "Lagoon, SpaBcc: all@example.com": one line, and a name from its beginning to its end.
            "From: =?utf-8?b?TGFnb29uLCBTcGFCY2M6IGFsbEBleGFtcGxlLmNvbQ==?= <no-reply@book.example>",
            "Reply-To: desk@lagoon.example",
            "List-Unsubscribe: <https://book.example/u/abc>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(text.contains("Content-Type: multipart/mixed"), "{text}");
        assert!(text.contains("text/calendar; method=CANCEL; charset=utf-8"), "{text}");
        assert!(text.contains("filename=\"visit.ics\""), "{text}");
    }

    #[tokio::test]
    async fn nothing_gets_into_the_headers() {
        let mailer = smtp("no-reply@book.example");
        let subject = "Hello\r\nBcc: all@example.com\r\n\r\nbody";
        let message = mailer.written(&outgoing("ana@example.com", subject)).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        assert!(!text.lines().any(|line| line.starts_with("Bcc:")), "{text}");
        for to in ["ana@example.com\r\nBcc: x@example.com", "a b@example.com", "ana", "@x.example"]
        {
            let refused = mailer.send(&outgoing(to, "Hello")).await.unwrap_err();
            assert_eq!(refused.fault, Fault::Final, "{to}");
        }
    }

    #[tokio::test]
    async fn addresses_of_servers() {
        let made = |url, from| Smtp::new(url, from, &Roots::default(), 1);
        for (given, expected) in [
            ("smtp://me:pw@mail.example:587", "smtp://me:pw@mail.example:587?tls=required"),
            ("smtp://mail.example?tls=none", "smtp://mail.example"),
            ("smtp://mail.example?tls=opportunistic", "smtp://mail.example?tls=opportunistic"),
            ("smtps://me:pw@mail.example:465", "smtps://me:pw@mail.example:465"),
            ("smtp://localhost:25", "smtp://localhost:25"),
            ("smtp://127.0.0.1:25", "smtp://127.0.0.1:25"),
            ("smtp://[::1]:25?tls=required", "smtp://[::1]:25?tls=required"),
        ] {
            assert_eq!(with_tls(given).unwrap().as_str(), expected);
            assert!(made(given, "a@book.example").is_ok(), "{given}");
        }
        for bad in ["", "mail.example", "http://mail.example", "smtp://mail.example?tls=maybe"] {
            assert!(made(bad, "a@book.example").is_err(), "{bad}");
        }
        for bad in ["", "nobody", "A <a@b", "a@book.example, b@book.example"] {
            assert!(made("smtp://localhost", bad).is_err(), "{bad}");
        }
    }
}
