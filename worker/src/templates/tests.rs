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
    };
    mail(template, locale, &data)
}

fn mail(template: Template, locale: &str, data: &serde_json::Value) -> Mail {
    let data = data.as_object().unwrap().clone();
    Mail { to: "ana@example.com".to_owned(), template, locale: locale.to_owned(), data }
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
            assert_eq!(text.matches(LINK).count(), 1, "{about}:\n{text}");
            assert_eq!(html.matches(&format!("href=\"{LINK}\"")).count(), 2, "{about}:\n{html}");
            assert!(html.contains(&format!(">{LINK}</a>")), "the link can be copied in {about}");
            let (dir, other) = if locale == "ar" { ("rtl", "ltr") } else { ("ltr", "rtl") };
            assert!(html.contains(&format!("<html lang=\"{locale}\" dir=\"{dir}\"")), "{about}");
            assert!(!html.contains(&format!("<html lang=\"{locale}\" dir=\"{other}\"")), "{about}");
            assert!(!html.contains(&format!("direction:{other}")), "{about}:\n{html}");
            let name = if template == Template::Invitation { "Omar Haddad" } else { "Ana Pérez" };
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
        for role in openchair_domain::authz::BuiltIn::ALL {
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
