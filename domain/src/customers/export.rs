//! All customers at once.

use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::CustomerError;
use super::find::LIVE;
use crate::audit::{Change, NewEntry};
use crate::ids::{Customer, Id};
use crate::tenancy::TenantTx;
use crate::time::Instant;

/// How many customers a file has at most. A business beyond that asks for parts by the API's list.
const EXPORTED: usize = 100_000;
/// How many are read at once.
const STEP: i64 = 2_000;

/// A customer as the file has them.
#[derive(Debug, Clone)]
pub struct ExportRow {
    /// The id.
    pub id: Id<Customer>,
    /// The name.
    pub name: String,
    /// The address.
    pub email: Option<String>,
    /// The number.
    pub phone: Option<String>,
    /// The language.
    pub locale: Option<String>,
    /// What the team noted.
    pub note: String,
    /// How the team groups customers.
    pub tags: Vec<String>,
    /// The last word on offers by e-mail.
    pub marketing_email: Option<bool>,
    /// The last word on offers by text message.
    pub marketing_sms: Option<bool>,
    /// The last word on reminders by text message.
    pub reminders_sms: Option<bool>,
    /// When the record was made.
    pub created_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    locale: Option<String>,
    note: String,
    tags: Vec<String>,
    marketing_email: Option<bool>,
    marketing_sms: Option<bool>,
    reminders_sms: Option<bool>,
    created_at: Instant,
}

impl From<Row> for ExportRow {
    fn from(row: Row) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            name: row.name,
            email: row.email,
            phone: row.phone,
            locale: row.locale,
            note: row.note,
            tags: row.tags,
            marketing_email: row.marketing_email,
            marketing_sms: row.marketing_sms,
            reminders_sms: row.reminders_sms,
            created_at: row.created_at,
        }
    }
}

fn page() -> String {
    let last_word = |purpose: &str| {
        format!(
            "(select s.granted from consents s
              where s.tenant_id = c.tenant_id and s.customer_id = c.id and s.purpose = '{purpose}'
              order by s.at desc, s.id desc limit 1) as {purpose}"
        )
    };
    format!(
        "select c.id, c.name, c.email, c.phone, c.locale, c.note, c.tags, c.created_at, {}, {}, {}
         from customers c
         where c.tenant_id = $1 and c.id > $2 and {} and c.erased_at is null
         order by c.id limit $3",
        last_word("marketing_email"),
        last_word("marketing_sms"),
        last_word("reminders_sms"),
        LIVE,
    )
}

/// All live customers, the oldest first, without what is about health. Taking them out is a line in
/// the log.
pub async fn export(tx: &mut TenantTx) -> Result<Vec<ExportRow>, CustomerError> {
    let mut all: Vec<ExportRow> = Vec::new();
    let sql = page();
    while all.len() < EXPORTED {
        let after = all.last().map_or(Uuid::nil(), |row| row.id.uuid());
        let values = [tx.tenant().uuid().into(), after.into(), STEP.into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, &sql, values);
        let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
        let read = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        all.extend(rows.into_iter().map(ExportRow::from));
        if read < STEP {
            break;
        }
    }
    let count = Change::of("customers", serde_json::Value::Null, all.len());
    tx.record(NewEntry::new("customer.exported", "customer").changed([count]));
    Ok(all)
}
