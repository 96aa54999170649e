//! The schema, as plain SQL files: row-level security, exclusion constraints and partial indexes
//! are natural there.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, Statement};

/// Every migration, in order. A released file is never changed; a new one is added.
const FILES: &[(&str, &str)] = &[
    ("0001_roles", include_str!("../sql/0001_roles.sql")),
    ("0002_identity", include_str!("../sql/0002_identity.sql")),
    ("0003_tenants", include_str!("../sql/0003_tenants.sql")),
    ("0004_shop", include_str!("../sql/0004_shop.sql")),
    ("0005_machinery", include_str!("../sql/0005_machinery.sql")),
    ("0006_offer", include_str!("../sql/0006_offer.sql")),
    ("0007_customers", include_str!("../sql/0007_customers.sql")),
    ("0008_bookings", include_str!("../sql/0008_bookings.sql")),
    ("0009_demo_series", include_str!("../sql/0009_demo_series.sql")),
    ("0010_queue", include_str!("../sql/0010_queue.sql")),
    ("0011_queue_rules", include_str!("../sql/0011_queue_rules.sql")),
    ("0012_queue_keeping", include_str!("../sql/0012_queue_keeping.sql")),
    ("0013_jobs", include_str!("../sql/0013_jobs.sql")),
    ("0014_webhooks", include_str!("../sql/0014_webhooks.sql")),
    ("0015_messages", include_str!("../sql/0015_messages.sql")),
    ("0016_channels", include_str!("../sql/0016_channels.sql")),
    ("0017_sequences", include_str!("../sql/0017_sequences.sql")),
    ("0018_alerts", include_str!("../sql/0018_alerts.sql")),
    ("0019_jobs_by_kind", include_str!("../sql/0019_jobs_by_kind.sql")),
    ("0020_webhooks_about", include_str!("../sql/0020_webhooks_about.sql")),
    ("0021_webhooks_told_after", include_str!("../sql/0021_webhooks_told_after.sql")),
    ("0022_regulars", include_str!("../sql/0022_regulars.sql")),
    ("0023_images", include_str!("../sql/0023_images.sql")),
    ("0024_payments", include_str!("../sql/0024_payments.sql")),
    ("0025_plans", include_str!("../sql/0025_plans.sql")),
    ("0026_cards", include_str!("../sql/0026_cards.sql")),
    ("0027_sold", include_str!("../sql/0027_sold.sql")),
    ("0028_risk", include_str!("../sql/0028_risk.sql")),
    ("0029_payfast", include_str!("../sql/0029_payfast.sql")),
    ("0030_books", include_str!("../sql/0030_books.sql")),
    ("0031_demo_money", include_str!("../sql/0031_demo_money.sql")),
    ("0032_gifts", include_str!("../sql/0032_gifts.sql")),
    ("0033_card_forms", include_str!("../sql/0033_card_forms.sql")),
    ("0034_account_number", include_str!("../sql/0034_account_number.sql")),
    ("0035_refund_parts", include_str!("../sql/0035_refund_parts.sql")),
    ("0036_refund_ends", include_str!("../sql/0036_refund_ends.sql")),
    ("0037_gift_offers", include_str!("../sql/0037_gift_offers.sql")),
    ("0038_left_accounts", include_str!("../sql/0038_left_accounts.sql")),
    ("0039_owners_backfill", include_str!("../sql/0039_owners_backfill.sql")),
];

/// Any number does, as long as nobody else on the database uses it.
const LOCK: i64 = 0x6f70_656e_6368_6169;

struct SqlFile {
    name: &'static str,
    sql: &'static str,
}

impl MigrationName for SqlFile {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SqlFile {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(self.sql).await?;
        Ok(())
    }
}

struct Files;

#[async_trait::async_trait]
impl MigratorTrait for Files {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        FILES
            .iter()
            .map(|(name, sql)| Box::new(SqlFile { name, sql }) as Box<dyn MigrationTrait>)
            .collect()
    }
}

/// Brings the database at `owner_url` up to date and says how many files that took. Several
/// processes may try at once: one migrates, the others wait and find nothing to do.
pub async fn migrate(owner_url: &str) -> Result<usize, DbErr> {
    let db = connect(owner_url).await?;
    let lock = connect(owner_url).await?;
    hold(&lock, "select pg_advisory_lock($1)").await?;
    let outcome = async {
        let before = Files::get_pending_migrations(&db).await?.len();
        Files::up(&db, None).await?;
        Ok(before)
    }
    .await;
    hold(&lock, "select pg_advisory_unlock($1)").await?;
    lock.close().await?;
    db.close().await?;
    outcome
}

async fn connect(url: &str) -> Result<DatabaseConnection, DbErr> {
    // One connection: the advisory lock belongs to it, and so does what the migrations set.
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await
}

async fn hold(db: &DatabaseConnection, sql: &str) -> Result<(), DbErr> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [LOCK.into()]);
    db.execute_raw(statement).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::FILES;

    /// The owner is under the policies as well, unless that is lifted: an update would reach no row, without a word.
    #[test]
    fn what_is_filled_in_reaches_its_rows() {
        // The first ones were released like that; 0039 makes up for them.
        for (name, sql) in FILES.iter().filter(|(name, _)| *name >= "0030") {
            let updated = sql.lines().filter_map(|line| line.strip_prefix("UPDATE "));
            for table in updated.filter_map(|rest| rest.split_whitespace().next()) {
                let lifted = format!("ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;");
                assert!(sql.contains(&lifted), "{name} updates {table} under its policies");
            }
        }
    }
}
