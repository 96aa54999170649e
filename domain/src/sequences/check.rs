//! Which sequences can be meant.

use std::collections::BTreeMap;

use super::Trigger;
use super::read::{SequenceFacts, Step, Words};
use super::write::{NewStep, NewWords, SequenceChange};
use crate::config::LOCALES;
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, Service};
use crate::messaging::templates::{Own, Templates};
use crate::messaging::{Channel, Kind};
use crate::patch::Patch;
use crate::text;

/// How many steps there are at most.
const MOST_STEPS: usize = 10;
/// How long a step waits at most: a year.
const LONGEST_WAIT: i32 = 365 * 24 * 60;
/// How long a step behind another one waits at least: nobody is written to twice in an hour.
const SHORTEST_WAIT: i32 = 60;
/// Longest that somebody wasn't here, and longest rest.
const MOST_DAYS: i32 = 730;
/// Shortest rest.
const LEAST_REST: i32 = 30;
/// The rest, if nothing is said.
const REST: i32 = 180;
/// How many services a sequence can be about.
const MOST_SERVICES: usize = 100;

/// A sequence that can be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) trigger: Trigger,
    pub(super) days: Option<i32>,
    pub(super) services: Vec<Id<Service>>,
    pub(super) rest_days: i32,
    pub(super) on: bool,
    pub(super) steps: Vec<Step>,
}

/// What there is after the change; `before` is none for a new one. Steps are checked as the words of
/// messages are.
pub(super) fn check(
    templates: &Templates,
    shop: &str,
    before: Option<&SequenceFacts>,
    change: SequenceChange,
) -> Result<Wanted, Faults> {
    let mut faults = Faults::new();
    let needed = || ValueFault::new("required", "Please fill this in.");
    let name = match (change.name, before) {
        (Some(name), _) => faults.take("/name", text::line(&name, 1, 100)),
        (None, Some(before)) => Some(before.name.clone()),
        (None, None) => faults.take("/name", Err(needed())),
    };
    let trigger = change.trigger.or(before.map(|before| before.trigger));
    let trigger = faults.take("/trigger", trigger.ok_or_else(needed));
    let days = trigger.and_then(|trigger| days(trigger, change.days, before, &mut faults));
    let services = change.services;
    let services = services.or_else(|| before.map(|before| before.services.clone()));
    let mut services = services.unwrap_or_default();
    services.sort_unstable_by_key(|service| service.uuid());
    services.dedup();
    if services.len() > MOST_SERVICES {
        let detail = format!("At most {MOST_SERVICES} services, please.");
        faults.note("/service_ids", ValueFault::new("too_many", detail));
    }
    if trigger.is_some_and(|trigger| !trigger.is_visit()) && !services.is_empty() {
        let detail = "Who is new has no visit yet that could be asked for its services.";
        faults.note("/service_ids", ValueFault::new("not_asked", detail));
    }
    let rest = change.rest_days.or(before.map(|before| before.rest_days)).unwrap_or(REST);
    let rest_days = faults.take("/rest_days", between(rest, LEAST_REST, MOST_DAYS));
    let steps = match (change.steps, before) {
        (Some(steps), _) => steps_of(templates, shop, steps, &mut faults),
        (None, Some(before)) => Some(before.steps.clone()),
        (None, None) => faults.take("/steps", Err(needed())),
    };
    let was_on = before.is_some_and(|before| before.on_since.is_some());
    let on = change.on.unwrap_or(was_on);
    match (name, trigger, rest_days, steps) {
        (Some(name), Some(trigger), Some(rest_days), Some(steps)) if faults.is_empty() => {
            Ok(Wanted { name, trigger, days, services, rest_days, on, steps })
        }
        _ => Err(faults),
    }
}

fn between(value: i32, least: i32, most: i32) -> Result<i32, ValueFault> {
    let fits = (least..=most).contains(&value).then_some(value);
    fits.ok_or_else(|| {
        ValueFault::new("out_of_range", format!("Between {least} and {most}, please."))
    })
}

