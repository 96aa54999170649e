//! What comes by itself: looked for over all businesses, and written when its time has come.

mod after;
mod before;
mod rule;

use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde_json::Value;
use uuid::Uuid;

use super::address::Reach;
use super::new::{NewMessage, Subject};
use super::{Channel, Kind, Settings, Ways};
use crate::ids::{Id, Tenant};
use crate::tenancy::{StoreError, SystemTx};
use crate::time::Instant;

pub use after::sweep as sweep_afterwards;
pub use before::sweep as sweep_reminders;

/// A visit with what has to be known to say something about it.
#[derive(Debug, FromQueryResult)]
struct Visit {
    tenant_id: Uuid,
    business: String,
    settings: Option<Value>,
    id: Uuid,
    version: i32,
    sequence: i32,
    starts_at: Instant,
    title: String,
    customer_id: Uuid,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    channel: Option<Channel>,
    locale: String,
    place: String,
    time_zone: String,
}

impl Visit {
    fn tenant(&self) -> Id<Tenant> {
        Id::from_uuid(self.tenant_id)
    }

    /// What its business says, by the ways that somebody carries.
    fn settings(&self, ways: Ways) -> Result<Settings, StoreError> {
        Ok(Settings::of_row(self.settings.clone())?.by(ways))
    }

    fn zone(&self) -> Result<Tz, StoreError> {
        let unreadable = |_| StoreError::Unreadable(format!("the zone {:?}", self.time_zone));
        self.time_zone.parse().map_err(unreadable)
    }

    /// What is said about it, if there is a way to say it.
    fn message(self, kind: Kind, settings: &Settings, zone: Tz) -> Option<NewMessage> {
        let reach = Reach {
            email: self.email.as_deref(),
            phone: self.phone.as_deref(),
            chosen: self.channel,
            customer: Some(Id::from_uuid(self.customer_id)),
        };
        let to = reach.choose(&settings.channels)?;
        let local = self.starts_at.with_timezone(&zone);
        let message = NewMessage::new(kind, to, &self.locale)
            .with("reason", "")
            .with("name", self.name)
            .with("business", self.business)
            .with("title", self.title)
            .with("date", local.format("%Y-%m-%d").to_string())
            .with("time", local.format("%H:%M").to_string())
            .with("place", self.place);
        Some(NewMessage {
            customer: Some(Id::from_uuid(self.customer_id)),
            about: Subject::Visit {
                id: Id::from_uuid(self.id),
                version: self.version,
                sequence: self.sequence,
            },
            ..message
        })
    }
}

#[derive(FromQueryResult)]
struct Swept {
    swept_at: Instant,
}

/// How far a sweep has looked, if it ever did.
async fn swept_at(tx: &SystemTx, name: &str) -> Result<Option<Instant>, StoreError> {
    let sql = "select swept_at from message_sweeps where name = $1";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [name.into()]);
    Ok(Swept::find_by_statement(statement).one(tx.conn()).await?.map(|row| row.swept_at))
}

async fn remember(tx: &SystemTx, name: &str, at: Instant) -> Result<(), StoreError> {
    let sql = "insert into message_sweeps (name, swept_at) values ($1, $2)
               on conflict (name) do update set swept_at = greatest(message_sweeps.swept_at, $2)";
    let values = [name.into(), at.into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}
