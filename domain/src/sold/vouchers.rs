//! Gift vouchers: sold, found and shown.

use std::fmt;

use chrono::{Months, NaiveDate};
use chrono_tz::Tz;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbBackend, EntityTrait, FromQueryResult,
    QueryFilter, QuerySelect, Statement,
};
use serde_json::json;
use uuid::Uuid;

use super::code::Code;
use super::entities::voucher;
use super::error::SoldError;
use super::mails;
use super::sale::{self, Desk, SaleRow, Sold, Until};
use super::words::{SoldState, What};
use crate::audit::NewEntry;
use crate::config::LOCALES;
use crate::fault::{Faults, ValueFault};
use crate::ids::{Customer, Id, Location, Payment, Sale, Voucher};
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::payments::Way;
use crate::payments::amounts::shown;
use crate::secrets::Place;
use crate::tenancy::{StoreError, TenantTx};
use crate::tenants;
use crate::text::{self, Email};
use crate::time::Instant;

/// A voucher that somebody buys at the desk.
#[derive(Debug, Clone)]
pub struct NewVoucher {
    /// Where.
    pub location: Id<Location>,
    /// How much.
    pub value_minor: i64,
    /// How it is paid.
    pub way: Way,
    /// Who buys it, if that is known.
    pub customer: Option<Id<Customer>>,
    /// Whom it is for.
    pub recipient_name: String,
    /// Where its code is sent.
    pub recipient_email: Option<String>,
    /// In which language.
    pub recipient_locale: Option<String>,
    /// What the giver says.
    pub message: String,
    /// How many months it is good for.
    pub months: u32,
    /// What staff want said of the payment.
    pub note: String,
}

/// A voucher.
#[derive(Debug, Clone, PartialEq)]
pub struct VoucherFacts {
    /// Its id.
    pub id: Id<Voucher>,
    /// How it was sold.
    pub sale: Id<Sale>,
    /// How it stands.
    pub state: SoldState,
    /// What it was worth when it was sold.
    pub value_minor: i64,
    /// What is left.
    pub left_minor: i64,
    /// In which currency.
    pub currency: String,
    /// The last letters of its code.
    pub code_end: String,
    /// Who bought it.
    pub customer: Option<Id<Customer>>,
    /// What they are called.
    pub customer_name: Option<String>,
    /// Whom it is for.
    pub recipient_name: String,
    /// Where its code was sent.
    pub recipient_email: Option<String>,
    /// What the giver says.
    pub message: String,
    /// The last day on which it is good.
    pub last_day: NaiveDate,
    /// Who sold it.
    pub sold_by: String,
    /// Where.
    pub location: Id<Location>,
    /// When.
    pub created_at: Instant,
    /// When its code was sent last.
    pub mailed_at: Option<Instant>,
}

/// A voucher that was just sold.
#[derive(Clone)]
pub struct SoldVoucher {
    /// The voucher.
    pub voucher: VoucherFacts,
    /// Its code, to be handed over.
    pub code: String,
    /// What was paid for it.
    pub payment: Id<Payment>,
}

/// Its code is money: it isn't printed.
impl fmt::Debug for SoldVoucher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { voucher, payment, .. } = self;
        let mut shown = f.debug_struct("SoldVoucher");
        shown.field("voucher", voucher).field("payment", payment).finish_non_exhaustive()
    }
}

/// Which vouchers are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct VoucherFilter {
    /// Those that stand so.
    pub state: Option<SoldState>,
    /// Those that this customer bought.
    pub customer: Option<Id<Customer>>,
}

/// The longest that a voucher is good for, in months.
pub(super) const LONGEST: u32 = 120;

struct Wanted {
    recipient_name: String,
    recipient_email: Option<Email>,
    message: String,
    note: String,
}

