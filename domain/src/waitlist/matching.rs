//! Time is free: who wants it?

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};
use uuid::Uuid;

use super::entities::entry;
use super::freed::Freed;
use super::offers::make;
use super::rank::{Candidate, pick};
use super::{State, over, wanted};
use crate::availability::Span;
use crate::bookings::workshop::{Asker, Setting, plan};
use crate::bookings::{self, BookingError, Refusal};
use crate::diary::{self, Diary, Shop};
use crate::fault::Explain;
use crate::ids::{Id, Tenant};
use crate::messaging::Channel;
use crate::tenancy::{Db, TenantTx};
use crate::tenants;
use crate::time::Instant;

/// So many who wait are looked at together.
const AT_ONCE: u64 = 100;

/// So many offers come of one stretch of time: a long one has room for several.
const MOST_OFFERS: usize = 20;

/// Whoever loses this often against others tries again later.
const MOST_OBSTACLES: usize = 8;

/// What came of looking for who wants time that is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matched {
    /// So many offers were made.
    pub made: usize,
    /// It is the shop's quiet hours: this is to be done again at their end.
    pub quiet_until: Option<Instant>,
}

/// What came of looking once.
enum Next {
    Made,
    Nobody,
    Quiet(Instant),
}

/// Offers free time to those who wait for it, one for each stretch of it. Doing it again offers
/// nothing again: what is offered is kept, and whom it is offered to doesn't wait meanwhile. In quiet
/// hours nobody is asked: an offer would be over before its customer is awake, and so would those after
/// it. What is still free at their end is offered then.
pub async fn match_freed(
    db: &Db,
    tenant: Id<Tenant>,
    freed: &Freed,
    public_url: &str,
) -> Result<Matched, BookingError> {
    let (mut made, mut obstacles, mut quiet_until) = (0, 0, None);
    let Some(caller) = tenants::on_behalf(db, tenant, "waitlist").await? else {
        return Ok(Matched { made, quiet_until });
    };
    while made < MOST_OFFERS {
        let mut tx = db.tenant(&caller).await?;
        let outcome = match next(&mut tx, freed, public_url).await {
            Ok(offered) => tx.commit().await.map(|()| offered).map_err(BookingError::from),
            Err(error) => Err(error),
        };
        match outcome {
            Ok(Next::Made) => made += 1,
            Ok(Next::Nobody) => break,
            Ok(Next::Quiet(until)) => {
                quiet_until = Some(until);
                break;
            }
            Err(error) if obstacles < MOST_OBSTACLES && passes(&error) => {
                obstacles += 1;
                if error.code() == "lapsed" {
                    let mut tx = db.tenant(&caller).await?;
                    bookings::lapse_due(&mut tx).await?;
                    tx.commit().await?;
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Matched { made, quiet_until })
}

/// Whether another attempt may do.
fn passes(error: &BookingError) -> bool {
    matches!(error.code(), "contended" | "try_again" | "lapsed")
}

/// Makes the next offer, if there is one to make.
async fn next(tx: &mut TenantTx, freed: &Freed, public_url: &str) -> Result<Next, BookingError> {
    let now = tx.now();
    let Some(versions) = diary::versions(tx, Some(freed.location)).await? else {
        return Ok(Next::Nobody);
    };
    let Some(shop) = diary::shop(tx, versions).await? else { return Ok(Next::Nobody) };
    over::close(tx, freed.location, now.with_timezone(&shop.rules.zone).date_naive()).await?;
    if freed.to <= now {
        return Ok(Next::Nobody);
    }
    if let Some((_, until)) = shop.messages.quiet_around(shop.rules.zone, now) {
        return Ok(if until < freed.to { Next::Quiet(until) } else { Next::Nobody });
    }
    let day = |at: Instant| at.with_timezone(&shop.rules.zone).date_naive();
    let days = (day(freed.from) - Days::new(1))..=day(freed.to);
    let mut after = None;
    let mut diary: Option<Diary> = None;
    // Those who came first are asked first; where none of them can use it, those behind them are.
    let (row, candidate, pick, diary) = loop {
        let page = waiting(tx, &shop, (*days.start(), *days.end()), after).await?;
        let Some(last) = page.last().map(|row| row.id) else { return Ok(Next::Nobody) };
        let more = page.len() as u64 == AT_ONCE;
        let before = offered_before(tx, &page).await?;
        let (mut rows, mut candidates) = candidates(page, &shop, before)?;
        let seen = if let Some(seen) = diary.take() {
            seen
        } else {
            let busy = diary::busy_now(tx, &shop, &days).await?;
            Diary { shop: Arc::clone(&shop), busy: busy.into() }
        };
        if let Some(pick) = pick(&candidates, &seen, freed, now) {
            break (rows.remove(pick.place), candidates.remove(pick.place), pick, seen);
        }
        if !more {
            return Ok(Next::Nobody);
        }
        (after, diary) = (Some(last), Some(seen));
    };
    let found = entry::Entity::find_by_id((row.tenant_id, row.id)).lock_exclusive();
    let row = found.one(tx.conn()).await?.filter(|now| now.version == row.version);
    // Somebody else has them in hand: look again.
    let row = row.ok_or(Refusal::Contended)?;
    let setting = Setting { diary, planned: candidate.planned };
    make(tx, row, &setting, pick.way, public_url).await?;
    Ok(Next::Made)
}

fn hears_by_text(way: Channel) -> String {
    format!(
        "phone is not null and not exists (
             select from message_optouts o
             where o.tenant_id = waitlist_entries.tenant_id and o.channel = '{}'
               and o.address_key = waitlist_entries.phone)",
        way.key()
    )
}

const HEARS_BY_NOTES: &str = "exists (
    select from customers c
    where c.tenant_id = waitlist_entries.tenant_id and c.id = waitlist_entries.customer_id
      and c.channel = 'push')";

/// Whoever can be told by one of the ways that are on. Who said "stop" to texts and has no address would
/// never hear of what is kept for them.
fn reached(on: &[Channel]) -> Condition {
    // No way at all reaches nobody.
    on.iter().fold(Condition::any().add(Expr::cust("false")), |reached, way| {
        reached.add(match way {
            Channel::Email => entry::Column::Email.is_not_null(),
            Channel::Sms | Channel::Whatsapp => Expr::cust(hears_by_text(*way)),
            Channel::Push => Expr::cust(HEARS_BY_NOTES),
        })
    })
}

/// Who waits there for one of these days and can be told, the first who came first: staff may offer
/// to others, and tell them.
async fn waiting(
    tx: &TenantTx,
    shop: &Shop,
    (first, last): (NaiveDate, NaiveDate),
    after: Option<Uuid>,
) -> Result<Vec<entry::Model>, BookingError> {
    let mut found = entry::Entity::find()
        .filter(entry::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(entry::Column::LocationId.eq(shop.location.uuid()))
        .filter(entry::Column::State.eq(State::Waiting.key()))
        .filter(reached(&shop.messages.channels))
        .filter(entry::Column::FirstDay.lte(last))
        .filter(entry::Column::LastDay.gte(first))
        .order_by_asc(entry::Column::Id)
        .limit(AT_ONCE);
    if let Some(after) = after {
        found = found.filter(entry::Column::Id.gt(after));
    }
    Ok(found.all(tx.conn()).await?)
}

/// What they were offered and didn't take.
async fn offered_before(
    tx: &TenantTx,
    rows: &[entry::Model],
) -> Result<HashMap<Uuid, Vec<Span>>, BookingError> {
    #[derive(FromQueryResult)]
    struct Offered {
        entry_id: Uuid,
        starts_at: Instant,
        ends_at: Instant,
    }
    let sql = "
        select o.entry_id, a.starts_at, a.ends_at from waitlist_offers o
        join appointments a on a.tenant_id = o.tenant_id and a.id = o.appointment_id
        where o.tenant_id = $1 and o.entry_id = any($2) and o.state in ('declined', 'lapsed')";
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let values = [tx.tenant().uuid().into(), ids.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let mut spans: HashMap<Uuid, Vec<Span>> = HashMap::new();
    for found in Offered::find_by_statement(statement).all(tx.conn()).await? {
        let span = Span { from: found.starts_at, to: found.ends_at };
        spans.entry(found.entry_id).or_default().push(span);
    }
    Ok(spans)
}

/// Those of them whose wish the shop still knows, each beside its row.
fn candidates(
    rows: Vec<entry::Model>,
    shop: &Shop,
    mut before: HashMap<Uuid, Vec<Span>>,
) -> Result<(Vec<entry::Model>, Vec<Candidate>), BookingError> {
    let mut kept = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for row in rows {
        // Staff may have written down what customers can't choose; but they are asked like customers,
        // under the shop's rules.
        let Ok(mut planned) = plan(shop, &wanted(&row)?, Asker::Staff, None) else { continue };
        planned.visit.online = true;
        kept.1.push(Candidate {
            planned,
            first_day: row.first_day,
            last_day: row.last_day,
            earliest: row.earliest,
            latest: row.latest,
            before: before.remove(&row.id).unwrap_or_default(),
        });
        kept.0.push(row);
    }
    Ok(kept)
}