fn days(
    trigger: Trigger,
    change: Patch<i32>,
    before: Option<&SequenceFacts>,
    faults: &mut Faults,
) -> Option<i32> {
    if trigger == Trigger::NotSeen {
        let days = change.after(before.and_then(|before| before.days));
        let detail = "After how many days without a visit?";
        let days = days.ok_or_else(|| ValueFault::new("required", detail));
        return faults.take("/days", days.and_then(|days| between(days, 1, MOST_DAYS)));
    }
    if matches!(change, Patch::Put(_)) {
        let detail = "Days are asked for only where somebody wasn't seen for so long.";
        faults.note("/days", ValueFault::new("not_asked", detail));
    }
    None
}

fn steps_of(
    templates: &Templates,
    shop: &str,
    steps: Vec<NewStep>,
    faults: &mut Faults,
) -> Option<Vec<Step>> {
    if steps.is_empty() || steps.len() > MOST_STEPS {
        let detail = format!("From one to {MOST_STEPS} steps, please.");
        let code = if steps.is_empty() { "required" } else { "too_many" };
        faults.note("/steps", ValueFault::new(code, detail));
        return None;
    }
    let mut checked = Vec::with_capacity(steps.len());
    for (place, step) in steps.into_iter().enumerate() {
        let mut inside = Faults::new();
        let least = if place == 0 { 0 } else { SHORTEST_WAIT };
        let wait = between(step.wait_minutes, least, LONGEST_WAIT);
        let wait_minutes = inside.take("/wait_minutes", wait);
        let words = words_of(templates, shop, step.channel, step.words, &mut inside);
        if let Some(wait_minutes) = wait_minutes {
            checked.push(Step { wait_minutes, channel: step.channel, words });
        }
        faults.inside(&format!("/steps/{place}"), inside);
    }
    Some(checked)
}

fn words_of(
    templates: &Templates,
    shop: &str,
    channel: Option<Channel>,
    words: Vec<NewWords>,
    faults: &mut Faults,
) -> BTreeMap<String, Words> {
    let mut checked = BTreeMap::new();
    if !words.iter().any(|words| words.locale == shop) {
        let detail = format!("Say it at least in the language of the shop: {shop}.");
        faults.note("/words", ValueFault::new("needs_language", detail));
    }
    for (place, NewWords { locale, own }) in words.into_iter().enumerate() {
        let mut inside = Faults::new();
        let known = LOCALES.contains(&locale.as_str());
        if !known {
            let detail = format!("One of {}, please.", LOCALES.join(", "));
            inside.note("/locale", ValueFault::new("unknown_language", detail));
        } else if checked.contains_key(&locale) {
            inside.note("/locale", ValueFault::new("repeated", "Each language once, please."));
        }
        match templates.check(Kind::Sequence, channel.unwrap_or(Channel::Email), &own) {
            Ok(own) => {
                let short = is_short(templates, &own);
                checked.insert(locale, Words { own, short });
            }
            Err(wrong) => inside.inside("", wrong),
        }
        faults.inside(&format!("/words/{place}"), inside);
    }
    checked
}

