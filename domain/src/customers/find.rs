//! Finding customers, for those who may see them.

use sea_orm::{DbBackend, EntityTrait, FromQueryResult, QuerySelect, Statement};

use super::consents::{last_words, standing};
use super::entities::customer;
use super::write::country_for;
use super::{CustomerError, CustomerFacts};
use crate::authz::Right;
use crate::ids::{Customer, Id, User};
use crate::keys;
use crate::page::{Paged, Window};
use crate::tenancy::{StoreError, TenantTx};
use crate::{phone, text};

/// Which customers are wanted.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// The beginning of the name, the address or the number.
    pub q: Option<String>,
    /// A tag, as it is written.
    pub tag: Option<String>,
}

/// Whose customers somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Everybody's.
    All,
    /// Those who had a visit with the staff member of this login.
    Of(Id<User>),
    /// Nobody's.
    Nobody,
}

/// A key sees what its maker's own are.
pub(super) async fn scope(tx: &TenantTx) -> Result<Scope, StoreError> {
    if tx.caller().may(Right::ReadCustomers) {
        return Ok(Scope::All);
    }
    let login = keys::person_behind(tx).await?;
    Ok(login.map_or(Scope::Nobody, Scope::Of))
}

/// Not merged into another one. What was erased is still there, to be read.
pub(super) const LIVE: &str = "c.merged_into is null and c.archived_at is null";

/// A visit that took place, or will.
const OWN: &str = "exists (
    select 1 from appointments a
    join appointment_lines l on l.tenant_id = a.tenant_id and l.appointment_id = a.id
    join staff s on s.tenant_id = l.tenant_id and s.id = l.staff_id
    where a.tenant_id = c.tenant_id and a.customer_id = c.id and s.user_id = $3
      and a.status not in ('held', 'cancelled', 'expired'))";

/// One customer, if the caller may see them.
pub async fn read(tx: &TenantTx, id: Id<Customer>) -> Result<CustomerFacts, CustomerError> {
    let row = visible(tx, id).await?;
    let standing = standing(tx, id).await?;
    Ok(CustomerFacts::new(row, standing))
}

/// The row of a customer whom the caller may see.
pub(super) async fn visible(
    tx: &TenantTx,
    id: Id<Customer>,
) -> Result<customer::Model, CustomerError> {
    let scope = scope(tx).await?;
    let mut values = vec![tx.tenant().uuid().into(), id.uuid().into()];
    let own = match scope {
        Scope::All => "true",
        Scope::Of(user) => {
            values.push(user.uuid().into());
            OWN
        }
        Scope::Nobody => return Err(CustomerError::NotFound),
    };
    let sql = format!(
        "select c.* from customers c where c.tenant_id = $1 and c.id = $2 and {LIVE} and {own}"
    );
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = customer::Model::find_by_statement(statement).one(tx.conn()).await?;
    found.ok_or(CustomerError::NotFound)
}

/// The row of a customer who is to be changed, held until the end of the transaction. The permission
/// to change is for all customers.
pub(super) async fn held(
    tx: &TenantTx,
    id: Id<Customer>,
) -> Result<customer::Model, CustomerError> {
    let found = customer::Entity::find_by_id((tx.tenant().uuid(), id.uuid()))
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    let found = found.filter(|row| row.merged_into.is_none() && row.archived_at.is_none());
    let found = found.ok_or(CustomerError::NotFound)?;
    if found.erased_at.is_some() { Err(CustomerError::Erased) } else { Ok(found) }
}

/// The same, at the version that the caller has seen.
pub(super) async fn held_at(
    tx: &TenantTx,
    id: Id<Customer>,
    seen: i64,
) -> Result<customer::Model, CustomerError> {
    let found = held(tx, id).await?;
    if i64::from(found.version) == seen { Ok(found) } else { Err(CustomerError::Stale) }
}

