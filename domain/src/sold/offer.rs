//! What a business sells of vouchers on its page.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult,
    QuerySelect, Statement, sea_query::OnConflict,
};
use uuid::Uuid;

use super::entities::voucher_offer;
use super::error::SoldError;
use super::sale;
use super::vouchers::LONGEST;
use crate::audit::{Change, NewEntry};
use crate::catalog::bounds;
use crate::config::Countries;
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, Location, Tenant};
use crate::locations;
use crate::payments::chargeable::{self, Chargeable};
use crate::payments::{Counter, ProviderName};
use crate::tenancy::{StoreError, TenantTx};
use crate::tenants;

/// What is sold of vouchers online.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherOffer {
    /// Whether any are.
    pub offered: bool,
    /// What is suggested, ascending.
    pub amounts_minor: Vec<i64>,
    /// The least that one is worth.
    pub least_minor: i64,
    /// The most.
    pub most_minor: i64,
    /// For how many months one is good.
    pub months: u32,
    /// Whose till the money belongs to; none: that of the oldest place that is open.
    pub location: Option<Id<Location>>,
}

/// How many amounts can be suggested.
const SUGGESTED: usize = 6;

impl VoucherOffer {
    /// What stands as long as nobody said anything.
    fn unsaid(currency: &str) -> Self {
        let amount = |units: u32| {
            let plain = i64::from(units) * 100;
            let Some(found) = Countries::shipped().currency(currency) else { return plain };
            let whole = i64::from(units) * 10_i64.pow(u32::from(found.digits));
            // Ten of some currencies buy nothing, and of others a lot.
            let alike = found.starter_price_minor(units);
            let sensible = if (whole / 2..=whole * 2).contains(&alike) { whole } else { alike };
            sensible.min(bounds::DEAREST)
        };
        Self {
            offered: false,
            amounts_minor: Vec::new(),
            least_minor: amount(10),
            most_minor: amount(500),
            months: 36,
            location: None,
        }
    }

    /// What can be meant, as far as that needs no tables.
    fn check(&self, faults: &mut Faults) {
        let least = faults.take("/least_minor", sale::price(self.least_minor));
        let most = faults.take("/most_minor", sale::price(self.most_minor));
        if let (Some(least), Some(most)) = (least, most) {
            if least > most {
                let fault = ValueFault::new("too_small", "The most can't be less than the least.");
                faults.note("/most_minor", fault);
            } else if let Some(fault) = self.amount_fault(least, most) {
                faults.note("/amounts_minor", fault);
            }
        }
        if !(1..=LONGEST).contains(&self.months) {
            let fault = ValueFault::new("out_of_range", format!("Between 1 and {LONGEST}."));
            faults.note("/months", fault);
        }
    }

    /// What cards, or whoever takes the money now, don't take: nobody could buy it.
    fn check_chargeable(&self, taker: Option<ProviderName>, currency: &str, faults: &mut Faults) {
        let takes = |minor: i64| match taker {
            Some(taker) => chargeable::check(taker, currency, minor),
            None => chargeable::check_step(currency, minor),
        };
        faults.take("/least_minor", takes(self.least_minor));
        faults.take("/most_minor", takes(self.most_minor));
        if let Some(fault) = self.amounts_minor.iter().find_map(|amount| takes(*amount).err()) {
            faults.note("/amounts_minor", fault);
        }
    }

    /// As much of it as can be bought where this is who takes the money; none, if nothing can.
    fn taken_by(self, taker: ProviderName, currency: &str) -> Option<Self> {
        let by = Chargeable::by(taker, currency);
        let least_minor = chargeable::up(self.least_minor.max(by.least()), by.step());
        let most_minor = chargeable::down(self.most_minor, by.step());
        let mut amounts_minor = self.amounts_minor;
        amounts_minor.retain(|amount| by.takes(*amount));
        let taken = Self { amounts_minor, least_minor, most_minor, ..self };
        (least_minor <= most_minor).then_some(taken)
    }