/// Whether the text fits where each part of it costs.
fn is_short(templates: &Templates, own: &Own) -> bool {
    let bare = Own { subject: None, body: own.body.clone() };
    templates.check(Kind::Sequence, Channel::Sms, &bare).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(locale: &str, subject: Option<&str>, body: &str) -> NewWords {
        let own = Own { subject: subject.map(str::to_owned), body: body.to_owned() };
        NewWords { locale: locale.to_owned(), own }
    }

    fn step(wait_minutes: i32) -> NewStep {
        let said = words("en", Some("Hello"), "Dear {{ name }}, come again: {{ link }}");
        NewStep { wait_minutes, channel: None, words: vec![said] }
    }

    fn change() -> SequenceChange {
        SequenceChange {
            name: Some("Not seen".to_owned()),
            trigger: Some(Trigger::NotSeen),
            days: Patch::Put(60),
            steps: Some(vec![step(0), step(1_440)]),
            ..SequenceChange::default()
        }
    }

    fn said(change: &mut SequenceChange) -> &mut NewWords {
        &mut change.steps.as_mut().unwrap()[1].words[0]
    }

    #[test]
    fn which_sequences_can_be_meant() {
        type Case = (fn(&mut SequenceChange), &'static [(&'static str, &'static str)]);
        let cases: [Case; 23] = [
            (|_| {}, &[]),
            (|c| c.name = None, &[("/name", "required")]),
            (|c| c.name = Some(" ".into()), &[("/name", "required")]),
            (|c| c.trigger = None, &[("/trigger", "required")]),
            (|c| c.days = Patch::Keep, &[("/days", "required")]),
            (|c| c.days = Patch::Put(0), &[("/days", "out_of_range")]),
            (|c| c.days = Patch::Put(731), &[("/days", "out_of_range")]),
            (|c| c.trigger = Some(Trigger::NoShow), &[("/days", "not_asked")]),
            (|c| (c.trigger, c.days) = (Some(Trigger::NoShow), Patch::Clear), &[]),
            (
                |c| {
                    (c.trigger, c.days) = (Some(Trigger::CustomerCreated), Patch::Keep);
                    c.services = Some(vec![Id::from_uuid(uuid::Uuid::nil())]);
                },
                &[("/service_ids", "not_asked")],
            ),
            (|c| c.rest_days = Some(29), &[("/rest_days", "out_of_range")]),
            (|c| c.steps = None, &[("/steps", "required")]),
            (|c| c.steps = Some(vec![]), &[("/steps", "required")]),
            (|c| c.steps = Some(vec![step(0); 11]), &[("/steps", "too_many")]),
            (
                |c| c.steps = Some(vec![step(-1), step(59)]),
                &[
                    ("/steps/0/wait_minutes", "out_of_range"),
                    ("/steps/1/wait_minutes", "out_of_range"),
                ],
            ),
            // Words as in all messages.
            (|c| said(c).own.body = "{{ name".into(), &[("/steps/1/words/0/body", "bad_template")]),
            (
                |c| said(c).own.body = "{{ nmae }}".into(),
                &[("/steps/1/words/0/body", "unknown_field")],
            ),
            (|c| said(c).own.subject = None, &[("/steps/1/words/0/subject", "required")]),
            (|c| said(c).locale = "de".into(), &[("/steps/1/words", "needs_language")]),
            (
                |c| {
                    let more = words("tlh", Some("x"), "x");
                    c.steps.as_mut().unwrap()[0].words.push(more);
                },
                &[("/steps/0/words/1/locale", "unknown_language")],
            ),
            (
                |c| {
                    let more = words("en", Some("x"), "x");
                    c.steps.as_mut().unwrap()[0].words.push(more);
                },
                &[("/steps/0/words/1/locale", "repeated")],
            ),
            // What goes by text has no subject.
            (
                |c| c.steps.as_mut().unwrap()[0].channel = Some(Channel::Sms),
                &[("/steps/0/words/0/subject", "not_asked")],
            ),
            (
                |c| {
                    c.steps.as_mut().unwrap()[0].channel = Some(Channel::Sms);
                    c.steps.as_mut().unwrap()[0].words[0] = words("en", None, "Come again");
                },
                &[],
            ),
        ];
        let templates = Templates::load().unwrap();
        for (number, (alter, expected)) in cases.into_iter().enumerate() {
            let mut wanted = change();
            alter(&mut wanted);
            let found = check(&templates, "en", None, wanted).err().map(Faults::into_fields);
            let found: Vec<_> = found.unwrap_or_default();
            let found: Vec<_> =
                found.iter().map(|fault| (fault.field.as_str(), fault.code)).collect();
            assert_eq!(found, expected, "case {number}");
        }
    }

    #[test]
    fn what_is_long_goes_by_mail_only() {
        let templates = Templates::load().unwrap();
        for (body, short) in [("Come again".to_owned(), true), ("x".repeat(601), false)] {
            let mut wanted = change();
            said(&mut wanted).own.body = body;
            let steps = check(&templates, "en", None, wanted).unwrap().steps;
            assert_eq!(steps[1].words["en"].short, short);
        }
    }
}
