use serde_json::{Map, Value, json};

use super::*;
use crate::config::LOCALES;

fn templates() -> Templates {
    Templates::load().unwrap()
}

fn mail(subject: &str, body: &str) -> Own {
    Own { subject: Some(subject.to_owned()), body: body.to_owned() }
}

fn faults(own: &Own) -> Vec<(String, &'static str, String)> {
    let checked = templates().check(Kind::Confirmed, Channel::Email, own);
    let fields = checked.err().map(Faults::into_fields).unwrap_or_default();
    fields.into_iter().map(|fault| (fault.field, fault.code, fault.detail)).collect()
}

#[test]
fn which_words_can_be_used() {
    let cases = [
        ("Dear {{ name }}", None),
        ("{{ name|upper }} {{ title|lower|trim }}", None),
        ("{{ reason|default('none') }}", None),
        ("{% if reason %}{{ reason }}{% elif name %}x{% else %}y{% endif %}", None),
        ("{%- if reason -%} x {%- endif -%}", None),
        ("Prices: 2 * 3 = 6, {curly} [square]", None),
        ("{{ '}}' }} {{ \"*\" }}", None),
        ("{# a remark with {{ brackets #}", Some("bad_template")),
        ("{{ name", Some("bad_template")),
        ("{{ }}", Some("bad_template")),
        ("{% if name %}", Some("bad_template")),
        ("{% endif %}", Some("bad_template")),
        ("{{ nmae }}", Some("unknown_field")),
        ("{{ code }}", Some("unknown_field")),
        ("{% if nmae %}x{% endif %}", Some("unknown_field")),
        ("{% if reason %}{{ reason.oops }}{% endif %}", Some("bad_template")),
        ("{{ range(10) }}", Some("unknown_field")),
        ("{{ name|escape }}", Some("bad_template")),
        ("{{ name.upper() }}", Some("bad_template")),
        ("{{ name * 1000000 }}", Some("bad_template")),
        ("{{ '}}' * 1000000 }}", Some("bad_template")),
        ("{{ {'a': 1} }}", Some("bad_template")),
        ("{{ [1, 2] }}", Some("bad_template")),
        ("{% for x in name %}{{ x }}{% endfor %}", Some("bad_template")),
        ("{%for x in name%}{{ x }}{%endfor%}", Some("bad_template")),
        ("{%- set x = name -%}", Some("bad_template")),
        ("{% raw %}{{ x }}{% endraw %}", Some("bad_template")),
        ("{% include 'layout.html' %}", Some("bad_template")),
        ("{% macro x() %}{% endmacro %}", Some("bad_template")),
        ("\u{2068}", Some("invalid")),
        ("", Some("required")),
    ];
    for (body, expected) in cases {
        let found = faults(&mail("Hello", body));
        let codes: Vec<_> = found.iter().map(|(field, code, _)| (field.as_str(), *code)).collect();
        let expected: Vec<_> = expected.map(|code| ("/body", code)).into_iter().collect();
        assert_eq!(codes, expected, "{body}: {found:?}");
    }
    let long = "x".repeat(5_001);
    assert_eq!(faults(&mail("Hello", &long))[0].1, "too_long");
    assert_eq!(faults(&mail("two\nlines", "x"))[0].0, "/subject");
}

#[test]
fn what_is_wrong_is_named() {
    let (_, _, detail) = faults(&mail("Hello", "a\n\nb {{ zeta }} {{ alpha }}")).remove(0);
    assert!(detail.starts_with("There is no field called alpha, zeta."), "{detail}");
    assert!(detail.contains("name, business, title"), "{detail}");
    let (_, _, detail) = faults(&mail("Hello", "a\n\n{{ name }\n\nb")).remove(0);
    assert!(detail.starts_with("Line 3"), "{detail}");
}

#[test]
fn texts_need_their_link_and_have_no_subject() {
    let templates = templates();
    let text = |body: &str| Own { subject: None, body: body.to_owned() };
    let check = |kind, own: &Own| {
        let checked = templates.check(kind, Channel::Sms, own);
        checked.err().map(|faults| faults.into_fields()[0].code)
    };
    assert_eq!(check(Kind::Confirmed, &text("{{ date }} {{ link }}")), None);
    assert_eq!(check(Kind::Confirmed, &text("{{ date }}")), Some("needs_link"));
    assert_eq!(check(Kind::Reminder, &text("{{ date }}")), None);
    assert_eq!(check(Kind::Reminder, &mail("Hello", "{{ date }}")), Some("not_asked"));
    assert_eq!(check(Kind::Reminder, &text(&"x".repeat(601))), Some("too_long"));
    assert_eq!(
        templates.check(Kind::Reminder, Channel::Email, &text("x")).err().unwrap().into_fields()[0]
            .field,
        "/subject"
    );
}

