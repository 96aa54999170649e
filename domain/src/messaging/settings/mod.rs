//! What a business says to its customers, by which ways and when.

mod check;
mod services;

use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde::Deserialize;
use serde_json::Value;

use super::{Channel, Quiet, Ways};
use crate::audit::{Change, NewEntry};
use crate::fault::refusals;
use crate::outbox::NewEvent;
use crate::patch::Patch;
use crate::tenancy::{StoreError, TenantTx};

pub use services::{
    ServiceReminders, put_service_reminders, remove_service_reminders, service_reminders,
};

refusals! {
    /// Why what is said to customers can't be read or changed.
    SettingsError {}
}

/// What a business says to its customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The ways that are on, the best first.
    pub channels: Vec<Channel>,
    /// How many minutes before a visit it is brought to mind, the longest first.
    pub reminder_minutes: Vec<i32>,
    /// When nobody is disturbed.
    pub quiet: Option<Quiet>,
    /// How many minutes after a visit they are asked how it was.
    pub follow_up_minutes: Option<i32>,
    /// How many minutes after a visit they are asked to tell others.
    pub review_minutes: Option<i32>,
    /// Where.
    pub review_url: Option<String>,
    /// How many days after a visit who has booked nothing since is asked to come again.
    pub rebooking_days: Option<i32>,
    /// Who writes; else the business, by its name.
    pub sender_name: Option<String>,
    /// Where answers to mails go.
    pub reply_to: Option<String>,
    /// Grows with each change.
    pub version: i32,
}

impl Default for Settings {
    /// What a business begins with: mails, a day and an hour before.
    fn default() -> Self {
        Self {
            channels: vec![Channel::Email],
            reminder_minutes: vec![1_440, 60],
            quiet: None,
            follow_up_minutes: None,
            review_minutes: None,
            review_url: None,
            rebooking_days: None,
            sender_name: None,
            reply_to: None,
            version: 1,
        }
    }
}

/// What may be changed.
#[derive(Debug, Clone, Default)]
pub struct SettingsChange {
    /// The ways that are on, the best first.
    pub channels: Option<Vec<Channel>>,
    /// How many minutes before a visit.
    pub reminder_minutes: Option<Vec<i32>>,
    /// From when to when, as times of a clock.
    pub quiet: Patch<(String, String)>,
    /// How many minutes after a visit they are asked how it was.
    pub follow_up_minutes: Patch<i32>,
    /// How many minutes after a visit they are asked to tell others.
    pub review_minutes: Patch<i32>,
    /// Where.
    pub review_url: Patch<String>,
    /// How many days after a visit.
    pub rebooking_days: Patch<i32>,
    /// Who writes.
    pub sender_name: Patch<String>,
    /// Where answers go.
    pub reply_to: Patch<String>,
}

/// A row as the database writes it in JSON.
#[derive(Deserialize)]
struct Row {
    channels: Vec<Channel>,
    reminder_minutes: Vec<i32>,
    quiet_from: Option<i16>,
    quiet_to: Option<i16>,
    follow_up_minutes: Option<i32>,
    review_minutes: Option<i32>,
    review_url: Option<String>,
    rebooking_days: Option<i32>,
    sender_name: Option<String>,
    reply_to: Option<String>,
    version: i32,
}

impl Settings {
    /// Out of a row, which was written as JSON; none, and they are as in the beginning.
    pub(crate) fn of_row(row: Option<Value>) -> Result<Self, StoreError> {
        let Some(row) = row.filter(|row| !row.is_null()) else { return Ok(Self::default()) };
        let row: Row = serde_json::from_value(row)
            .map_err(|error| StoreError::Unreadable(format!("message settings: {error}")))?;
        Ok(Self {
            channels: row.channels,
            reminder_minutes: row.reminder_minutes,
            quiet: row.quiet_from.zip(row.quiet_to).map(|(from, to)| Quiet { from, to }),
            follow_up_minutes: row.follow_up_minutes,
            review_minutes: row.review_minutes,
            review_url: row.review_url,
            rebooking_days: row.rebooking_days,
            sender_name: row.sender_name,
            reply_to: row.reply_to,
            version: row.version,
        })
    }

    /// The same with no other ways than those that somebody carries.
    #[must_use]
    pub(crate) fn by(mut self, ways: Ways) -> Self {
        self.channels.retain(|channel| ways.carries(*channel));
        self
    }

