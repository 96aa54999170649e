use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use crate::messaging::Template;

/// All texts of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Catalogue {
    pub(super) direction: Direction,
    pub(super) hello: String,
    pub(super) copy: String,
    pub(super) footer: String,
    roles: BTreeMap<String, String>,
    events: BTreeMap<String, String>,
    durations: Durations,
    dates: Dates,
    pub(super) leave: Leave,
    pub(super) pages: PageWords,
    pub(super) replies: Replies,
    mails: BTreeMap<String, Texts>,
    /// What is said where there is room for a line or two only.
    shorts: BTreeMap<String, String>,
}

/// How one says that one doesn't want to hear any more.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leave {
    /// Under the mail, on the way there.
    pub link: String,
    /// What is asked, of which `{business}`.
    pub question: String,
    /// Yes.
    pub button: String,
    /// It is so from now on.
    pub done: String,
    /// The link leads nowhere.
    pub nowhere: String,
}

/// What stands on a business's pages before any script runs there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageWords {
    /// What one does on the page of the shop.
    pub book: String,
    /// What one does on the page of its vouchers.
    pub gift: String,
    /// What one does on the page of its line.
    pub queue: String,
    /// What the screen in the shop shows.
    pub board: String,
    /// Over when it is open.
    pub hours: String,
    /// Over what it offers.
    pub services: String,
    /// Beside what only members get.
    pub members: String,
    /// There is nobody at this address.
    pub nobody: String,
}

/// The same in one language, with its days and spans of time.
#[derive(Debug, Clone, Copy)]
pub struct Pages<'a> {
    pub(super) locale: &'static str,
    pub(super) catalogue: &'a Catalogue,
}

impl<'a> Pages<'a> {
    /// The language that it is in.
    pub fn locale(self) -> &'static str {
        self.locale
    }

    /// Which way its lines run, as HTML says it.
    pub fn direction(self) -> &'static str {
        self.catalogue.direction.key()
    }

    /// The words.
    pub fn words(self) -> &'a PageWords {
        &self.catalogue.pages
    }

    /// A weekday: 1 is Monday, 7 is Sunday.
    pub fn weekday(self, weekday: u8) -> &'a str {
        let place = usize::from(weekday).checked_sub(1);
        let name = place.and_then(|place| self.catalogue.dates.weekdays.get(place));
        name.map_or("", String::as_str)
    }

    /// A span of time.
    pub fn duration(self, minutes: u64) -> String {
        self.catalogue.duration(self.locale, minutes)
    }
}

/// What is said to who answers a text. Each names the `{business}`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replies {
    /// Under a reminder: what can be answered.
    pub hint: String,
    /// What can be answered, to who answered something else.
    pub help: String,
    /// They come.
    pub confirmed: String,
    /// The visit was called off.
    pub cancelled: String,
    /// There is no visit that could be meant.
    pub no_visit: String,
    /// It can't be called off any more.
    pub too_late: String,
    /// That costs something, as the page of `{link}` says.
    pub costs: String,
    /// There are no more messages.
    pub stopped: String,
    /// There are messages again.
    pub started: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Direction {
    Ltr,
    Rtl,
}

impl Direction {
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }

    /// The side where a line begins.
    pub(super) const fn start(self) -> &'static str {
        match self {
            Self::Ltr => "left",
            Self::Rtl => "right",
        }
    }
}

/// What one mail says. Every text is a template of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Texts {
    pub(super) subject: String,
    pub(super) preview: String,
    pub(super) heading: String,
    pub(super) before: Vec<String>,
    /// None in a mail that has nothing to click.
    pub(super) button: Option<String>,
    pub(super) after: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Durations {
    minutes: Forms,
    hours: Forms,
    days: Forms,
}

/// How a day is written in a sentence.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Dates {
    pattern: String,
    /// The first of a month, where it isn't written like the other days.
    first: Option<String>,
    /// From Monday on.
    weekdays: [String; 7],
    months: [String; 12],
}

/// The plural forms of a language, as CLDR names them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Forms {
    zero: Option<String>,
    one: String,
    two: Option<String>,
    few: Option<String>,
    many: Option<String>,
    other: String,
}

impl Catalogue {
    /// Everything that is a template.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        let mails = self.mails.values().flat_map(|texts| {
            let lines = [&texts.subject, &texts.preview, &texts.heading].into_iter();
            lines.chain(&texts.before).chain(&texts.button).chain(&texts.after)
        });
        let all = [&self.hello, &self.copy, &self.footer].into_iter();
        all.chain(mails).chain(self.shorts.values()).map(String::as_str)
    }

    /// What a mail says.
    pub(super) fn texts(&self, template: Template) -> Option<&Texts> {
        self.mails.get(template.key())
    }

    /// What is said in a line or two.
    pub(super) fn short(&self, template: Template) -> Option<&str> {
        self.shorts.get(template.key()).map(String::as_str)
    }

    /// The name of a built-in role; a role that a shop composed has its own.
    pub(super) fn role<'a>(&'a self, role: &'a str) -> &'a str {
        self.roles.get(role).map_or(role, String::as_str)
    }

    /// What happened to a login.
    pub(super) fn event(&self, what: &str) -> Option<&str> {
        self.events.get(what).map(String::as_str)
    }

    /// A span of time in the largest unit that fits.
    pub(super) fn duration(&self, locale: &str, minutes: u64) -> String {
        let (forms, count) = match minutes {
            days if days > 0 && days % 1_440 == 0 => (&self.durations.days, days / 1_440),
            hours if hours > 0 && hours % 60 == 0 => (&self.durations.hours, hours / 60),
            minutes => (&self.durations.minutes, minutes),
        };
        forms.of(locale, count).replace("{n}", &count.to_string())
    }

    /// A day with its weekday, in words.
    pub(super) fn date(&self, date: NaiveDate) -> String {
        let Dates { pattern, first, weekdays, months } = &self.dates;
        let day = match first {
            Some(first) if date.day() == 1 => first.clone(),
            _ => date.day().to_string(),
        };
        pattern
            .replace("{weekday}", &weekdays[date.weekday().num_days_from_monday() as usize])
            .replace("{day}", &day)
            .replace("{month}", &months[date.month0() as usize])
            .replace("{year}", &date.year().to_string())
    }
}

impl Forms {
    /// The form for `count`, by CLDR's rules for the languages that the product speaks.
    fn of(&self, locale: &str, count: u64) -> &str {
        let form = match (locale, count) {
            ("ar", 0) => self.zero.as_ref(),
            ("ar", 2) => self.two.as_ref(),
            ("ar", n) if (3..=10).contains(&(n % 100)) => self.few.as_ref(),
            ("ar", n) if n % 100 >= 11 => self.many.as_ref(),
            ("fr", 0) | (_, 1) => Some(&self.one),
            _ => None,
        };
        form.unwrap_or(&self.other)
    }
}
