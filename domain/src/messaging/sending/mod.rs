//! What is about to be sent is looked at once more, and what became of it is written down: those of
//! many businesses at once.

mod decide;
mod forsaken;
mod read;
mod settle;

use std::collections::HashMap;

use data_encoding::HEXLOWER;
use serde_json::{Map, Value};
use uuid::Uuid;

use self::decide::{Verdict, decide, still_told};
use self::read::{Row, Several};
use super::log::Named;
use super::new::sealed_part;
use super::templates::Own;
use super::{Channel, Kind, leave};
use crate::bookings::CalendarEntry;
use crate::ids::{Id, Message, Tenant};
use crate::secrets::Place;
use crate::tenancy::{Db, StoreError, SystemReason, Tools};
use crate::time::Instant;

pub use forsaken::give_up_forsaken;
pub use settle::{Outcome, settle};

pub(super) use settle::write_all as settle_all;

/// A message that is to be sent now.
#[derive(Debug, Clone, PartialEq)]
pub struct Ready {
    /// Whose.
    pub tenant: Id<Tenant>,
    /// Which.
    pub id: Id<Message>,
    /// What it is about.
    pub kind: Kind,
    /// By which way.
    pub channel: Channel,
    /// In which language.
    pub locale: String,
    /// Where it goes.
    pub address: String,
    /// What the words say about.
    pub fields: Map<String, Value>,
    /// Where it leads; of several visits, a line for each.
    pub link: Option<String>,
    /// The visit, as a file for calendars.
    pub calendar: Option<String>,
    /// Where one says that one doesn't want such messages.
    pub leave: Option<String>,
    /// The business's own words.
    pub own: Option<Own>,
    /// Who writes.
    pub sender: String,
    /// Where answers go.
    pub reply_to: Option<String>,
}

/// What was found when a message was looked at.
#[derive(Debug, Clone, PartialEq)]
pub enum Looked {
    /// It is to be sent now.
    Ready(Box<Ready>),
    /// It is not the hour for it: it is to be sent then.
    Later(Instant),
    /// It is a text, and the business's plan has none left in this month: it goes another way, or not at all.
    Spent,
    /// There is nothing to do (any more): it was sent or dropped.
    Over,
    /// It can't be read.
    Unreadable(String),
}

/// Looks at messages that are due. What there is no reason for any more is dropped with a note; of what
/// it is not the hour for it is noted when it will be, and its job has to come again then (another job
/// for it would be one too many: each message has one, so that nobody else can have it in hand). The
/// answers are in the order of the questions.
pub async fn look(
    db: &Db,
    messages: &[Named],
    public_url: &str,
) -> Result<Vec<Looked>, StoreError> {
    let tx = db.system_by_key(SystemReason::Messages).await?;
    let mut rows = read::rows(&tx, messages).await?;
    let (mut looked, mut dropped, mut later) = (Vec::new(), Vec::new(), Vec::new());
    // What is about to be sent isn't counted yet.
    let mut texts: HashMap<Id<Tenant>, i64> = HashMap::new();
    for named in messages {
        let Some(row) = rows.remove(&(named.0.uuid(), named.1.uuid())) else {
            looked.push(Looked::Over);
            continue;
        };
        let facts = match row.facts() {
            Ok(facts) => facts,
            Err(error) => {
                looked.push(Looked::Unreadable(error.to_string()));
                continue;
            }
        };
        looked.push(match decide(&facts, tx.now()) {
            Verdict::Send if is_one_too_many(&mut texts, named.0, row.texts_left()) => {
                Looked::Spent
            }
            Verdict::Send => {
                let told = still_told(&facts, tx.now());
                match ready(tx.tools(), *named, row, &told, public_url) {
                    Ok(ready) => Looked::Ready(Box::new(ready)),
                    Err(error) => Looked::Unreadable(error.to_string()),
                }
            }
            Verdict::Over => Looked::Over,
            Verdict::Drop(reason) => {
                dropped.push((*named, Outcome::Dropped(reason)));
                Looked::Over
            }
            Verdict::Later(at) => {
                later.push((*named, at));
                Looked::Later(at)
            }
        });
    }
    settle::write_all(tx.conn(), tx.now(), &dropped).await?;
    settle::due_at(&tx, &later).await?;
    tx.commit().await?;
    Ok(looked)
}