#[test]
fn the_longest_words_there_can_be_come_to_an_end() {
    let templates = templates();
    let body = "{{ name|upper|lower }}".repeat(220);
    let data = json!({ "name": "x".repeat(5_000), "business": "B", "title": "T", "place": "P",
                       "date": "2026-03-08", "time": "10:00", "reason": "" });
    let own = templates.check(Kind::Confirmed, Channel::Email, &mail("S", &body)).unwrap();
    let written = write(&templates, Kind::Confirmed, Channel::Email, "en", &data, Some(&own));
    // Too long for a mail: the built-in words are used.
    assert!(written.text.len() < 5_000, "{}", written.text.len());
    assert!(written.subject.contains("Your visit to B"), "{}", written.subject);
}

fn write(
    templates: &Templates,
    kind: Kind,
    channel: Channel,
    locale: &str,
    data: &Value,
    own: Option<&Own>,
) -> Rendered {
    let data: Map<String, Value> = data.as_object().cloned().unwrap();
    let link = Some("https://book.example/b/oc_vi_x");
    let leave = kind.comes_by_itself().then_some("https://book.example/u/y");
    let writing = Writing { kind, channel, locale, data: &data, link, leave, own };
    templates.write(&writing).unwrap()
}

#[test]
fn what_is_filled_in_is_text_whatever_it_looks_like() {
    let templates = templates();
    let own = mail("{{ name }}", "Dear {{ name }},\nline\n\n<b>{{ title }}</b> {{ name|upper }}");
    let own = templates.check(Kind::Confirmed, Channel::Email, &own).unwrap();
    for name in
        ["{{ 7*7 }}", "<script>alert(1)</script>", "{% if x %}", "a\u{2069}\u{202e}b\nBcc: x"]
    {
        let mut data = json!({ "business": "B", "title": "T", "place": "P", "date": "2026-03-08",
                               "time": "10:00", "reason": "" });
        data["name"] = json!(name);
        let Rendered { subject, text, html } =
            write(&templates, Kind::Confirmed, Channel::Email, "en", &data, Some(&own));
        assert!(!subject.contains('\n') && !html.contains("<script"), "{html}");
        assert!(!html.contains("49") && !html.contains("<b>"), "{html}");
        assert!(!text.lines().any(|line| line.starts_with("Bcc")), "{text}");
        assert_eq!(html.matches("<bdi>").count(), html.matches("</bdi>").count(), "{html}");
        assert!(!html.contains('\u{2068}') && !text.contains('\u{2068}'), "{text}");
        if name.starts_with('{') {
            assert!(text.contains(name) && subject == name, "{text}");
        }
    }
}

#[test]
fn every_kind_has_words_for_every_way_in_every_language() {
    let templates = templates();
    for locale in LOCALES {
        for kind in Kind::ALL {
            let data = Value::Object(sample(kind, "Lagoon"));
            for channel in Channel::ALL {
                let about = format!("{} by {} in {locale}", kind.key(), channel.key());
                let built_in = write(&templates, kind, channel, locale, &data, None);
                assert!(built_in.text.contains("Lagoon"), "{about}: {}", built_in.text);
                assert_eq!(built_in.html.is_empty(), channel != Channel::Email, "{about}");
                for left in ["{{", "{%", "undefined", "  "] {
                    let short = channel != Channel::Email;
                    assert!(
                        !(short && built_in.text.contains(left)),
                        "{left} in {about}: {}",
                        built_in.text
                    );
                }
                // They could have been a business's own.
                let words = templates.words(kind, channel, locale).unwrap();
                let checked = templates.check(kind, channel, &words);
                let checked = checked.unwrap_or_else(|faults| panic!("{about}: {faults:?}"));
                let own = write(&templates, kind, channel, locale, &data, Some(&checked));
                assert_eq!(own.subject, built_in.subject, "{about}");
                match channel {
                    Channel::Email => {}
                    // What can be answered is said by us; a business says it itself.
                    Channel::Sms | Channel::Whatsapp if kind == Kind::Reminder => {
                        let hint = &templates.replies(locale).unwrap().hint;
                        assert_eq!(format!("{}\n{hint}", own.text), built_in.text, "{about}");
                    }
                    _ => assert_eq!(own.text, built_in.text, "{about}"),
                }
                let leads = kind.template().click() != Click::Never;
                assert_eq!(own.text.contains("/b/oc_vi_x"), leads, "{about}: {}", own.text);
                let leaves = channel == Channel::Email && kind.comes_by_itself();
                assert_eq!(own.text.contains("/u/y"), leaves, "{about}: {}", own.text);
                assert_eq!(own.html.contains("/u/y"), leaves, "{about}");
            }
        }
    }
}
