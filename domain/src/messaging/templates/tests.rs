use serde_json::json;

use super::*;

const LINK: &str = "https://book.example/sign-in/link#oc_1-A_b";

fn sample(template: Template, locale: &str) -> Mail {
    let data = match template {
        Template::VerifyEmail => json!({"name": "Ana Pérez", "minutes": 10_080}),
        Template::MagicLink => json!({"name": "Ana Pérez", "minutes": 20}),
        Template::PasswordReset => json!({"name": "Ana Pérez", "minutes": 60}),
        Template::Invitation => {
            json!({"business": "Lagoon Spa & Sons", "inviter": "Omar Haddad", "role": "manager"})
        }
        Template::SecurityNotice => json!({"name": "Ana Pérez", "what": "password_changed"}),
        Template::BookingCode => json!({"business": "Lagoon Spa & Sons", "code": "048213"}),
        Template::RegularLink => json!({"minutes": 20}),
        Template::BookingConfirmed
        | Template::BookingRequested
        | Template::BookingUnpaid
        | Template::BookingDeclined
        | Template::BookingMoved
        | Template::BookingLapsed
        | Template::BookingCancelled
        | Template::BookingReminder
        | Template::FollowUp
        | Template::ReviewRequest
        | Template::RebookingNudge
        | Template::Sequence => visit(),
        Template::SeriesConfirmed | Template::SeriesMoved | Template::SeriesCancelled => series(),
        Template::WaitlistOffer => {
            let mut offer = visit();
            offer["minutes"] = json!(30);
            offer
        }
        Template::WebhookDisabled => json!({
            "name": "Ana Pérez", "business": "Lagoon Spa & Sons", "what": "webhook_failing",
            "endpoint": "https://hooks.example.com/lagoon",
        }),
        Template::PlanTrialEnding
        | Template::PlanTrialOver
        | Template::PlanPastDue
        | Template::PlanReadOnly => json!({
            "name": "Ana Pérez", "business": "Lagoon Spa & Sons", "date": "2026-03-08",
        }),
        Template::PaymentReceipt
        | Template::PaymentReturned
        | Template::PaymentTooLate
        | Template::PaymentFeeTaken
        | Template::PaymentFeeOpen => {
            let mut paid = visit();
            paid["amount"] = json!("27.00 EUR");
            paid["bank"] = json!("yes");
            paid
        }
        Template::PaymentDisputed | Template::PayoutFailed | Template::RefundFailed => json!({
            "name": "Ana Pérez", "business": "Lagoon Spa & Sons", "amount": "27.00 EUR",
            "date": "2026-03-08",
        }),
        Template::GiftVoucher => json!({
            "name": "Ana Pérez", "giver": "Omar Haddad", "business": "Lagoon Spa & Sons",
            "amount": "50.00 EUR", "message": "Happy birthday! Take a day off.",
            "last_day": "2029-03-08", "code": "0123-4567-89AB-CDEF",
        }),
        Template::GiftBought => json!({
            "name": "Omar Haddad", "business": "Lagoon Spa & Sons", "amount": "50.00 EUR",
            "recipient": "Ana Pérez", "last_day": "2029-03-08",
        }),
        Template::QueueNext | Template::QueueCalled => json!({
            "name": "Ana Pérez", "business": "Lagoon Spa & Sons", "place": "Lagoon Spa",
            "code": "A12", "staff": "Eve",
        }),
    };
    mail(template, locale, &data)
}

fn visit() -> serde_json::Value {
    json!({
        "name": "Ana Pérez", "business": "Lagoon Spa & Sons", "title": "Deep tissue massage",
        "date": "2026-03-08", "time": "14:30", "place": "Lagoon Spa, 5 Beach Road",
        "reason": "",
    })
}

fn series() -> serde_json::Value {
    let mut series = visit();
    series["visits"] = json!([
        { "date": "2026-03-08", "time": "14:30" },
        { "date": "2026-03-15", "time": "15:00" },
    ]);
    series["reason"] = json!("We close for repairs.");
    series
}