/// What can be meant, as far as that needs no tables.
fn check(new: &NewVoucher, faults: &mut Faults) -> Option<Wanted> {
    faults.take("/value_minor", sale::price(new.value_minor));
    let recipient_name = faults.take("/recipient_name", text::line(&new.recipient_name, 0, 120));
    let message = faults.take("/message", text::prose(&new.message, 0, 300));
    let note = faults.take("/note", text::prose(&new.note, 0, 300));
    let given = new.recipient_email.as_deref().map(str::trim).filter(|email| !email.is_empty());
    let recipient_email = faults.given("/recipient_email", given, Email::parse);
    if new.recipient_locale.as_deref().is_some_and(|locale| !LOCALES.contains(&locale)) {
        let fault = ValueFault::new("unknown_locale", "There are no texts in this language.");
        faults.note("/recipient_locale", fault);
    }
    if !(1..=LONGEST).contains(&new.months) {
        let fault = ValueFault::new("out_of_range", format!("Between 1 and {LONGEST}."));
        faults.note("/months", fault);
    }
    Some(Wanted {
        recipient_name: recipient_name?,
        recipient_email,
        message: message?,
        note: note?,
    })
}

/// Sells a voucher at the desk. Its code is mailed to whom it is for, if there is an address.
pub async fn sell(tx: &mut TenantTx, new: &NewVoucher) -> Result<SoldVoucher, SoldError> {
    let mut faults = Faults::new();
    let wanted = check(new, &mut faults);
    let desk = Desk {
        location: new.location,
        customer: new.customer,
        way: new.way,
        note: wanted.as_ref().map_or_else(String::new, |wanted| wanted.note.clone()),
    };
    let counter = desk.check(tx, &mut faults).await?;
    let (Some(wanted), Some(counter), true) = (wanted, counter, faults.is_empty()) else {
        return Err(faults.into());
    };
    let business = tenants::read(tx).await?;
    let sold = Sold {
        what: What::Voucher,
        title: shown(new.value_minor, &business.currency, &business.locale),
        price_minor: new.value_minor,
        currency: business.currency,
    };
    let (sale, payment) = sale::sell(tx, &desk, &sold).await?;
    let payment = payment.ok_or_else(|| StoreError::Unreadable("a sale for nothing".into()))?;
    let to = wanted.recipient_email;
    let terms = Terms {
        value_minor: new.value_minor,
        months: new.months,
        zone: sale::zone(&counter.place.time_zone)?,
        recipient_name: wanted.recipient_name,
        recipient_locale: new.recipient_locale.clone(),
        message: wanted.message,
        mailed_to: to.as_ref().map(|to| to.shown().to_owned()),
    };
    let (row, code) = issue(tx, &sale, &sold.title, terms).await?;
    if let Some(to) = &to {
        let giver = counter.customer.map(|customer| customer.name);
        mails::send(tx, &row, &code, to, giver).await?;
    }
    let voucher = read(tx, Id::from_uuid(row.id)).await?;
    Ok(SoldVoucher { voucher, code: code.shown(), payment })
}

/// What a voucher is worth, for how long and for whom.
pub(super) struct Terms {
    pub(super) value_minor: i64,
    /// Counted from today, where it is sold.
    pub(super) months: u32,
    pub(super) zone: Tz,
    pub(super) recipient_name: String,
    pub(super) recipient_locale: Option<String>,
    pub(super) message: String,
    /// Where its code is sent at once.
    pub(super) mailed_to: Option<String>,
}

