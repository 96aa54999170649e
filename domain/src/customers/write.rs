//! Making and changing customers.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult,
    Statement,
};
use serde_json::{Value, json};

use super::booking::{Contact, alike, suggest};
use super::check::{Wanted, check};
use super::consents::standing;
use super::entities::customer;
use super::find::held_at;
use super::{CustomerChange, CustomerError, CustomerFacts, NewCustomer, line_about};
use crate::audit::Change;
use crate::ids::{Customer, Id};
use crate::messaging::Channel;
use crate::outbox::NewEvent;
use crate::patch::Patch;
use crate::phone::Phone;
use crate::tenancy::{StoreError, TenantTx};
use crate::tenants;
use crate::text::{self, Email};

/// Makes a customer's record. If they share an address or a number with somebody, a merge is
/// suggested.
pub async fn create(tx: &mut TenantTx, new: &NewCustomer) -> Result<CustomerFacts, CustomerError> {
    let change = CustomerChange {
        name: Some(new.name.clone()),
        email: new.email.clone(),
        phone: new.phone.clone(),
        locale: new.locale.clone(),
        note: Some(new.note.clone()),
        tags: Some(new.tags.clone()),
        channel: Patch::Keep,
    };
    let wanted = check(&change, &country_for(tx, change.phone.as_deref()).await?)?;
    let record = Record {
        name: wanted.name.unwrap_or_default(),
        email: wanted.email.flatten(),
        phone: wanted.phone.flatten(),
        locale: wanted.locale.flatten(),
        note: wanted.note.unwrap_or_default(),
        tags: wanted.tags.unwrap_or_default(),
        source: "staff",
    };
    let contact = record.contact();
    let found = alike(tx, &contact).await?;
    let row = record.into_row(tx);
    let row = row.insert(tx.conn()).await?;
    let facts = CustomerFacts::new(row, Vec::new());
    suggest(tx, facts.id, &found).await?;
    note_created(tx, facts.id, "staff");
    Ok(facts)
}

/// Changes a record; `seen` is the version that the caller knows.
pub async fn update(
    tx: &mut TenantTx,
    id: Id<Customer>,
    seen: i64,
    change: &CustomerChange,
) -> Result<CustomerFacts, CustomerError> {
    let wanted = check(change, &country_for(tx, change.phone.as_deref()).await?)?;
    let before = held_at(tx, id, seen).await?;
    let mut row = changed(before.clone(), wanted, tx);
    match change.channel {
        Patch::Keep => {}
        Patch::Clear => row.channel = Set(None),
        Patch::Put(channel) => row.channel = Set(Some(channel.key().to_owned())),
    }
    let after = row.update(tx.conn()).await?;
    if (&after.email_key, &after.phone) != (&before.email_key, &before.phone) {
        let found = alike(tx, &contact_of(&after)).await?;
        suggest(tx, id, &found).await?;
    }
    tx.record(line_about("customer.updated", id).changed(differences(&before, &after)));
    tx.emit(NewEvent::new("customer.updated", &json!({ "id": id })));
    let standing = standing(tx, id).await?;
    Ok(CustomerFacts::new(after, standing))
}

/// A new record's content.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) name: String,
    pub(super) email: Option<Email>,
    pub(super) phone: Option<Phone>,
    pub(super) locale: Option<String>,
    pub(super) note: String,
    pub(super) tags: Vec<String>,
    pub(super) source: &'static str,
}

impl Record {
    pub(super) fn contact(&self) -> Contact {
        Contact {
            name: self.name.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            locale: self.locale.clone(),
        }
    }

    pub(super) fn into_row(self, tx: &TenantTx) -> customer::ActiveModel {
        customer::ActiveModel {
            tenant_id: Set(tx.tenant().uuid()),
            id: Set(tx.new_id::<Customer>().uuid()),
            name_key: Set(text::fold(&self.name)),
            name: Set(self.name),
            email_key: Set(self.email.as_ref().map(|email| email.key().to_owned())),
            email: Set(self.email.map(|email| email.shown().to_owned())),
            phone: Set(self.phone.map(|phone| phone.to_string())),
            locale: Set(self.locale),
            channel: Set(None),
            note: Set(self.note),
            tags: Set(self.tags),
            medical: Set(None),
            medical_at: Set(None),
            source: Set(self.source.to_owned()),
            version: Set(1),
            created_at: Set(tx.now()),
            updated_at: Set(tx.now()),
            merged_into: Set(None),
            erased_at: Set(None),
            archived_at: Set(None),
        }
    }
}

