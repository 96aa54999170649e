//! The development mailbox: mails that would have been sent are kept here and shown at `/dev/mail`.

use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use crate::ids::{Id, Mailed};
use crate::jobs;
use crate::tenancy::{Db, StoreError, SystemReason};
use crate::time::Instant;

/// How long a mail lies in the mailbox.
const KEPT: Duration = Duration::days(30);

/// A mail in the mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The number of what sent it.
    pub id: Id<Mailed>,
    /// When.
    pub at: Instant,
    /// To whom.
    pub to: String,
    /// What about.
    pub subject: String,
    /// The part for programs that show text only.
    pub text: String,
    /// The part for all others.
    pub html: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    at: Instant,
    address: String,
    subject: String,
    body: String,
    html: String,
}

/// Puts a mail in, once: the same mail delivered again changes nothing.
pub async fn deliver(db: &Db, mail: &Delivered) -> Result<(), StoreError> {
    let sql = "insert into mailbox (id, at, address, subject, body, html)
               values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing";
    let tx = db.system(SystemReason::Mailbox).await?;
    let values = [
        mail.id.uuid().into(),
        mail.at.into(),
        mail.to.clone().into(),
        mail.subject.clone().into(),
        mail.text.clone().into(),
        mail.html.clone().into(),
    ];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    tx.commit().await
}

/// The newest mails, the newest first.
pub async fn recent(db: &Db, limit: u32) -> Result<Vec<Delivered>, StoreError> {
    let sql = "select id, at, address, subject, body, html from mailbox
               order by at desc, id desc limit $1";
    let tx = db.system(SystemReason::Mailbox).await?;
    let statement =
        Statement::from_sql_and_values(DbBackend::Postgres, sql, [i64::from(limit).into()]);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    tx.rollback().await?;
    let delivered = rows.into_iter().map(|row| Delivered {
        id: Id::from_uuid(row.id),
        at: row.at,
        to: row.address,
        subject: row.subject,
        text: row.body,
        html: row.html,
    });
    Ok(delivered.collect())
}

/// Throws old mails away, and says how many.
pub async fn sweep(db: &Db) -> Result<u64, StoreError> {
    let sql = "delete from mailbox where id in (
                   select id from mailbox where at < $1 order by at limit 1000
               )";
    jobs::delete_in_steps(db, SystemReason::Mailbox, sql, KEPT).await
}