fn mail(template: Template, locale: &str, data: &serde_json::Value) -> Mail {
    let data = data.as_object().unwrap().clone();
    let to = "ana@example.com".to_owned();
    Mail { to, template, locale: locale.to_owned(), data, until: None }
}

fn templates() -> Templates {
    Templates::load().unwrap()
}

#[test]
fn every_mail_in_every_language_is_whole() {
    let templates = templates();
    for locale in LOCALES {
        for template in Template::ALL {
            let Rendered { subject, text, html } =
                templates.render(&sample(template, locale), Some(LINK)).unwrap();
            let about = format!("{} in {locale}", template.key());
            assert!(!subject.is_empty() && !subject.contains(['\r', '\n']), "{about}: {subject}");
            let links = usize::from(template.click() != Click::Never);
            assert_eq!(text.matches(LINK).count(), links, "{about}:\n{text}");
            let hrefs = html.matches(&format!("href=\"{LINK}\"")).count();
            assert_eq!(hrefs, 2 * links, "{about}:\n{html}");
            let copies = html.matches(&format!(">{LINK}</a>")).count();
            assert_eq!(copies, links, "the link can be copied in {about}");
            assert_eq!(html.matches("<a ").count(), 2 * links, "{about}:\n{html}");
            let (dir, other) = if locale == "ar" { ("rtl", "ltr") } else { ("ltr", "rtl") };
            assert!(html.contains(&format!("<html lang=\"{locale}\" dir=\"{dir}\"")), "{about}");
            assert!(!html.contains(&format!("<html lang=\"{locale}\" dir=\"{other}\"")), "{about}");
            assert!(!html.contains(&format!("direction:{other}")), "{about}:\n{html}");
            let name = match template {
                Template::Invitation => "Omar Haddad",
                Template::BookingCode => "048213",
                // Businesses know the customer by names of their own: this mail is of none of them.
                Template::RegularLink => "Openchair",
                _ => "Ana Pérez",
            };
            for whole in [&text, &html] {
                for left in ["{{", "}}", "{%", "undefined", "{n}", "<mj-"] {
                    assert!(!whole.contains(left), "{left} in {about}:\n{whole}");
                }
                assert!(whole.contains(name), "{about} names nobody:\n{whole}");
            }
            // A mail loads nothing: no pictures that report back, no fonts.
            for loads in ["<img", "@import", "fonts.googleapis", "src="] {
                assert!(!html.contains(loads), "{loads} in {about}:\n{html}");
            }
        }
    }
}

#[test]
fn a_mail_about_a_visit_says_what_when_where_and_who_writes() {
    let templates = templates();
    for locale in LOCALES {
        let date = templates.catalogues[locale].date("2026-03-08".parse().unwrap());
        for template in Template::ALL {
            let mail = sample(template, locale);
            let afterwards = [
                Template::FollowUp,
                Template::ReviewRequest,
                Template::RebookingNudge,
                Template::Sequence,
            ];
            if !mail.data.contains_key("title") || afterwards.contains(&template) {
                continue;
            }
            let about = format!("{} in {locale}", template.key());
            let Rendered { subject, text, html } = templates.render(&mail, Some(LINK)).unwrap();
            assert!(subject.contains("Lagoon Spa & Sons"), "{about}: {subject}");
            for said in ["Deep tissue massage", &date, "14:30", "Lagoon Spa, 5 Beach Road"] {
                assert!(text.contains(said), "{said} in {about}:\n{text}");
                assert!(html.contains(&format!("<bdi>{said}</bdi>")), "{said} in {about}:\n{html}");
            }
            assert!(!text.contains("2026-03-08"), "{about}:\n{text}");
        }
        let offer = templates.render(&sample(Template::WaitlistOffer, locale), Some(LINK)).unwrap();
        let span = templates.catalogues[locale].duration(locale, 30);
        assert!(offer.text.contains(&span), "{locale}:\n{}", offer.text);
    }
}