    fn amount_fault(&self, least: i64, most: i64) -> Option<ValueFault> {
        let amounts = &self.amounts_minor;
        if amounts.len() > SUGGESTED {
            return Some(ValueFault::new("too_many", format!("At most {SUGGESTED}.")));
        }
        if amounts.iter().any(|amount| !(least..=most).contains(amount)) {
            let detail = format!("Each is worth at least {least}, and at most {most}.");
            return Some(ValueFault::new("out_of_range", detail));
        }
        let ascending = amounts.windows(2).all(|pair| pair[0] < pair[1]);
        let fault = || ValueFault::new("not_ascending", "Each once, and the smallest first.");
        (!ascending).then(fault)
    }
}

impl TryFrom<voucher_offer::Model> for VoucherOffer {
    type Error = StoreError;

    fn try_from(row: voucher_offer::Model) -> Result<Self, StoreError> {
        let months = u32::try_from(row.months);
        Ok(Self {
            offered: row.offered,
            amounts_minor: row.amounts_minor,
            least_minor: row.least_minor,
            most_minor: row.most_minor,
            months: months.map_err(|error| StoreError::Unreadable(error.to_string()))?,
            location: row.location_id.map(Id::from_uuid),
        })
    }
}

/// What the business offers, and its version: none has the version 0.
pub async fn read_offer(tx: &TenantTx) -> Result<(VoucherOffer, i32), SoldError> {
    let found = voucher_offer::Entity::find_by_id(tx.tenant().uuid()).one(tx.conn()).await?;
    let currency = tenants::read(tx).await?.currency;
    Ok(standing(found.as_ref(), &currency)?)
}

/// What of an offer stands. Amounts of another currency mean nothing in this one: until somebody says new ones, none
/// are sold.
fn standing(
    row: Option<&voucher_offer::Model>,
    currency: &str,
) -> Result<(VoucherOffer, i32), StoreError> {
    let unsaid = VoucherOffer::unsaid(currency);
    let Some(row) = row else { return Ok((unsaid, 0)) };
    let said = VoucherOffer::try_from(row.clone())?;
    let stands = is_in(row, currency);
    let VoucherOffer { months, location, .. } = said;
    let offer = if stands { said } else { VoucherOffer { months, location, ..unsaid } };
    Ok((offer, row.version))
}

/// Whether an offer was said in this currency.
fn is_in(row: &voucher_offer::Model, currency: &str) -> bool {
    row.currency.as_deref().is_none_or(|said| said == currency)
}

/// Says what is offered from now on; `seen` is the version that the caller knows. Who buys already pays what they were
/// offered.
pub async fn set_offer(
    tx: &mut TenantTx,
    counter: &Counter,
    seen: i64,
    new: VoucherOffer,
) -> Result<(VoucherOffer, i32), SoldError> {
    let held = voucher_offer::Entity::find_by_id(tx.tenant().uuid()).lock_exclusive();
    let held = held.one(tx.conn()).await?;
    let currency = tenants::read(tx).await?.currency;
    let mut faults = Faults::new();
    new.check(&mut faults);
    if new.offered && faults.is_empty() {
        let taker = counter.taker(tx, &currency).await?;
        new.check_chargeable(taker, &currency, &mut faults);
    }
    if let Some(location) = new.location
        && !is_open(tx, location).await?
    {
        faults.note("/location", locations::unknown());
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let (before, version) = standing(held.as_ref(), &currency)?;
    if i64::from(version) != seen {
        return Err(SoldError::Stale);
    }
    let row = voucher_offer::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        offered: Set(new.offered),
        amounts_minor: Set(new.amounts_minor.clone()),
        least_minor: Set(new.least_minor),
        most_minor: Set(new.most_minor),
        months: Set(i16::try_from(new.months).unwrap_or(i16::MAX)),
        location_id: Set(new.location.map(Id::uuid)),
        version: Set(version + 1),
        created_at: Set(held.as_ref().map_or_else(|| tx.now(), |row| row.created_at)),
        updated_at: Set(tx.now()),
        currency: Set(Some(currency)),
    };
    if held.is_some() {
        row.update(tx.conn()).await?;
    } else {
        // Somebody else may have been the first.
        let first = OnConflict::column(voucher_offer::Column::TenantId).do_nothing().to_owned();
        let written = voucher_offer::Entity::insert(row).on_conflict(first);
        if written.exec_without_returning(tx.conn()).await? == 0 {
            return Err(SoldError::Stale);
        }
    }
    let entry = NewEntry::new("voucher_offer.changed", "voucher_offer")
        .on(tx.tenant(), "Vouchers online")
        .changed(changes(&before, &new));
    tx.record(entry);
    Ok((new, version + 1))
}