/// Writes down the voucher of a sale that was paid, with a new code.
pub(super) async fn issue(
    tx: &mut TenantTx,
    sale: &SaleRow,
    title: &str,
    terms: Terms,
) -> Result<(voucher::Model, Code), StoreError> {
    let today = tx.now().with_timezone(&terms.zone).date_naive();
    let until = today.checked_add_months(Months::new(terms.months));
    let until = until.and_then(|last| Until::end_of(last, terms.zone));
    let until = until.ok_or_else(|| StoreError::Unreadable("the end of a voucher".into()))?;
    let (id, code) = (tx.new_id::<Voucher>(), Code::generate(tx.entropy()));
    let row = voucher::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(id.uuid()),
        sale_id: Set(sale.id.uuid()),
        code_hash: Set(code.hash()),
        code_sealed: Set(Some(tx.tools().seal(&place(id), code.letters().as_bytes())?)),
        code_end: Set(code.end().to_owned()),
        state: Set(SoldState::Active.key().to_owned()),
        value_minor: Set(terms.value_minor),
        left_minor: Set(terms.value_minor),
        currency: Set(sale.currency.clone()),
        recipient_name: Set(terms.recipient_name),
        mailed_at: Set(terms.mailed_to.as_ref().map(|_| tx.now())),
        recipient_email: Set(terms.mailed_to),
        recipient_locale: Set(terms.recipient_locale),
        message: Set(terms.message),
        last_day: Set(until.last_day),
        expires_at: Set(until.expires_at),
        taken_away_at: Set(None),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let row = row.insert(tx.conn()).await?;
    tx.record(NewEntry::new("voucher.sold", "voucher").on(id, format!("{title} …{}", code.end())));
    tx.emit(NewEvent::new("voucher.sold", &json!({ "id": id })));
    Ok((row, code))
}

/// Where a code is sealed.
fn place(id: Id<Voucher>) -> Place {
    Place { table: "vouchers", column: "code_sealed", row: id.uuid() }
}

/// The code of a voucher; none, if it was forgotten with whom it was for.
pub(super) fn opened(tx: &TenantTx, row: &voucher::Model) -> Result<Code, SoldError> {
    let sealed = row.code_sealed.as_ref().ok_or(SoldError::CodeGone)?;
    let letters = tx.tools().open(&place(Id::from_uuid(row.id)), sealed)?;
    let letters = String::from_utf8(letters).ok();
    let code = letters.and_then(|letters| Code::parse(&letters));
    Ok(code.ok_or_else(|| StoreError::Unreadable("the code of a voucher".into()))?)
}

/// A voucher's row.
pub(super) async fn row(tx: &TenantTx, id: Id<Voucher>) -> Result<voucher::Model, SoldError> {
    let found = voucher::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    found.one(tx.conn()).await?.ok_or(SoldError::NotFound)
}

/// The same, held until the transaction ends.
pub(super) async fn held(tx: &TenantTx, id: Id<Voucher>) -> Result<voucher::Model, SoldError> {
    let found = voucher::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    found.lock_exclusive().one(tx.conn()).await?.ok_or(SoldError::NotFound)
}

