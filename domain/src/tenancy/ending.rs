//! How a transaction that wrote something ends: what must follow is written in one statement. Each
//! part belongs to a noun, which says how its rows come about; what they are made of comes in one
//! JSON document. One journey to the database instead of four, on every write of the product.

use std::sync::LazyLock;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement};
use serde::Serialize;

use super::{Caller, StoreError, Tools};
use crate::audit::{self, NewEntry};
use crate::diary::{self, Touched};
use crate::idempotency::{self, Sealed};
use crate::outbox::{self, NewEvent};
use crate::time::Instant;

/// What must follow, once a transaction's work is done.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// The answer under the request's key.
    pub(super) answer: Option<Sealed>,
    /// Lines of the audit log.
    pub(super) entries: Vec<NewEntry>,
    /// Whose availability changes.
    pub(super) touched: Touched,
    /// What others must hear of.
    pub(super) events: Vec<NewEvent>,
}

/// The parts come about in this order. The last two take the locations' and the tenant's place in the
/// order until the commit, everywhere in this order, so that nobody waits in a circle.
static END: LazyLock<String> = LazyLock::new(|| {
    format!(
        "with {}, {}, {}, {}
         select (select count(*) from remembered) as remembered,
                (select count(*) from noted) as noted,
                (select count(*) from bumped where outdated) as outdated,
                (select count(*) from told) as told",
        idempotency::REMEMBERED,
        audit::NOTED,
        diary::BUMPED,
        outbox::TOLD,
    )
});

#[derive(Serialize)]
struct Document<'a> {
    /// Nothing, not `null`: that can't be read as a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'a Sealed>,
    entries: Vec<audit::Row<'a>>,
    touched: &'a Touched,
    events: Vec<outbox::Row<'a>>,
}

#[derive(Debug, PartialEq, FromQueryResult)]
struct Ended {
    remembered: i64,
    noted: i64,
    outdated: i64,
    told: i64,
}

impl Ending {
    fn is_nothing(&self) -> bool {
        self.answer.is_none()
            && self.entries.is_empty()
            && self.touched.is_nothing()
            && self.events.is_empty()
    }

    /// Writes it, and counts: what would be lost without a word is a failure.
    pub(super) async fn write(
        self,
        conn: &impl ConnectionTrait,
        caller: &Caller,
        now: Instant,
        tools: &Tools,
    ) -> Result<(), StoreError> {
        if self.is_nothing() {
            return Ok(());
        }
        let document = Document {
            answer: self.answer.as_ref(),
            entries: audit::rows(
                &caller.principal().into(),
                caller.request(),
                &self.entries,
                now,
                tools,
            ),
            touched: &self.touched,
            events: outbox::rows(&self.events, now, tools),
        };
        let unwritable =
            |error| StoreError::Unreadable(format!("the end of a transaction: {error}"));
        let document = serde_json::to_value(&document).map_err(unwritable)?;
        let values = [caller.tenant().uuid().into(), document.into(), now.into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, END.as_str(), values);
        let ended = Ended::find_by_statement(statement).one(conn).await?;
        let due = Ended {
            remembered: count(self.answer.iter().len()),
            noted: count(self.entries.len()),
            outdated: 0,
            told: count(self.events.len()),
        };
        if ended.as_ref() == Some(&due) {
            return Ok(());
        }
        if ended.as_ref().is_some_and(|ended| ended.outdated > 0) {
            let why = "the rules that time was taken under have changed meanwhile";
            return Err(StoreError::Contention(DbErr::Custom(why.to_owned())));
        }
        let whose = caller.tenant();
        Err(StoreError::Unreadable(format!("{ended:?} of {due:?} was kept for {whose}")))
    }
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