/// Whether it is a text of which the plan has none left, after those that are about to be sent with it.
fn is_one_too_many(
    texts: &mut HashMap<Id<Tenant>, i64>,
    tenant: Id<Tenant>,
    left: Option<i64>,
) -> bool {
    let Some(left) = left else { return false };
    let taken = texts.entry(tenant).or_default();
    *taken += 1;
    *taken > left
}

fn ready(
    tools: &Tools,
    (tenant, id): Named,
    row: Row,
    told: &[bool],
    public_url: &str,
) -> Result<Ready, StoreError> {
    let unreadable = |error: serde_json::Error| StoreError::Unreadable(error.to_string());
    let (kind, channel) = (Kind::stored(&row.kind)?, Channel::stored(&row.channel)?);
    let link = link(tools, id, &row, kind, told, public_url)?;
    let calendar: Option<CalendarEntry> =
        row.calendar.map(serde_json::from_value).transpose().map_err(unreadable)?;
    let settings = super::Settings::of_row(row.settings)?;
    let mut fields = match row.fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    say_only(&mut fields, told);
    let leave = if kind.comes_by_itself() {
        Some(format!("{public_url}/u/{}", leave::token(tools, (tenant, id))?))
    } else {
        None
    };
    Ok(Ready {
        tenant,
        id,
        kind,
        channel,
        locale: row.locale,
        address: row.address,
        fields,
        calendar: calendar.map(|entry| entry.text(link.as_deref())),
        link,
        leave,
        own: row.own_body.map(|body| Own { subject: row.own_subject, body }),
        sender: settings.sender_name.unwrap_or(row.business),
        reply_to: settings.reply_to,
    })
}

/// Of several things those that are still told of; all, if it isn't known of each.
fn only<T>(all: Vec<T>, told: &[bool]) -> Vec<T> {
    if all.len() != told.len() {
        return all;
    }
    all.into_iter().zip(told).filter(|(_, told)| **told).map(|(one, _)| one).collect()
}

/// Leaves out of several visits those that aren't told of any more. The date is that of the first.
fn say_only(fields: &mut Map<String, Value>, told: &[bool]) {
    let Some(Value::Array(visits)) = fields.get_mut("visits") else { return };
    *visits = only(std::mem::take(visits), told);
    let first = visits.first().cloned().unwrap_or_default();
    for key in ["date", "time"] {
        if let Some(value) = first.get(key) {
            fields.insert(key.to_owned(), value.clone());
        }
    }
}

fn text(plain: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(plain).map_err(|_| StoreError::Unreadable("the link".to_owned()))
}

/// The page of a visit, whose link is sealed.
fn page(tools: &Tools, visit: Uuid, sealed: &[u8], public_url: &str) -> Result<String, StoreError> {
    let place = Place { table: "appointments", column: "link_sealed", row: visit };
    Ok(format!("{public_url}/b/{}", text(tools.open(&place, sealed)?)?))
}

/// The pages of several visits, those that there are.
fn pages(tools: &Tools, several: Vec<Several>, public_url: &str) -> Result<String, StoreError> {
    let unreadable = |_| StoreError::Unreadable("the link".to_owned());
    let mut pages = Vec::with_capacity(several.len());
    for one in several {
        let Some(sealed) = one.link else { continue };
        let sealed = HEXLOWER.decode(sealed.as_bytes()).map_err(unreadable)?;
        pages.push(page(tools, one.id, &sealed, public_url)?);
    }
    Ok(pages.join("\n"))
}

/// Where a message leads: what was sealed with it, else what its kind leads to. Of several visits those
/// that are still told of.
fn link(
    tools: &Tools,
    id: Id<Message>,
    row: &Row,
    kind: Kind,
    told: &[bool],
    public_url: &str,
) -> Result<Option<String>, StoreError> {
    if let Some(sealed) = &row.link {
        let links = text(tools.open(&sealed_part(id), sealed)?)?;
        return Ok(Some(only(links.lines().collect(), told).join("\n")));
    }
    let several = only(row.several()?, told);
    if !several.is_empty() {
        return Ok(Some(pages(tools, several, public_url)?).filter(|pages| !pages.is_empty()));
    }
    match (kind, row.appointment_id, &row.visit_link) {
        (Kind::ReviewRequest, ..) => {
            super::Settings::of_row(row.settings.clone()).map(|settings| settings.review_url)
        }
        (Kind::RebookingNudge | Kind::Sequence, ..) => {
            Ok(Some(format!("{public_url}/{}", row.slug)))
        }
        (_, Some(visit), Some(sealed)) => Ok(Some(page(tools, visit, sealed, public_url)?)),
        _ => Ok(None),
    }
}