/// The voucher of a code that somebody typed, held until the transaction ends.
pub(super) async fn held_by_code(
    tx: &TenantTx,
    typed: &str,
) -> Result<Option<voucher::Model>, StoreError> {
    let Some(code) = Code::parse(typed) else { return Ok(None) };
    let found = voucher::Entity::find()
        .filter(voucher::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(voucher::Column::CodeHash.eq(code.hash()))
        .lock_exclusive();
    Ok(found.one(tx.conn()).await?)
}

/// Whether one can pay with it now.
pub(super) fn is_good(row: &voucher::Model, now: Instant) -> bool {
    row.state == SoldState::Active.key() && row.expires_at > now
}

/// Shows the code of a voucher once more.
pub async fn show_code(tx: &mut TenantTx, id: Id<Voucher>) -> Result<String, SoldError> {
    let row = row(tx, id).await?;
    let code = opened(tx, &row)?;
    tx.record(NewEntry::new("voucher.code_shown", "voucher").on(id, named(&row)));
    Ok(code.shown())
}

/// What the log calls a voucher.
pub(super) fn named(row: &voucher::Model) -> String {
    format!("{} …{}", shown(row.value_minor, &row.currency, "en"), row.code_end)
}

/// The voucher of a code that somebody shows at the desk.
pub async fn find(tx: &TenantTx, typed: &str) -> Result<VoucherFacts, SoldError> {
    let code = Code::parse(typed).ok_or(SoldError::NotFound)?;
    let found = select(tx, "and v.code_hash = $3", vec![code.hash().into()]).await?;
    found.into_iter().next().ok_or(SoldError::NotFound)
}

/// One voucher.
pub async fn read(tx: &TenantTx, id: Id<Voucher>) -> Result<VoucherFacts, SoldError> {
    let found = select(tx, "and v.id = $3", vec![id.uuid().into()]).await?;
    found.into_iter().next().ok_or(SoldError::NotFound)
}

/// The vouchers of these ids.
pub(crate) async fn vouchers_of(
    tx: &TenantTx,
    ids: Vec<Uuid>,
) -> Result<Vec<VoucherFacts>, StoreError> {
    select(tx, "and v.id = any($3)", vec![ids.into()]).await
}

/// Vouchers, the newest first.
pub async fn list(
    tx: &TenantTx,
    filter: &VoucherFilter,
    window: Window<Voucher>,
) -> Result<Paged<VoucherFacts>, SoldError> {
    let which = "
        and ($3::text is null or $3 = case when v.state = 'active' and v.expires_at <= $2
                                           then 'expired' else v.state end)
        and ($4::uuid is null or s.customer_id = $4)
        and ($5::uuid is null or v.id < $5)
        order by v.id desc limit $6";
    let values = vec![
        filter.state.map(SoldState::key).into(),
        filter.customer.map(Id::uuid).into(),
        window.after.map(Id::uuid).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
    ];
    Ok(window.cut(select(tx, which, values).await?, |voucher| voucher.id))
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    sale_id: Uuid,
    state: String,
    value_minor: i64,
    left_minor: i64,
    currency: String,
    code_end: String,
    customer_id: Option<Uuid>,
    customer_name: Option<String>,
    recipient_name: String,
    recipient_email: Option<String>,
    message: String,
    last_day: NaiveDate,
    sold_by: String,
    location_id: Uuid,
    created_at: Instant,
    mailed_at: Option<Instant>,
}

impl TryFrom<Row> for VoucherFacts {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: Id::from_uuid(row.id),
            sale: Id::from_uuid(row.sale_id),
            state: SoldState::stored(&row.state)?,
            value_minor: row.value_minor,
            left_minor: row.left_minor,
            currency: row.currency,
            code_end: row.code_end,
            customer: row.customer_id.map(Id::from_uuid),
            customer_name: row.customer_name,
            recipient_name: row.recipient_name,
            recipient_email: row.recipient_email,
            message: row.message,
            last_day: row.last_day,
            sold_by: row.sold_by,
            location: Id::from_uuid(row.location_id),
            created_at: row.created_at,
            mailed_at: row.mailed_at,
        })
    }
}

/// Behind it: which of them. What is over is over, also before somebody wrote it down.
const SHOWN: &str = "
    select v.id, v.sale_id, v.value_minor, v.currency, v.code_end, s.customer_id,
           c.name as customer_name, v.recipient_name, v.recipient_email, v.message, v.last_day,
           s.sold_by, s.location_id, v.created_at, v.mailed_at,
           case when v.state = 'active' and v.expires_at <= $2 then 'expired' else v.state end as state,
           case when v.expires_at <= $2 then 0 else v.left_minor end as left_minor
    from vouchers v
    join sales s on s.tenant_id = v.tenant_id and s.id = v.sale_id
    left join customers c on c.tenant_id = s.tenant_id and c.id = s.customer_id
    where v.tenant_id = $1";

async fn select(
    tx: &TenantTx,
    which: &str,
    mut more: Vec<sea_orm::Value>,
) -> Result<Vec<VoucherFacts>, StoreError> {
    let mut values = vec![tx.tenant().uuid().into(), tx.now().into()];
    values.append(&mut more);
    let sql = format!("{SHOWN} {which}");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    rows.into_iter().map(VoucherFacts::try_from).collect()
}