#[test]
fn a_mail_about_several_visits_leads_to_each() {
    let templates = templates();
    let links = "https://book.example/b/one\nhttps://book.example/b/two";
    for locale in LOCALES {
        let catalogue = &templates.catalogues[locale];
        let days = ["2026-03-08", "2026-03-15"].map(|day| catalogue.date(day.parse().unwrap()));
        let mail = mail(Template::SeriesConfirmed, locale, &series());
        let Rendered { text, html, .. } = templates.render(&mail, Some(links)).unwrap();
        for ((day, time), link) in days.iter().zip(["14:30", "15:00"]).zip(links.lines()) {
            let line = text.lines().find(|line| line.ends_with(&format!(": {link}")));
            let line = line.unwrap_or_else(|| panic!("{link} in {locale}:\n{text}"));
            assert!(line.contains(day) && line.contains(time), "{line}");
            assert!(html.contains(&format!("<a href=\"{link}\">")), "{link} in {locale}:\n{html}");
        }
        assert_eq!(text.matches("14:30").count(), 1, "{text}");
    }
}

#[test]
fn a_reason_is_said_where_there_is_one() {
    let templates = templates();
    for locale in LOCALES {
        for template in [Template::BookingDeclined, Template::BookingCancelled] {
            let lines = |reason: &str| {
                let mut data = visit();
                data["reason"] = json!(reason);
                let mail = mail(template, locale, &data);
                let Rendered { text, html, .. } = templates.render(&mail, Some(LINK)).unwrap();
                assert!(!html.contains("<bdi></bdi>"), "{html}");
                assert!(text.contains(reason) && html.contains(reason), "{text}");
                text.lines().count()
            };
            let long = "We are closed for repairs, and we are sorry. ".repeat(6);
            assert_eq!(lines(long.trim()), lines("") + 2, "{} in {locale}", template.key());
        }
    }
}

#[test]
fn days_are_written_as_the_language_does() {
    let templates = templates();
    for (locale, date, expected) in [
        ("en", "2026-03-08", "Sunday, March 8, 2026"),
        ("en", "2026-12-31", "Thursday, December 31, 2026"),
        ("es", "2026-09-02", "miércoles 2 de septiembre de 2026"),
        ("fr", "2026-08-01", "samedi 1er août 2026"),
        ("fr", "2026-08-11", "mardi 11 août 2026"),
        ("ar", "2026-03-08", "الأحد، 8 مارس 2026"),
        ("de", "2027-01-04", "Montag, 4. Januar 2027"),
        ("de", "2028-02-29", "Dienstag, 29. Februar 2028"),
    ] {
        let date = date.parse().unwrap();
        assert_eq!(templates.catalogues[locale].date(date), expected, "{locale}");
    }
    for bad in [json!("2026-02-30"), json!("soon"), json!(null), json!(20_260_308)] {
        let mut data = visit();
        data["date"] = bad;
        let refused = templates.render(&mail(Template::BookingMoved, "en", &data), Some(LINK));
        assert!(matches!(refused, Err(RenderError::NoWords(_))), "{refused:?}");
    }
}

#[test]
fn the_same_mail_differs_by_language() {
    let templates = templates();
    for template in Template::ALL {
        let texts: std::collections::BTreeSet<_> = LOCALES
            .iter()
            .map(|locale| templates.render(&sample(template, locale), Some(LINK)).unwrap().text)
            .collect();
        assert_eq!(texts.len(), LOCALES.len(), "{}", template.key());
    }
}

#[test]
fn every_event_and_every_built_in_role_has_its_words() {
    let templates = templates();
    for catalogue in templates.catalogues.values() {
        for what in [
            "password_changed",
            "password_reset",
            "two_factor_enabled",
            "two_factor_disabled",
            "recovery_code_used",
            "ownership_transferred",
        ] {
            assert!(catalogue.event(what).is_some(), "{what}");
        }
        for role in crate::authz::BuiltIn::ALL {
            assert_ne!(catalogue.role(role.key()), role.key());
        }
        assert_eq!(catalogue.role("Night shift"), "Night shift");
    }
}

