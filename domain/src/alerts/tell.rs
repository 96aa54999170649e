//! Who is still to be told what.

use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};

use super::rule;
use super::{About, AlertFacts, FACTS, Row, Target};
use crate::tenancy::{Db, StoreError, SystemReason};
use crate::time::Instant;

/// For so long somebody is told of what is over.
const NEWS: Duration = Duration::days(1);

/// Something that somebody is still to be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Owed {
    /// Of what.
    pub alert: AlertFacts,
    /// Where.
    pub target: Target,
    /// What.
    pub about: About,
}

#[derive(FromQueryResult)]
struct OwedRow {
    target: String,
    about: Option<String>,
    told_at: Option<Instant>,
    #[sea_orm(nested)]
    alert: Row,
}

/// What is still to be told at these places, the oldest first.
pub async fn owed(db: &Db, targets: &[Target], repeat: Duration) -> Result<Vec<Owed>, StoreError> {
    let tx = db.system(SystemReason::Watch).await?;
    let sql = format!(
        "select w.target, l.about, l.told_at, {FACTS}
         from alerts a
         cross join unnest($1::text[]) as w (target)
         left join alert_tellings l on l.alert_id = a.id and l.target = w.target
         where a.cleared_at is null or a.cleared_at > $2
         order by a.id, w.target"
    );
    let keys: Vec<String> = targets.iter().map(|target| target.key().to_owned()).collect();
    let now = tx.now();
    let values = [keys.into(), (now - NEWS).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, &sql, values);
    let rows = OwedRow::find_by_statement(statement).all(tx.conn()).await?;
    tx.rollback().await?;
    let mut owed = Vec::new();
    for row in rows {
        let alert = AlertFacts::try_from(row.alert)?;
        let about = row.about.as_deref().map(About::stored).transpose()?;
        let last = about.zip(row.told_at);
        if let Some(about) = rule::owed(alert.cleared_at.is_some(), last, repeat, now) {
            owed.push(Owed { alert, target: Target::stored(&row.target)?, about });
        }
    }
    Ok(owed)
}

/// They were told.
pub async fn told(db: &Db, owed: &Owed) -> Result<(), StoreError> {
    let tx = db.system(SystemReason::Watch).await?;
    let sql = "
        insert into alert_tellings (alert_id, target, about, told_at) values ($1, $2, $3, $4)
        on conflict (alert_id, target) do update
        set about = excluded.about, told_at = excluded.told_at";
    let values = [
        owed.alert.id.uuid().into(),
        owed.target.key().into(),
        owed.about.key().into(),
        tx.now().into(),
    ];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    tx.commit().await
}
