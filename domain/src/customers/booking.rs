//! Who books: somebody whom the business knows, or somebody new.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::CustomerError;
use super::check::{LONGEST_NAME, unless_empty};
use super::write::{Record, insert, note_created};
use crate::fault::Faults;
use crate::ids::{Customer, Id, MergeSuggestion};
use crate::messaging::Channel;
use crate::phone::Phone;
use crate::tenancy::{StoreError, TenantTx};
use crate::tenants;
use crate::text::{self, Email};

/// A customer whose something is: the least that has to be known of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    /// Which customer.
    pub id: Id<Customer>,
    /// What they are called.
    pub name: String,
    /// Where mails go.
    pub email: Option<String>,
    /// Where calls go.
    pub phone: Option<String>,
    /// Their language, if they ever said.
    pub locale: Option<String>,
    /// The way by which they want to hear, if they ever said.
    pub channel: Option<Channel>,
}

/// Who somebody says they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The name, as it is shown.
    pub name: String,
    /// The address, if given.
    pub email: Option<Email>,
    /// The number, if given.
    pub phone: Option<Phone>,
    /// The language, if known.
    pub locale: Option<String>,
}

/// Who somebody says they are, as it is typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct TypedContact<'a> {
    /// The name.
    pub name: &'a str,
    /// The address. Nothing typed is nothing given.
    pub email: Option<&'a str>,
    /// The number.
    pub phone: Option<&'a str>,
    /// The language.
    pub locale: Option<&'a str>,
}

impl TypedContact<'_> {
    /// Whom that can mean, in a country with its way of dialling. Faults point into `field`.
    pub fn check(&self, field: &str, country: &str, faults: &mut Faults) -> Option<Contact> {
        let at = |name: &str| format!("{field}/{name}");
        let name = faults.take(&at("name"), text::line(self.name, 1, LONGEST_NAME));
        let email = faults.given(&at("email"), self.email, |e| unless_empty(e, Email::parse));
        let phone = |text: &str| Phone::parse(text, country);
        let phone = faults.given(&at("phone"), self.phone, |p| unless_empty(p, phone));
        let locale = |text: &str| unless_empty(text, tenants::locale);
        let locale = faults.given(&at("locale"), self.locale, locale);
        let (email, phone, locale) = (email.flatten(), phone.flatten(), locale.flatten());
        Some(Contact { name: name?, email, phone, locale })
    }
}

/// The customer who books. The same name with the same address or number is the same person, and
/// their record stays as it is, whatever else was typed. Anybody else is new; if they share an
/// address or a number with somebody, a merge is suggested. One statement for a known customer, two
/// for a new one.
pub async fn for_booking(tx: &mut TenantTx, contact: &Contact) -> Result<Whose, CustomerError> {
    Ok(met(tx, contact).await?.0)
}

/// Who else is known with somebody's address or number, and what doesn't go together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Likeness {
    /// Whose records have the same address or number, their own among them if there was one.
    pub(crate) ids: Vec<Id<Customer>>,
    /// Whether the address is known, under other names only.
    pub(crate) other_name: bool,
    /// Whether the address is known, with other numbers only.
    pub(crate) other_phone: bool,
}

impl Likeness {
    fn of(contact: &Contact, alike: &[Alike]) -> Self {
        let name_key = text::fold(&contact.name);
        // Records that were merged are found one by one, and are one person.
        let people: Vec<_> =
            alike.iter().filter(|other| other.same_email).map(|other| other.id).collect();
        let known = || alike.iter().filter(|other| people.contains(&other.id));
        let other_name = !people.is_empty() && !known().any(|other| other.name_key == name_key);
        let has_phone = known().any(|other| other.phone.is_some());
        let other_phone =
            contact.phone.is_some() && has_phone && !known().any(|other| other.same_phone);
        let mut ids: Vec<_> = alike.iter().map(|other| Id::from_uuid(other.id)).collect();
        ids.sort_unstable();
        ids.dedup();
        Self { ids, other_name, other_phone }
    }
}

/// The same for somebody whose record is known.
pub(crate) async fn likeness(tx: &TenantTx, contact: &Contact) -> Result<Likeness, StoreError> {
    Ok(Likeness::of(contact, &alike(tx, contact).await?))
}

/// The customer who books, and who was known with this address or number before.
pub(crate) async fn met(
    tx: &mut TenantTx,
    contact: &Contact,
) -> Result<(Whose, Likeness), CustomerError> {
    let name_key = text::fold(&contact.name);
    let alike = alike(tx, contact).await?;
    let likeness = Likeness::of(contact, &alike);
    if let Some(known) = alike.iter().find(|other| other.name_key == name_key) {
        return Ok((known.whose(), likeness));
    }
    let record = Record {
        name: contact.name.clone(),
        email: contact.email.clone(),
        phone: contact.phone.clone(),
        locale: contact.locale.clone(),
        note: String::new(),
        tags: Vec::new(),
        source: "booking",
    };
    let row = record.into_row(tx);
    let id = Id::from_uuid(*row.id.as_ref());
    let whose = Whose {
        id,
        name: contact.name.clone(),
        email: row.email.as_ref().clone(),
        phone: row.phone.as_ref().clone(),
        locale: contact.locale.clone(),
        channel: None,
    };
    insert(tx, vec![row]).await?;
    suggest(tx, id, &alike).await?;
    note_created(tx, id, "booking");
    Ok((whose, likeness))
}