fn changes(before: &VoucherOffer, after: &VoucherOffer) -> [Change; 6] {
    let place = |offer: &VoucherOffer| offer.location.map(|location| location.to_string());
    [
        Change::of("offered", before.offered, after.offered),
        Change::of("amounts_minor", before.amounts_minor.clone(), after.amounts_minor.clone()),
        Change::of("least_minor", before.least_minor, after.least_minor),
        Change::of("most_minor", before.most_minor, after.most_minor),
        Change::of("months", before.months, after.months),
        Change::of("location", place(before), place(after)),
    ]
}

/// What anybody may see of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicOffer {
    /// What is offered.
    pub offer: VoucherOffer,
    /// In which currency.
    pub currency: String,
    /// Who takes the money.
    pub provider: ProviderName,
}

/// What whoever comes to the business's page can buy.
pub async fn public_offer(tx: &TenantTx, counter: &Counter) -> Result<PublicOffer, SoldError> {
    let offer = offered(tx).await?;
    let currency = tenants::read(tx).await?.currency;
    let provider = counter.taker(tx, &currency).await?.ok_or(SoldError::NoVouchers)?;
    let offer = offer.taken_by(provider, &currency).ok_or(SoldError::NoVouchers)?;
    Ok(PublicOffer { offer, currency, provider })
}

/// What is offered now; a business whose plan isn't paid begins nothing new.
pub(super) async fn offered(tx: &TenantTx) -> Result<VoucherOffer, SoldError> {
    let (offer, _) = read_offer(tx).await?;
    if offer.offered && !tx.caller().facts().read_only {
        Ok(offer)
    } else {
        Err(SoldError::NoVouchers)
    }
}

/// Whether a business offers any that can be paid in this currency where this is who takes the money.
pub(crate) async fn is_offered(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    currency: &str,
    taker: ProviderName,
) -> Result<bool, StoreError> {
    let found = voucher_offer::Entity::find_by_id(tenant.uuid()).one(conn).await?;
    let Some(row) = found.filter(|row| row.offered && is_in(row, currency)) else {
        return Ok(false);
    };
    Ok(VoucherOffer::try_from(row)?.taken_by(taker, currency).is_some())
}

#[derive(FromQueryResult)]
struct Found {
    id: Uuid,
}

const OPEN: &str = "
    select id from locations where tenant_id = $1 and archived_at is null";

async fn is_open(tx: &TenantTx, location: Id<Location>) -> Result<bool, StoreError> {
    let values = [tx.tenant().uuid().into(), location.uuid().into()];
    let sql = format!("{OPEN} and id = $2");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(Found::find_by_statement(statement).one(tx.conn()).await?.is_some())
}