    /// The quiet stretch that an instant is in, in a zone.
    pub(crate) fn quiet_around(
        &self,
        zone: Tz,
        at: crate::time::Instant,
    ) -> Option<(crate::time::Instant, crate::time::Instant)> {
        self.quiet.and_then(|quiet| quiet.around(zone, at))
    }
}

#[derive(FromQueryResult)]
struct Found {
    settings: Option<Value>,
}

const READ: &str = "select to_jsonb(s) as settings from message_settings s where s.tenant_id = $1";

/// The settings of the caller's business.
pub async fn read(tx: &TenantTx) -> Result<Settings, SettingsError> {
    Ok(of(tx).await?)
}

/// The same for who has no other trouble than with the store.
pub(crate) async fn of(tx: &TenantTx) -> Result<Settings, StoreError> {
    find(tx, READ).await
}

async fn find(tx: &TenantTx, sql: &'static str) -> Result<Settings, StoreError> {
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Found::find_by_statement(statement).one(tx.conn()).await?;
    Settings::of_row(found.and_then(|found| found.settings))
}

const PUT: &str = "
    insert into message_settings (
        tenant_id, channels, reminder_minutes, quiet_from, quiet_to, follow_up_minutes,
        review_minutes, review_url, rebooking_days, sender_name, reply_to, version, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    on conflict (tenant_id) do update set
        channels = excluded.channels, reminder_minutes = excluded.reminder_minutes,
        quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
        follow_up_minutes = excluded.follow_up_minutes, review_minutes = excluded.review_minutes,
        review_url = excluded.review_url, rebooking_days = excluded.rebooking_days,
        sender_name = excluded.sender_name, reply_to = excluded.reply_to,
        version = excluded.version, updated_at = excluded.updated_at
    where message_settings.version = excluded.version - 1";

/// Changes the settings; `seen` is the version that the caller knows. What is written already goes out
/// as it is, unless its way is turned off.
pub async fn update(
    tx: &mut TenantTx,
    seen: i64,
    change: SettingsChange,
) -> Result<Settings, SettingsError> {
    let sql = "select to_jsonb(s) as settings from message_settings s
               where s.tenant_id = $1 for update of s";
    let before = find(tx, sql).await?;
    let after = check::check(&before, change)?;
    if i64::from(before.version) != seen {
        return Err(SettingsError::Stale);
    }
    let channels: Vec<String> = after.channels.iter().map(|one| one.key().to_owned()).collect();
    let values = [
        tx.tenant().uuid().into(),
        channels.into(),
        after.reminder_minutes.clone().into(),
        after.quiet.map(|quiet| quiet.from).into(),
        after.quiet.map(|quiet| quiet.to).into(),
        after.follow_up_minutes.into(),
        after.review_minutes.into(),
        after.review_url.clone().into(),
        after.rebooking_days.into(),
        after.sender_name.clone().into(),
        after.reply_to.clone().into(),
        after.version.into(),
        tx.now().into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, PUT, values);
    // The first two at once: neither saw a row to hold.
    if tx.conn().execute_raw(statement).await?.rows_affected() == 0 {
        return Err(SettingsError::Stale);
    }
    let entry = NewEntry::new("message_settings.updated", "message_settings");
    tx.record(entry.on(tx.tenant(), "Messages").changed(changes(&before, &after)));
    // Whoever books next is written to by these.
    tx.touch().rules();
    let event = serde_json::json!({ "id": tx.tenant() });
    tx.emit(NewEvent::new("message_settings.updated", &event));
    Ok(after)
}

fn changes(before: &Settings, after: &Settings) -> Vec<Change> {
    let ways = |settings: &Settings| {
        settings.channels.iter().map(|one| one.key().to_owned()).collect::<Vec<_>>()
    };
    let quiet = |settings: &Settings| settings.quiet.map(|quiet| vec![quiet.from, quiet.to]);
    vec![
        Change::of("channels", ways(before), ways(after)),
        Change::of(
            "reminder_minutes",
            before.reminder_minutes.clone(),
            after.reminder_minutes.clone(),
        ),
        Change::of("quiet", quiet(before), quiet(after)),
        Change::of("follow_up_minutes", before.follow_up_minutes, after.follow_up_minutes),
        Change::of("review_minutes", before.review_minutes, after.review_minutes),
        Change::of("review_url", before.review_url.clone(), after.review_url.clone()),
        Change::of("rebooking_days", before.rebooking_days, after.rebooking_days),
        Change::of("sender_name", before.sender_name.clone(), after.sender_name.clone()),
        Change::of("reply_to", before.reply_to.clone(), after.reply_to.clone()),
    ]
}
