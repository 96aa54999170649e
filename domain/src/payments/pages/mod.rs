//! The pages where somebody pays: for a visit, behind its link, or for a voucher. What they and pages where somebody
//! leaves a card have in common: they are written down before they are asked for, under a key that stays, and who asks
//! twice gets the same. What nothing is heard of is looked at.

pub(super) mod gifts;
pub(super) mod looking;
pub(super) mod opening;
pub(super) mod own;

use super::counter::{OPENED_WITHIN, PAGE_KEPT};
use super::entities::{card, payment};
use super::provider::{CardAt, Door, Entrance, ProviderError};
use crate::time::Instant;

/// A page that was begun, as far as it is written down.
pub(super) trait Begun {
    /// Where it is; nothing of a form, and of what wasn't opened.
    fn url(&self) -> Option<&str>;
    /// Whether the provider has said how it calls it.
    fn is_opened(&self) -> bool;
    /// When it was begun.
    fn begun_at(&self) -> Instant;
    /// Whether it is a form within our page.
    fn is_here(&self) -> bool;
}

macro_rules! begun {
    ($($row:ty),+) => {$(
        impl Begun for $row {
            fn url(&self) -> Option<&str> {
                self.url.as_deref()
            }

            fn is_opened(&self) -> bool {
                self.reference.is_some()
            }

            fn begun_at(&self) -> Instant {
                self.created_at
            }

            fn is_here(&self) -> bool {
                self.here
            }
        }
    )+};
}

begun!(payment::Model, card::Model);

/// What is asked of the provider next.
pub(super) enum Step<Row> {
    /// Its page is there.
    Go(String),
    /// Its form is there: the provider knows what it is opened with.
    Show(Box<Row>),
    /// Its page is to be opened.
    Open(Box<Row>),
    /// Another page is to be closed first: it was opened long ago, or isn't what is wanted now.
    Close(Box<Row>),
}

/// What follows from a page that was begun before.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// Its page is there.
    Go(String),
    /// Its form is there.
    Show,
    /// Nobody heard whether it was opened: it is asked for once more, under its key.
    Ask,
    /// It is to be closed before another one is opened.
    Close,
    /// Nobody knows of a page there: it is given up.
    GiveUp,
}

/// What follows from a page that was begun before. `same`: it asks for what is wanted now.
fn next(row: &impl Begun, wanted: CardAt, same: bool, now: Instant) -> Next {
    let same = same && row.is_here() == (wanted == CardAt::Form);
    if !row.is_opened() {
        let asked = same && row.begun_at() + OPENED_WITHIN > now;
        return if asked { Next::Ask } else { Next::GiveUp };
    }
    if !same || row.begun_at() + PAGE_KEPT <= now {
        return Next::Close;
    }
    match row.url() {
        Some(url) => Next::Go(url.to_owned()),
        None if row.is_here() => Next::Show,
        None => Next::Close,
    }
}

/// How it goes on with a page that was begun before, or that page, if it is to be given up.
pub(super) fn resume<Row: Begun>(
    row: Row,
    wanted: CardAt,
    same: bool,
    now: Instant,
) -> Result<Step<Row>, Row> {
    match next(&row, wanted, same, now) {
        Next::Go(url) => Ok(Step::Go(url)),
        Next::Show => Ok(Step::Show(Box::new(row))),
        Next::Ask => Ok(Step::Open(Box::new(row))),
        Next::Close => Ok(Step::Close(Box::new(row))),
        Next::GiveUp => Err(row),
    }
}

/// Where the card of a page is typed in that was begun before.
pub(super) fn card_at(row: &impl Begun) -> CardAt {
    if row.is_here() { CardAt::Form } else { CardAt::Page }
}

/// Until when something can be done on a page, as the provider counts.
pub(super) fn expires_at(row: &impl Begun) -> i64 {
    (row.begun_at() + PAGE_KEPT).timestamp()
}

/// The language that the provider's page is asked to speak.
pub(super) fn locale(known: Option<String>) -> String {
    known.unwrap_or_else(|| "auto".to_owned())
}

/// Whether nobody will ever know of a page under this key: then the next try has another one.
pub(super) fn is_lost(opened: &Result<Entrance, ProviderError>) -> bool {
    matches!(opened, Err(ProviderError::Refused { .. } | ProviderError::Broken(_)))
}

/// What is written down of a door: where a page is. What opens a form is the customer's alone.
pub(super) fn kept(door: &Door) -> Option<String> {
    match door {
        Door::Page(url) => Some(url.clone()),
        Door::Form(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};

    use super::*;

    struct Row {
        url: Option<&'static str>,
        opened: bool,
        here: bool,
    }

    impl Begun for Row {
        fn url(&self) -> Option<&str> {
            self.url
        }

        fn is_opened(&self) -> bool {
            self.opened
        }

        fn begun_at(&self) -> Instant {
            DateTime::UNIX_EPOCH
        }

        fn is_here(&self) -> bool {
            self.here
        }
    }

    #[test]
    fn what_follows_from_a_page_that_was_begun() {
        let page = || Row { url: Some("u"), opened: true, here: false };
        let form = || Row { url: None, opened: true, here: true };
        let begun = |here| Row { url: None, opened: false, here };
        let go = || Next::Go("u".to_owned());
        let cases = [
            (page(), CardAt::Page, true, 59, go()),
            (page(), CardAt::Page, true, 60, Next::Close),
            (page(), CardAt::Page, false, 0, Next::Close),
            (page(), CardAt::Form, true, 0, Next::Close),
            (Row { url: None, ..page() }, CardAt::Page, true, 0, Next::Close),
            (form(), CardAt::Form, true, 59, Next::Show),
            (form(), CardAt::Form, true, 60, Next::Close),
            (form(), CardAt::Form, false, 0, Next::Close),
            (form(), CardAt::Page, true, 0, Next::Close),
            (begun(false), CardAt::Page, true, 24, Next::Ask),
            (begun(true), CardAt::Form, true, 24, Next::Ask),
            (begun(false), CardAt::Page, true, 25, Next::GiveUp),
            (begun(false), CardAt::Page, false, 0, Next::GiveUp),
            (begun(true), CardAt::Page, true, 0, Next::GiveUp),
        ];
        for (number, (row, wanted, same, minutes, expected)) in cases.into_iter().enumerate() {
            let now = DateTime::UNIX_EPOCH + Duration::minutes(minutes);
            assert_eq!(next(&row, wanted, same, now), expected, "case {number}");
        }
    }
}