#[test]
fn names_are_text_and_stay_in_their_line() {
    let templates = templates();
    let hostile =
        "Eve\r\nBcc: all@example.com\n\n<script>alert(1)</script> {{ 7*7 }} \u{202e}\u{2028}\" x";
    for locale in LOCALES {
        let data = json!({"business": hostile, "inviter": hostile, "role": hostile});
        let invitation = mail(Template::Invitation, locale, &data);
        let Rendered { subject, text, html } = templates.render(&invitation, Some(LINK)).unwrap();
        assert!(!subject.chars().any(|c| c.is_control() || c == '\u{2028}'), "{subject:?}");
        assert!(!text.lines().any(|line| line.starts_with("Bcc")), "{text}");
        assert!(!html.contains("<script"), "{html}");
        for whole in [&subject, &text, &html] {
            assert!(whole.contains("7*7") && !whole.contains("49"), "{whole}");
            assert!(!whole.contains('\u{202e}'), "{whole}");
        }
    }
    let unknown = json!({"business": "Lagoon", "inviter": "Omar", "role": null});
    let invitation = mail(Template::Invitation, "en", &unknown);
    let text = templates.render(&invitation, Some(LINK)).unwrap().text;
    assert!(text.contains("Your role: —"), "{text}");
    let long = mail(Template::MagicLink, "en", &json!({"name": "x".repeat(5_000), "minutes": 20}));
    assert!(templates.render(&long, Some(LINK)).unwrap().text.len() < 1_000);
}

#[test]
fn what_is_missing_is_told() {
    let templates = templates();
    let good = sample(Template::MagicLink, "en");
    assert!(matches!(templates.render(&good, None), Err(RenderError::NoLink)));
    let code = sample(Template::BookingCode, "en");
    assert_eq!(
        templates.render(&code, None).unwrap(),
        templates.render(&code, Some(LINK)).unwrap()
    );
    for template in Template::ALL {
        let empty = mail(template, "en", &json!({}));
        let refused = templates.render(&empty, Some(LINK)).unwrap_err();
        assert!(refused.to_string().contains("undefined"), "{refused}");
    }
    let what = mail(Template::SecurityNotice, "en", &json!({"name": "Ana", "what": "eaten"}));
    let refused = templates.render(&what, Some(LINK)).unwrap_err();
    assert!(matches!(refused, RenderError::NoWords(ref what) if what.contains("eaten")));
}

#[test]
fn languages_are_found_by_what_they_begin_with() {
    let templates = templates();
    let subject = |locale| {
        templates.render(&sample(Template::MagicLink, locale), Some(LINK)).unwrap().subject
    };
    assert_eq!(subject("de-CH"), subject("de"));
    for unknown in ["tlh", "", "english"] {
        assert_eq!(subject(unknown), subject("en"), "{unknown}");
    }
}

#[test]
fn spans_of_time_have_their_plurals() {
    let templates = templates();
    for (locale, minutes, expected) in [
        ("en", 0, "0 minutes"),
        ("en", 1, "1 minute"),
        ("en", 20, "20 minutes"),
        ("en", 60, "1 hour"),
        ("en", 90, "90 minutes"),
        ("en", 10_080, "7 days"),
        ("de", 1_440, "1 Tag"),
        ("fr", 0, "0 minute"),
        ("fr", 120, "2 heures"),
        ("es", 2_880, "2 días"),
        ("ar", 0, "0 دقيقة"),
        ("ar", 60, "ساعة واحدة"),
        ("ar", 2, "دقيقتين"),
        ("ar", 20, "20 دقيقة"),
        ("ar", 10_080, "7 أيام"),
        ("ar", 101, "101 دقيقة"),
        ("ar", 103, "103 دقائق"),
    ] {
        assert_eq!(templates.catalogues[locale].duration(locale, minutes), expected, "{locale}");
    }
}

#[test]
fn the_english_mails_look_like_this() {
    let templates = templates();
    for template in Template::ALL {
        let Rendered { subject, text, html } =
            templates.render(&sample(template, "en"), Some(LINK)).unwrap();
        let name = template.key();
        insta::assert_snapshot!(format!("{name}.txt"), format!("Subject: {subject}\n\n{text}"));
        insta::assert_snapshot!(format!("{name}.html"), html);
    }
}
