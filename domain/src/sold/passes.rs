//! Passes: sold and shown.

use chrono::{Days, NaiveDate};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, DbBackend, EntityTrait, FromQueryResult, QuerySelect,
    Statement,
};
use serde_json::json;
use uuid::Uuid;

use super::entities::pass;
use super::error::SoldError;
use super::sale::{self, Desk, Sold, Until};
use super::words::{SoldState, What};
use super::worth;
use crate::audit::NewEntry;
use crate::catalog::CatalogError;
use crate::catalog::pass_kinds;
use crate::fault::{Faults, ValueFault};
use crate::ids::{Customer, Id, Location, Pass, PassKind, Sale, Service};
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::payments::Way;
use crate::tenancy::{StoreError, TenantTx};
use crate::tenants;
use crate::text;
use crate::time::Instant;

/// A pass that somebody buys at the desk.
#[derive(Debug, Clone)]
pub struct NewPass {
    /// Of which kind.
    pub kind: Id<PassKind>,
    /// Who buys it.
    pub customer: Id<Customer>,
    /// Where.
    pub location: Id<Location>,
    /// How it is paid.
    pub way: Way,
    /// What staff want said of the payment.
    pub note: String,
}

/// A pass.
#[derive(Debug, Clone, PartialEq)]
pub struct PassFacts {
    /// Its id.
    pub id: Id<Pass>,
    /// How it was sold.
    pub sale: Id<Sale>,
    /// Of which kind it is.
    pub kind: Id<PassKind>,
    /// What that was called.
    pub name: String,
    /// How it stands.
    pub state: SoldState,
    /// How many uses it had.
    pub uses: i16,
    /// How many are left.
    pub uses_left: i16,
    /// What it cost.
    pub price_minor: i64,
    /// What the uses that are left are worth.
    pub left_minor: i64,
    /// In which currency.
    pub currency: String,
    /// What a use pays for.
    pub services: Vec<Id<Service>>,
    /// Whose it is.
    pub customer: Id<Customer>,
    /// What they are called.
    pub customer_name: String,
    /// The last day on which it is good.
    pub last_day: NaiveDate,
    /// Who sold it.
    pub sold_by: String,
    /// Where.
    pub location: Id<Location>,
    /// When.
    pub created_at: Instant,
}

/// Which passes are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct PassFilter {
    /// Those that stand so.
    pub state: Option<SoldState>,
    /// This customer's.
    pub customer: Option<Id<Customer>>,
}

/// Sells a pass at the desk.
pub async fn sell_pass(tx: &mut TenantTx, new: &NewPass) -> Result<PassFacts, SoldError> {
    let mut faults = Faults::new();
    let note = faults.take("/note", text::prose(&new.note, 0, 300));
    let kind = match pass_kinds::read(tx, new.kind).await {
        Ok(kind) if kind.archived_at.is_none() => Some(kind.terms),
        Ok(_) | Err(CatalogError::NotFound) => {
            let fault = ValueFault::new("unknown_pass_kind", "There is no such pass on sale.");
            faults.note("/kind", fault);
            None
        }
        Err(error) => return Err(error.into()),
    };
    let desk = Desk {
        location: new.location,
        customer: Some(new.customer),
        way: new.way,
        note: note.unwrap_or_default(),
    };
    let counter = desk.check(tx, &mut faults).await?;
    let (Some(kind), Some(counter), true) = (kind, counter, faults.is_empty()) else {
        return Err(faults.into());
    };
    let zone = sale::zone(&counter.place.time_zone)?;
    let today = tx.now().with_timezone(&zone).date_naive();
    let days = Days::new(u64::try_from(kind.valid_days).unwrap_or(0));
    let until = today.checked_add_days(days).and_then(|last| Until::end_of(last, zone));
    let until = until.ok_or_else(|| StoreError::Unreadable("the end of a pass".into()))?;
    let sold = Sold {
        what: What::Pass,
        title: kind.name.clone(),
        price_minor: kind.price_minor,
        currency: tenants::read(tx).await?.currency,
    };
    let (sale, _) = sale::sell(tx, &desk, &sold).await?;
    let id = tx.new_id::<Pass>();
    let row = pass::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(id.uuid()),
        sale_id: Set(sale.id.uuid()),
        kind_id: Set(new.kind.uuid()),
        name: Set(kind.name.clone()),
        services: Set(kind.services.iter().map(|service| service.uuid()).collect()),
        state: Set(SoldState::Active.key().to_owned()),
        price_minor: Set(kind.price_minor),
        currency: Set(sale.currency),
        uses: Set(kind.uses),
        uses_left: Set(kind.uses),
        last_day: Set(until.last_day),
        expires_at: Set(until.expires_at),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    row.insert(tx.conn()).await?;
    tx.record(NewEntry::new("pass.sold", "pass").on(id, kind.name));
    tx.emit(NewEvent::new("pass.sold", &json!({ "id": id })));
    read_pass(tx, id).await
}

