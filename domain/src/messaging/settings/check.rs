//! Which settings can be meant.

use url::Url;

use super::{Settings, SettingsChange, SettingsError};
use crate::fault::{Faults, ValueFault};
use crate::hours::minute_of_day;
use crate::messaging::{Channel, Quiet};
use crate::patch::Patch;
use crate::text::{self, Email};

/// How often a visit is brought to mind at most.
const MOST_TIMES: usize = 5;
/// Nobody is reminded of what is further than four weeks.
const LONGEST: i32 = 28 * 24 * 60;
/// Somewhere in a day one must be allowed to say something.
const LONGEST_QUIET: i64 = 16 * 60;

/// What there is after the change.
pub(super) fn check(before: &Settings, change: SettingsChange) -> Result<Settings, SettingsError> {
    let mut faults = Faults::new();
    let channels = faults.given("/channels", change.channels, ways);
    let reminder_minutes = faults.given("/reminder_minutes", change.reminder_minutes, times);
    let quiet = match change.quiet {
        Patch::Keep => before.quiet,
        Patch::Clear => None,
        Patch::Put((from, to)) => quiet(&from, &to, &mut faults).or(before.quiet),
    };
    let after = |field: &str, patch: Patch<i32>, was, most: i32, faults: &mut Faults| match patch {
        Patch::Keep => was,
        Patch::Clear => None,
        Patch::Put(value) => faults.take(field, between(value, 1, most)).or(was),
    };
    let follow_up_minutes = after(
        "/follow_up_minutes",
        change.follow_up_minutes,
        before.follow_up_minutes,
        LONGEST,
        &mut faults,
    );
    let review_minutes = after(
        "/review_minutes",
        change.review_minutes,
        before.review_minutes,
        LONGEST,
        &mut faults,
    );
    let rebooking_days =
        after("/rebooking_days", change.rebooking_days, before.rebooking_days, 730, &mut faults);
    let review_url = text_after(change.review_url, before.review_url.as_ref(), |text| {
        faults.take("/review_url", web_address(&text))
    });
    let sender_name = text_after(change.sender_name, before.sender_name.as_ref(), |text| {
        faults.take("/sender_name", text::line(&text, 1, 60))
    });
    let reply_to = text_after(change.reply_to, before.reply_to.as_ref(), |text| {
        faults.take("/reply_to", Email::parse(&text)).map(|email| email.shown().to_owned())
    });
    if review_minutes.is_some() && review_url.is_none() && faults.is_empty() {
        let detail = "Say where customers can write how it was.";
        faults.note("/review_url", ValueFault::new("required", detail));
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    Ok(Settings {
        channels: channels.unwrap_or_else(|| before.channels.clone()),
        reminder_minutes: reminder_minutes.unwrap_or_else(|| before.reminder_minutes.clone()),
        quiet,
        follow_up_minutes,
        review_minutes,
        review_url,
        rebooking_days,
        sender_name,
        reply_to,
        version: before.version + 1,
    })
}

fn text_after(
    patch: Patch<String>,
    before: Option<&String>,
    check: impl FnOnce(String) -> Option<String>,
) -> Option<String> {
    match patch {
        Patch::Keep => before.cloned(),
        Patch::Clear => None,
        Patch::Put(text) if text.trim().is_empty() => None,
        Patch::Put(text) => check(text),
    }
}

fn between(value: i32, least: i32, most: i32) -> Result<i32, ValueFault> {
    let fits = (least..=most).contains(&value).then_some(value);
    fits.ok_or_else(|| {
        ValueFault::new("out_of_range", format!("Between {least} and {most}, please."))
    })
}

fn ways(ways: Vec<Channel>) -> Result<Vec<Channel>, ValueFault> {
    let twice = ways.iter().enumerate().any(|(place, way)| ways[..place].contains(way));
    if twice {
        return Err(ValueFault::new("repeated", "Each way once, please."));
    }
    Ok(ways)
}

/// How many minutes before a visit it is brought to mind, the longest first.
pub(super) fn times(mut minutes: Vec<i32>) -> Result<Vec<i32>, ValueFault> {
    minutes.sort_unstable_by(|one, other| other.cmp(one));
    minutes.dedup();
    if minutes.len() > MOST_TIMES {
        let detail = format!("At most {MOST_TIMES} times, please.");
        return Err(ValueFault::new("too_many", detail));
    }
    for each in &minutes {
        between(*each, 5, LONGEST)?;
    }
    Ok(minutes)
}

fn clock(text: &str) -> Result<i16, ValueFault> {
    let bad = || ValueFault::new("invalid_time", "A time like 21:30, please.");
    minute_of_day(text).ok_or_else(bad)
}

fn quiet(from: &str, to: &str, faults: &mut Faults) -> Option<Quiet> {
    let from = faults.take("/quiet/from", clock(from));
    let to = faults.take("/quiet/to", clock(to));
    let quiet = Quiet { from: from? % 1_440, to: to? % 1_440 };
    let minutes = quiet.length().num_minutes();
    if !(1..=LONGEST_QUIET).contains(&minutes) {
        let detail = "Longer than nothing and at most 16 hours, please.";
        faults.note("/quiet/to", ValueFault::new("out_of_range", detail));
        return None;
    }
    Some(quiet)
}

fn web_address(text: &str) -> Result<String, ValueFault> {
    let text = text::line(text, 1, 500)?;
    let url = Url::parse(&text).ok().filter(|url| url.scheme() == "https" && url.has_host());
    let bad = || ValueFault::new("invalid_url", "A web address that begins with https://, please.");
    url.map(String::from).ok_or_else(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_settings_can_be_meant() {
        type Case = (fn(&mut SettingsChange), &'static [&'static str]);
        let cases: [Case; 19] = [
            (|_| {}, &[]),
            (|c| c.channels = Some(vec![Channel::Sms, Channel::Email]), &[]),
            (|c| c.channels = Some(vec![]), &[]),
            (|c| c.channels = Some(vec![Channel::Sms, Channel::Sms]), &["/channels"]),
            (|c| c.reminder_minutes = Some(vec![]), &[]),
            (|c| c.reminder_minutes = Some(vec![4]), &["/reminder_minutes"]),
            (|c| c.reminder_minutes = Some(vec![28 * 24 * 60 + 1]), &["/reminder_minutes"]),
            (|c| c.reminder_minutes = Some(vec![10, 20, 30, 40, 50, 60]), &["/reminder_minutes"]),
            (|c| c.quiet = Patch::Put(("21:00".into(), "08:00".into())), &[]),
            (|c| c.quiet = Patch::Put(("08:00".into(), "08:00".into())), &["/quiet/to"]),
            (|c| c.quiet = Patch::Put(("08:00".into(), "07:00".into())), &["/quiet/to"]),
            (|c| c.quiet = Patch::Put(("late".into(), "07:00".into())), &["/quiet/from"]),
            (|c| c.review_minutes = Patch::Put(60), &["/review_url"]),
            (|c| c.review_url = Patch::Put("http://example.com".into()), &["/review_url"]),
            (|c| c.review_url = Patch::Put("javascript:alert(1)".into()), &["/review_url"]),
            (|c| c.rebooking_days = Patch::Put(0), &["/rebooking_days"]),
            (|c| c.reply_to = Patch::Put("nobody".into()), &["/reply_to"]),
            (|c| c.reply_to = Patch::Put("desk@example.com".into()), &[]),
            (|c| c.sender_name = Patch::Put("a\nb".into()), &["/sender_name"]),
        ];
        for (number, (change, expected)) in cases.into_iter().enumerate() {
            let mut wanted = SettingsChange::default();
            change(&mut wanted);
            let found: Vec<_> = match check(&Settings::default(), wanted) {
                Ok(after) => {
                    assert_eq!(after.version, 2);
                    Vec::new()
                }
                Err(SettingsError::Invalid(fields)) => {
                    fields.into_iter().map(|fault| fault.field).collect()
                }
                Err(other) => panic!("{other}"),
            };
            assert_eq!(found, expected, "case {number}");
        }
    }

    #[test]
    fn times_are_sorted_and_each_is_there_once() {
        assert_eq!(times(vec![60, 1_440, 60]).unwrap(), [1_440, 60]);
    }
}
