//! Paying for a line of a visit with a use of a pass.

use sea_orm::{DbBackend, FromQueryResult, Statement};
use serde_json::json;

use super::error::SoldError;
use super::passes::{self, PassFacts, is_good, leave};
use super::sale::SaleRow;
use super::words::SoldState;
use super::worth;
use crate::audit::NewEntry;
use crate::bookings::{self, VisitFacts};
use crate::ids::{Appointment, Id, Pass};
use crate::outbox::NewEvent;
use crate::payments::{self, Paying, PaymentFacts, With, open_of, pay_visit};
use crate::tenancy::{StoreError, TenantTx};

/// A pass that could pay for lines of a visit.
#[derive(Debug, Clone, PartialEq)]
pub struct UsablePass {
    /// The pass.
    pub pass: PassFacts,
    /// Which lines, by their places.
    pub lines: Vec<i16>,
}

#[derive(FromQueryResult)]
struct Line {
    line: i16,
}

/// The lines of a visit that are paid with passes.
async fn paid_lines(tx: &TenantTx, visit: Id<Appointment>) -> Result<Vec<i16>, StoreError> {
    let sql = "select line from payments
               where tenant_id = $1 and appointment_id = $2 and pass_id is not null
                 and refunded_minor = 0";
    let values = [tx.tenant().uuid().into(), visit.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Line::find_by_statement(statement).all(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| row.line).collect())
}

/// The lines of a visit by their places.
fn placed(visit: &VisitFacts) -> impl Iterator<Item = (i16, &bookings::LineFacts)> {
    (0..).zip(&visit.lines)
}

/// The passes of a visit's customer that could pay for some of it now.
pub async fn usable(tx: &TenantTx, id: Id<Appointment>) -> Result<Vec<UsablePass>, SoldError> {
    let visit = bookings::read(tx, id).await?;
    let Some(customer) = visit.customer.as_ref().map(|whose| whose.id) else { return Ok(vec![]) };
    if open_of(tx, &visit).await?.all_minor == 0 {
        return Ok(Vec::new());
    }
    let paid = paid_lines(tx, id).await?;
    let covers = |pass: PassFacts| {
        let lines = placed(&visit)
            .filter(|(place, line)| {
                !paid.contains(place)
                    && line.price_minor > 0
                    && pass.services.contains(&line.service)
            })
            .map(|(place, _)| place)
            .collect();
        UsablePass { pass, lines }
    };
    let good = passes::good_ones(tx, customer).await?;
    let good = good.into_iter().filter(|pass| pass.currency == visit.currency).map(covers);
    Ok(good.filter(|usable| !usable.lines.is_empty()).collect())
}

/// Pays for a line of a visit with a use of its customer's pass.
pub async fn use_pass(
    tx: &mut TenantTx,
    id: Id<Appointment>,
    pass: Id<Pass>,
    line: i16,
    public_url: &str,
) -> Result<PaymentFacts, SoldError> {
    let visit = bookings::hold_visible(tx, id).await?;
    let open = open_of(tx, &visit).await?.all_minor;
    let row = match passes::held(tx, pass).await {
        Ok(row) if is_good(&row, tx.now()) && row.currency == visit.currency => row,
        Ok(_) | Err(SoldError::NotFound) => return Err(SoldError::PassNotGood),
        Err(error) => return Err(error),
    };
    let buyer = SaleRow::read(tx, Id::from_uuid(row.sale_id)).await?.customer;
    if buyer.is_none() || buyer != visit.customer.as_ref().map(|whose| whose.id) {
        return Err(SoldError::PassNotGood);
    }
    let wanted = placed(&visit).find(|(place, _)| *place == line).map(|(_, line)| line);
    let wanted = wanted.filter(|line| row.services.contains(&line.service.uuid()));
    let price = wanted.ok_or(SoldError::NotCovered)?.price_minor;
    if paid_lines(tx, id).await?.contains(&line) {
        return Err(SoldError::LinePaid);
    }
    let amount_minor = price.min(open);
    if amount_minor < 1 {
        return Err(SoldError::NothingDue);
    }
    let (uses, left, cost) = (row.uses, row.uses_left, row.price_minor);
    let worth_minor = worth::left(cost, uses, left) - worth::left(cost, uses, left - 1);
    let name = row.name.clone();
    leave(tx, row, left - 1, SoldState::Used, None).await?;
    let with = With::Pass { pass, line, worth_minor };
    let paying = Paying { with, amount_minor, tip_minor: 0, note: String::new() };
    let payment = pay_visit(tx, &visit, &paying, public_url).await?;
    tx.record(NewEntry::new("pass.used", "pass").on(pass, name));
    let about =
        json!({ "id": pass, "payment": payment, "visit": visit.id, "amount_minor": amount_minor });
    tx.emit(NewEvent::new("pass.used", &about));
    Ok(payments::read(tx, payment).await?)
}