/// A pass's row, held until the transaction ends.
pub(super) async fn held(tx: &TenantTx, id: Id<Pass>) -> Result<pass::Model, SoldError> {
    let found = pass::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    found.lock_exclusive().one(tx.conn()).await?.ok_or(SoldError::NotFound)
}

/// Whether it can be used now.
pub(super) fn is_good(row: &pass::Model, now: Instant) -> bool {
    row.state == SoldState::Active.key() && row.expires_at > now
}

/// Writes down how many uses of a held pass are left, and how it stands then.
pub(super) async fn leave(
    tx: &TenantTx,
    row: pass::Model,
    uses_left: i16,
    otherwise: SoldState,
    until: Option<Until>,
) -> Result<pass::Model, StoreError> {
    let mut change: pass::ActiveModel = row.into();
    let state = if uses_left > 0 { SoldState::Active } else { otherwise };
    change.uses_left = Set(uses_left);
    change.state = Set(state.key().to_owned());
    if let Some(until) = until {
        change.last_day = Set(until.last_day);
        change.expires_at = Set(until.expires_at);
    }
    change.updated_at = Set(tx.now());
    Ok(change.update(tx.conn()).await?)
}

/// One pass.
pub async fn read_pass(tx: &TenantTx, id: Id<Pass>) -> Result<PassFacts, SoldError> {
    let found = select(tx, "and p.id = $3", vec![id.uuid().into()]).await?;
    found.into_iter().next().ok_or(SoldError::NotFound)
}

/// The passes of these ids.
pub(crate) async fn passes_of(tx: &TenantTx, ids: Vec<Uuid>) -> Result<Vec<PassFacts>, StoreError> {
    select(tx, "and p.id = any($3)", vec![ids.into()]).await
}

/// Passes, the newest first.
pub async fn list_passes(
    tx: &TenantTx,
    filter: &PassFilter,
    window: Window<Pass>,
) -> Result<Paged<PassFacts>, SoldError> {
    let which = "
        and ($3::text is null or $3 = case when p.state = 'active' and p.expires_at <= $2
                                           then 'expired' else p.state end)
        and ($4::uuid is null or s.customer_id = $4)
        and ($5::uuid is null or p.id < $5)
        order by p.id desc limit $6";
    let values = vec![
        filter.state.map(SoldState::key).into(),
        filter.customer.map(Id::uuid).into(),
        window.after.map(Id::uuid).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
    ];
    Ok(window.cut(select(tx, which, values).await?, |pass| pass.id))
}

/// A customer's passes that are good now, those that end first coming first.
pub(super) async fn good_ones(
    tx: &TenantTx,
    customer: Id<Customer>,
) -> Result<Vec<PassFacts>, StoreError> {
    let which = "and p.state = 'active' and p.expires_at > $2 and s.customer_id = $3
                 order by p.expires_at, p.id limit 100";
    select(tx, which, vec![customer.uuid().into()]).await
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    sale_id: Uuid,
    kind_id: Uuid,
    name: String,
    state: String,
    uses: i16,
    uses_left: i16,
    price_minor: i64,
    currency: String,
    services: Vec<Uuid>,
    customer_id: Uuid,
    customer_name: String,
    last_day: NaiveDate,
    sold_by: String,
    location_id: Uuid,
    created_at: Instant,
}

impl TryFrom<Row> for PassFacts {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: Id::from_uuid(row.id),
            sale: Id::from_uuid(row.sale_id),
            kind: Id::from_uuid(row.kind_id),
            name: row.name,
            state: SoldState::stored(&row.state)?,
            uses: row.uses,
            uses_left: row.uses_left,
            price_minor: row.price_minor,
            left_minor: worth::left(row.price_minor, row.uses, row.uses_left),
            currency: row.currency,
            services: row.services.into_iter().map(Id::from_uuid).collect(),
            customer: Id::from_uuid(row.customer_id),
            customer_name: row.customer_name,
            last_day: row.last_day,
            sold_by: row.sold_by,
            location: Id::from_uuid(row.location_id),
            created_at: row.created_at,
        })
    }
}

/// Behind it: which of them. What is over is over, also before somebody wrote it down.
const SHOWN: &str = "
    select p.id, p.sale_id, p.kind_id, p.name, p.uses, p.price_minor, p.currency, p.services,
           s.customer_id, c.name as customer_name, p.last_day, s.sold_by, s.location_id, p.created_at,
           case when p.state = 'active' and p.expires_at <= $2 then 'expired' else p.state end as state,
           case when p.expires_at <= $2 then 0::smallint else p.uses_left end as uses_left
    from passes p
    join sales s on s.tenant_id = p.tenant_id and s.id = p.sale_id
    join customers c on c.tenant_id = s.tenant_id and c.id = s.customer_id
    where p.tenant_id = $1";

async fn select(
    tx: &TenantTx,
    which: &str,
    mut more: Vec<sea_orm::Value>,
) -> Result<Vec<PassFacts>, StoreError> {
    let mut values = vec![tx.tenant().uuid().into(), tx.now().into()];
    values.append(&mut more);
    let sql = format!("{SHOWN} {which}");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    rows.into_iter().map(PassFacts::try_from).collect()
}