/// Whose till the money belongs to: the place that was said, while it is open, or the oldest that is.
pub(super) async fn till_of(
    tx: &TenantTx,
    offer: &VoucherOffer,
) -> Result<Option<Id<Location>>, StoreError> {
    let values = [tx.tenant().uuid().into(), offer.location.map(Id::uuid).into()];
    let sql = format!("{OPEN} order by (id = $2) is true desc, created_at, id limit 1");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Found::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.map(|found| Id::from_uuid(found.id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(least_minor: i64, amounts_minor: &[i64], most_minor: i64) -> VoucherOffer {
        let amounts_minor = amounts_minor.to_vec();
        let unsaid = VoucherOffer::unsaid("USD");
        VoucherOffer { offered: true, amounts_minor, least_minor, most_minor, ..unsaid }
    }

    fn faulty(offer: &VoucherOffer) -> Vec<String> {
        let mut faults = Faults::new();
        offer.check(&mut faults);
        faults.into_fields().into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn what_can_be_offered() {
        let months = |months| VoucherOffer { months, ..offer(1, &[], 1) };
        for good in [
            offer(1, &[], 1),
            offer(1_000, &[1_000, 5_000, 50_000], 50_000),
            offer(1, &[1, 2, 3, 4, 5, 6], 10_000_000_000),
            months(120),
        ] {
            assert!(faulty(&good).is_empty(), "{good:?}");
        }
        for (wrong, field) in [
            (offer(0, &[], 1), "/least_minor"),
            (offer(-1, &[], 1), "/least_minor"),
            (offer(1, &[], 10_000_000_001), "/most_minor"),
            (offer(1, &[], i64::MAX), "/most_minor"),
            (offer(2, &[], 1), "/most_minor"),
            (offer(5, &[4], 9), "/amounts_minor"),
            (offer(5, &[10], 9), "/amounts_minor"),
            (offer(1, &[3, 2], 9), "/amounts_minor"),
            (offer(1, &[3, 3], 9), "/amounts_minor"),
            (offer(1, &[1, 2, 3, 4, 5, 6, 7], 9), "/amounts_minor"),
            (months(0), "/months"),
            (months(121), "/months"),
        ] {
            assert_eq!(faulty(&wrong), [field], "{wrong:?}");
        }
    }

    #[test]
    fn what_nobody_takes_is_not_offered() {
        let refused = |offer: &VoucherOffer, taker, currency| {
            let mut faults = Faults::new();
            offer.check_chargeable(taker, currency, &mut faults);
            faults.into_fields().into_iter().map(|fault| fault.field).collect::<Vec<_>>()
        };
        let (stripe, payfast) = (Some(ProviderName::Stripe), Some(ProviderName::PayFast));
        assert!(refused(&offer(50, &[2_500], 50_000), stripe, "USD").is_empty());
        assert_eq!(refused(&offer(30, &[2_500], 50_000), stripe, "USD"), ["/least_minor"]);
        assert_eq!(refused(&offer(300, &[2_500], 50_000), payfast, "ZAR"), ["/least_minor"]);
        // Without anybody who takes money it is about coins alone.
        assert!(refused(&offer(30, &[2_500], 50_000), None, "USD").is_empty());
        assert_eq!(refused(&offer(10, &[10_005], 50_000), None, "KWD"), ["/amounts_minor"]);
        assert_eq!(refused(&offer(10, &[], 50_005), stripe, "KWD"), ["/most_minor"]);
        // What was offered before is shown as far as it can be bought.
        let shown = offer(30, &[40, 2_500], 50_000).taken_by(ProviderName::Stripe, "USD").unwrap();
        assert_eq!((shown.least_minor, &*shown.amounts_minor), (50, &[2_500][..]));
        let shown = offer(5, &[10_005, 10_010], 50_005).taken_by(ProviderName::Stripe, "KWD");
        let shown = shown.unwrap();
        assert_eq!((shown.least_minor, shown.most_minor), (10, 50_000));
        assert_eq!(shown.amounts_minor, [10_010]);
        assert_eq!(offer(30, &[40], 49).taken_by(ProviderName::Stripe, "USD"), None);
    }

    #[test]
    fn what_nobody_said_is_of_use_in_every_currency() {
        for code in Countries::shipped().currencies() {
            let unsaid = VoucherOffer::unsaid(code);
            assert!(faulty(&unsaid).is_empty(), "{code}: {unsaid:?}");
            assert!(!unsaid.offered && unsaid.least_minor < unsaid.most_minor, "{code}");
        }
        let dollars = VoucherOffer::unsaid("USD");
        assert_eq!((dollars.least_minor, dollars.most_minor), (1_000, 50_000));
    }
}