#[derive(FromQueryResult)]
struct Held {
    id: Uuid,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    locale: Option<String>,
    channel: Option<Channel>,
}

/// A live customer, who stays as they are until this transaction ends: a merge or an erasure waits.
pub(crate) async fn hold_still(
    tx: &TenantTx,
    id: Id<Customer>,
) -> Result<Option<Whose>, StoreError> {
    let sql = "select id, name, email, phone, locale, channel from customers
               where tenant_id = $1 and id = $2 and merged_into is null and archived_at is null
                 and erased_at is null
               for key share";
    let values = [tx.tenant().uuid().into(), id.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Held::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.map(|Held { id, name, email, phone, locale, channel }| Whose {
        id: Id::from_uuid(id),
        name,
        email,
        phone,
        locale,
        channel,
    }))
}

/// A customer with the same address or number.
#[derive(Debug, FromQueryResult)]
pub(super) struct Alike {
    /// The live record: the one itself, or the one that it became part of.
    pub(super) id: Uuid,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    locale: Option<String>,
    channel: Option<Channel>,
    /// The name of the record that was found.
    pub(super) name_key: String,
    pub(super) same_email: bool,
    pub(super) same_phone: bool,
}

impl Alike {
    fn reason(&self) -> &'static str {
        match (self.same_email, self.same_phone) {
            (true, true) => "email_and_phone",
            (true, false) => "email",
            _ => "phone",
        }
    }

    fn whose(&self) -> Whose {
        Whose {
            id: Id::from_uuid(self.id),
            name: self.name.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            locale: self.locale.clone(),
            channel: self.channel,
        }
    }
}

/// Records that were merged are still recognised and stand for the one that was kept in the end.
/// Whoever is found stays as they are until this transaction ends: a merge waits, and takes the
/// visit along.
const ALIKE: &str = "
    with recursive found as (
        select c.id, c.name_key, c.merged_into, coalesce(c.email_key = $2, false) as same_email,
               coalesce(c.phone = $3, false) as same_phone
        from customers c
        where c.tenant_id = $1 and (c.email_key = $2 or c.phone = $3)
          and c.erased_at is null and c.archived_at is null
        order by c.id limit 100
    ), kept (origin, id, merged_into) as (
        select id, id, merged_into from found
        union
        select kept.origin, c.id, c.merged_into
        from kept join customers c on c.tenant_id = $1 and c.id = kept.merged_into
    )
    select c.id, c.name, c.email, c.phone, c.locale, c.channel, found.name_key, found.same_email, found.same_phone
    from found
    join kept on kept.origin = found.id and kept.merged_into is null
    join customers c on c.tenant_id = $1 and c.id = kept.id
    where c.merged_into is null and c.erased_at is null and c.archived_at is null
    order by c.id, found.id
    for key share of c";

/// Live customers with this address or number, the oldest first (and held in that order, like
/// everywhere).
pub(super) async fn alike(tx: &TenantTx, contact: &Contact) -> Result<Vec<Alike>, StoreError> {
    if contact.email.is_none() && contact.phone.is_none() {
        return Ok(Vec::new());
    }
    let values = [
        tx.tenant().uuid().into(),
        contact.email.as_ref().map(|email| email.key().to_owned()).into(),
        contact.phone.as_ref().map(ToString::to_string).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, ALIKE, values);
    Ok(Alike::find_by_statement(statement).all(tx.conn()).await?)
}

const SUGGEST: &str = "
    insert into merge_suggestions (tenant_id, id, customer_id, other_id, reason, created_at)
    select $1, s.id, least(s.other_id, $2), greatest(s.other_id, $2), s.reason, $3
    from unnest($4::uuid[], $5::uuid[], $6::text[]) as s (id, other_id, reason)
    on conflict on constraint merge_suggestions_once do nothing";

/// Suggests that a customer may be one of these. The older record comes first, so that a pair has
/// one place.
pub(super) async fn suggest(
    tx: &TenantTx,
    of: Id<Customer>,
    alike: &[Alike],
) -> Result<(), StoreError> {
    let mut others: Vec<_> =
        alike.iter().filter(|other| other.id != of.uuid()).map(|o| (o.id, o.reason())).collect();
    others.sort_unstable();
    others.dedup_by_key(|(id, _)| *id);
    if others.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = others.iter().map(|_| tx.new_id::<MergeSuggestion>().uuid()).collect();
    let (others, reasons): (Vec<_>, Vec<_>) =
        others.into_iter().map(|(id, reason)| (id, reason.to_owned())).unzip();
    let values = [
        tx.tenant().uuid().into(),
        of.uuid().into(),
        tx.now().into(),
        ids.into(),
        others.into(),
        reasons.into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, SUGGEST, values);
    tx.conn().execute_raw(statement).await?;
    Ok(())
}