pub(super) async fn insert(
    tx: &TenantTx,
    rows: Vec<customer::ActiveModel>,
) -> Result<(), StoreError> {
    customer::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// That somebody is new.
pub(super) fn note_created(tx: &mut TenantTx, id: Id<Customer>, source: &'static str) {
    let from = [Change::of("source", Value::Null, source)];
    tx.record(line_about("customer.created", id).changed(from));
    tx.emit(NewEvent::new("customer.created", &json!({ "id": id })));
}

fn changed(row: customer::Model, wanted: Wanted, tx: &TenantTx) -> customer::ActiveModel {
    let version = row.version;
    let mut row: customer::ActiveModel = row.into();
    if let Some(name) = wanted.name {
        row.name_key = Set(text::fold(&name));
        row.name = Set(name);
    }
    if let Some(email) = wanted.email {
        row.email_key = Set(email.as_ref().map(|email| email.key().to_owned()));
        row.email = Set(email.map(|email| email.shown().to_owned()));
    }
    if let Some(phone) = wanted.phone {
        row.phone = Set(phone.map(|phone| phone.to_string()));
    }
    if let Some(locale) = wanted.locale {
        row.locale = Set(locale);
    }
    if let Some(note) = wanted.note {
        row.note = Set(note);
    }
    if let Some(tags) = wanted.tags {
        row.tags = Set(tags);
    }
    row.version = Set(version + 1);
    row.updated_at = Set(tx.now());
    row
}

/// Which fields are others now. What is in them is the customer's, and the log can't be erased.
fn differences(before: &customer::Model, after: &customer::Model) -> Vec<Change> {
    let fields = [
        ("name", before.name != after.name),
        ("email", before.email != after.email),
        ("phone", before.phone != after.phone),
        ("note", before.note != after.note),
    ];
    let mut changes: Vec<_> = fields
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(f, _)| Change::masked(f))
        .collect();
    changes.push(Change::of("locale", before.locale.clone(), after.locale.clone()));
    changes.push(Change::of("channel", before.channel.clone(), after.channel.clone()));
    changes.push(Change::of("tags", before.tags.clone(), after.tags.clone()));
    changes
}

/// What is stored, as somebody would say it.
fn contact_of(row: &customer::Model) -> Contact {
    Contact {
        name: row.name.clone(),
        email: row.email.as_deref().and_then(|email| Email::parse(email).ok()),
        phone: row.phone.clone().map(Phone::stored),
        locale: row.locale.clone(),
    }
}

/// The country that national numbers are read in; only asked for where there is one to read.
pub(super) async fn country_for(
    tx: &TenantTx,
    phone: Option<&str>,
) -> Result<String, CustomerError> {
    let national = phone.is_some_and(|phone| !phone.trim().is_empty());
    if national { Ok(tenants::country(tx).await?) } else { Ok(String::new()) }
}

/// A customer says by which way they want to hear.
pub(crate) async fn choose_channel(
    tx: &mut TenantTx,
    id: Id<Customer>,
    channel: Option<Channel>,
) -> Result<(), StoreError> {
    let sql = "update customers set channel = $3, version = version + 1, updated_at = $4
               where tenant_id = $1 and id = $2 and channel is distinct from $3";
    let word = channel.map(|channel| channel.key().to_owned());
    let values =
        [tx.tenant().uuid().into(), id.uuid().into(), word.clone().into(), tx.now().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    if tx.conn().execute_raw(statement).await?.rows_affected() == 1 {
        let change = Change::of("channel", Value::Null, word);
        tx.record(line_about("customer.updated", id).changed([change]));
        tx.emit(NewEvent::new("customer.updated", &json!({ "id": id })));
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct Chosen {
    channel: Option<Channel>,
}

async fn chosen(
    tx: &TenantTx,
    sql: &str,
    values: Vec<sea_orm::Value>,
) -> Result<Option<Channel>, StoreError> {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Chosen::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.and_then(|found| found.channel))
}

/// By which way a customer wants to hear, if they ever said.
pub(crate) async fn chosen_channel(
    tx: &TenantTx,
    id: Id<Customer>,
) -> Result<Option<Channel>, StoreError> {
    let sql = "select channel from customers
               where tenant_id = $1 and id = $2 and erased_at is null";
    chosen(tx, sql, vec![tx.tenant().uuid().into(), id.uuid().into()]).await
}

/// The same of somebody who is recognised as when they book: by the name with an address or a number.
/// Nobody is held.
pub(crate) async fn channel_chosen_by(
    tx: &TenantTx,
    (name, email, phone): (&str, Option<&str>, Option<&str>),
) -> Result<Option<Channel>, StoreError> {
    let sql = "select channel from customers
               where tenant_id = $1 and (email_key = $3 or phone = $4) and name_key = $2
                 and channel is not null and merged_into is null and archived_at is null
                 and erased_at is null
               order by id limit 1";
    let email = email.and_then(|email| Email::parse(email).ok());
    let values = vec![
        tx.tenant().uuid().into(),
        text::fold(name).into(),
        email.map(|email| email.key().to_owned()).into(),
        phone.map(str::to_owned).into(),
    ];
    chosen(tx, sql, values).await
}