/// Customers by name.
pub async fn list(
    tx: &TenantTx,
    search: &Search,
    window: Window<Customer>,
) -> Result<Paged<CustomerFacts>, CustomerError> {
    let scope = scope(tx).await?;
    if scope == Scope::Nobody {
        return Ok(Paged { items: Vec::new(), next: None });
    }
    let after = match window.after {
        None => None,
        Some(after) => match position(tx, after).await? {
            Some(name_key) => Some((name_key, after)),
            // What isn't there is followed by nothing.
            None => return Ok(Paged { items: Vec::new(), next: None }),
        },
    };
    let mut query = Query::new(tx, scope);
    if let Some((name_key, after)) = after {
        query.where_after(name_key, after);
    }
    if let Some(tag) = search.tag.as_deref().map(str::trim).filter(|tag| !tag.is_empty()) {
        let tag = query.bind(tag);
        query.conditions.push(format!("{tag} = any(c.tags)"));
    }
    let number = search.q.as_deref().filter(|q| q.contains(char::is_numeric));
    let country = country_for(tx, number).await?;
    let ranges = ranges(search.q.as_deref(), &country);
    let statement = query.finish(ranges, window.rows_to_ask());
    let rows = customer::Model::find_by_statement(statement).all(tx.conn()).await?;
    let mut said = last_words(tx, rows.iter().map(|row| row.id).collect()).await?;
    let facts = rows.into_iter().map(|row| {
        let standing = said.remove(&row.id).unwrap_or_default();
        CustomerFacts::new(row, standing)
    });
    Ok(window.cut(facts.collect(), |customer| customer.id))
}

#[derive(FromQueryResult)]
struct Position {
    name_key: String,
}

async fn position(tx: &TenantTx, id: Id<Customer>) -> Result<Option<String>, StoreError> {
    let sql = "select name_key from customers where tenant_id = $1 and id = $2";
    let values = [tx.tenant().uuid().into(), id.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(Position::find_by_statement(statement).one(tx.conn()).await?.map(|row| row.name_key))
}

/// A column, and what it must begin with.
type Range = (&'static str, String);

/// What `q` may be the beginning of.
pub(super) fn ranges(q: Option<&str>, country: &str) -> Vec<Range> {
    let Some(q) = q.map(str::trim).filter(|q| !q.is_empty()) else { return Vec::new() };
    let mut ranges = Vec::new();
    let name = text::fold(q);
    if !name.is_empty() {
        ranges.push(("name_key", name));
    }
    if !q.contains(char::is_whitespace) {
        ranges.push(("email_key", q.to_lowercase()));
    }
    ranges.extend(phone::beginnings(q, country).into_iter().map(|begins| ("phone", begins)));
    ranges
}

/// Beyond everything that begins with `prefix`, by bytes.
fn beyond(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

struct Query {
    values: Vec<sea_orm::Value>,
    conditions: Vec<String>,
}

impl Query {
    fn new(tx: &TenantTx, scope: Scope) -> Self {
        let mut values: Vec<sea_orm::Value> = vec![tx.tenant().uuid().into()];
        let mut conditions =
            vec!["c.tenant_id = $1".to_owned(), LIVE.to_owned(), "c.erased_at is null".to_owned()];
        if let Scope::Of(user) = scope {
            values.push(user.uuid().into());
            conditions.push(OWN.replace("$3", "$2"));
        }
        Self { values, conditions }
    }

    fn bind(&mut self, value: impl Into<sea_orm::Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    fn where_after(&mut self, name_key: String, id: Id<Customer>) {
        let (name_key, id) = (self.bind(name_key), self.bind(id.uuid()));
        self.conditions.push(format!("(c.name_key, c.id) > ({name_key}, {id})"));
    }

    /// Each range is asked for by itself, so that each can use its index: under row-level security
    /// only comparisons can.
    fn finish(mut self, ranges: Vec<Range>, rows: u64) -> Statement {
        let rows = self.bind(i64::try_from(rows).unwrap_or(i64::MAX));
        let order = format!("order by name_key, id limit {rows}");
        let all = self.conditions.join(" and ");
        let mut parts = Vec::new();
        for (column, prefix) in ranges {
            let (from, to) = (self.bind(prefix.clone()), self.bind(beyond(&prefix)));
            parts.push(format!(
                "(select c.* from customers c
                  where {all} and c.{column} >= {from} and c.{column} < {to} {order})"
            ));
        }
        let sql = match parts.len() {
            0 => format!("select c.* from customers c where {all} {order}"),
            _ => format!("select * from ({}) found {order}", parts.join(" union ")),
        };
        Statement::from_sql_and_values(DbBackend::Postgres, sql, self.values)
    }
}
