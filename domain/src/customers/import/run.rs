//! The worker puts a file in, some rows at a time. A batch and the count of what is done are kept
//! together or not at all: whoever comes after a lost worker goes on where it stood, and of two at
//! the same file one waits for the other's batch.

use std::collections::HashMap;

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use serde_json::json;

use super::super::consents::{NewConsent, said};
use super::super::entities::{consent, import as entity};
use super::super::write::insert;
use super::super::{CustomerError, standing};
use super::rows::{Person, RowFault, people};
use super::{ImportJob, ImportState, columns, held, known, line, place};
use crate::audit::Change;
use crate::ids::{Customer, Id, Tenant};
use crate::outbox::NewEvent;
use crate::tenancy::{Db, StoreError, TenantTx};
use crate::tenants;

/// How many rows are kept at once.
const BATCH: usize = 200;

type Rows = Vec<(usize, Result<Person, RowFault>)>;

/// Puts in what isn't in yet. Safe to be called twice, also at the same time.
pub async fn continue_import(
    db: &Db,
    tenant: Id<Tenant>,
    job: &ImportJob,
) -> Result<(), CustomerError> {
    let caller = tenants::on_behalf(db, tenant, "import").await?;
    let caller = caller.ok_or(CustomerError::NotFound)?;
    let mut file: Option<Rows> = None;
    loop {
        let mut tx = db.tenant(&caller).await?;
        let row = held(&tx, job.import).await?;
        if row.state != ImportState::Running.key() {
            return Ok(tx.rollback().await?);
        }
        let rows = match &file {
            Some(rows) => rows,
            None => match read(&tx, &row).await {
                Ok(rows) => file.insert(rows),
                Err(CustomerError::Store(StoreError::Unreadable(why))) => {
                    give_up(tx, row, "unreadable").await?;
                    return Err(StoreError::Unreadable(why).into());
                }
                Err(other) => return Err(other),
            },
        };
        let ended = batch(&mut tx, row, rows).await?;
        tx.commit().await?;
        if ended {
            return Ok(());
        }
    }
}

async fn read(tx: &TenantTx, row: &entity::Model) -> Result<Rows, CustomerError> {
    let unreadable = |why: &str| StoreError::Unreadable(why.to_owned());
    let sealed = row.file.as_deref().ok_or_else(|| unreadable("the file is gone"))?;
    let text = String::from_utf8(tx.tools().open(&place(row.id), sealed)?)
        .map_err(|error| unreadable(&error.to_string()))?;
    let table = columns::read(&text).map_err(|fault| unreadable(&fault.detail))?;
    Ok(people(&table, &tenants::country(tx).await?))
}

/// Nobody tries it any more: whoever waits for it learns so, and the file goes.
pub async fn bury_import(
    db: &Db,
    tenant: Id<Tenant>,
    job: &ImportJob,
) -> Result<(), CustomerError> {
    let caller = tenants::on_behalf(db, tenant, "import").await?;
    let tx = db.tenant(&caller.ok_or(CustomerError::NotFound)?).await?;
    let row = held(&tx, job.import).await?;
    if row.state == ImportState::Running.key() {
        give_up(tx, row, "gave_up").await?;
    }
    Ok(())
}

/// The file comes to nothing: it can't be opened (a key is missing, or somebody changed it), or it
/// was tried too often.
async fn give_up(mut tx: TenantTx, row: entity::Model, reason: &str) -> Result<(), CustomerError> {
    tx.record(line("customer_import.failed", &row));
    tx.emit(NewEvent::new("customer_import.failed", &json!({ "id": id_of(&row) })));
    let mut row: entity::ActiveModel = row.into();
    row.state = Set(ImportState::Failed.key().to_owned());
    row.reason = Set(Some(reason.to_owned()));
    row.file = Set(None);
    row.finished_at = Set(Some(tx.now()));
    row.update(tx.conn()).await?;
    Ok(tx.commit().await?)
}

fn id_of(row: &entity::Model) -> Id<crate::ids::CustomerImport> {
    Id::from_uuid(row.id)
}

/// One batch; whether it was the last.
async fn batch(tx: &mut TenantTx, row: entity::Model, rows: &Rows) -> Result<bool, CustomerError> {
    let done = usize::try_from(row.rows_done).unwrap_or(0).min(rows.len());
    let wanted = &rows[done..rows.len().min(done + BATCH)];
    let created = put_in(tx, wanted).await?;
    let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let ended = done + wanted.len() == rows.len();
    let (all_created, all_skipped) =
        (row.created + count(created), row.skipped + count(wanted.len() - created));
    if ended {
        let change = Change::of("created", serde_json::Value::Null, all_created);
        tx.record(line("customer_import.finished", &row).changed([change]));
        tx.emit(NewEvent::new("customer_import.finished", &json!({ "id": id_of(&row) })));
    }
    let mut row: entity::ActiveModel = row.into();
    row.rows_done = Set(count(done + wanted.len()));
    row.created = Set(all_created);
    row.skipped = Set(all_skipped);
    if ended {
        row.state = Set(ImportState::Done.key().to_owned());
        row.finished_at = Set(Some(tx.now()));
        row.file = Set(None);
    }
    row.update(tx.conn()).await?;
    Ok(ended)
}

/// Makes those who are new, and notes what everybody said. Who is known is asked anew: somebody may
/// have come since the file was looked at. Their opt-outs count all the same.
async fn put_in(
    tx: &mut TenantTx,
    rows: &[(usize, Result<Person, RowFault>)],
) -> Result<usize, CustomerError> {
    let people: Vec<&Person> = rows.iter().filter_map(|(_, row)| row.as_ref().ok()).collect();
    let mut known = known::known(tx, people.iter().copied()).await?;
    let (mut customers, mut consents) = (Vec::new(), Vec::new());
    for person in people {
        let found = person.keys().iter().find_map(|key| known.get(key)).copied();
        if let Some(customer) = found {
            refuse(tx, customer, person, &mut consents).await?;
            continue;
        }
        let row = person.record.clone().into_row(tx);
        let id = Id::from_uuid(*row.id.as_ref());
        customers.push(row);
        agree(tx, id, person, &mut consents);
        remember(&mut known, person, id);
        tx.emit(NewEvent::new("customer.created", &json!({ "id": id })));
    }
    let created = customers.len();
    if created > 0 {
        insert(tx, customers).await?;
    }
    if !consents.is_empty() {
        consent::Entity::insert_many(consents).exec_without_returning(tx.conn()).await?;
    }
    Ok(created)
}

fn remember(known: &mut HashMap<String, Id<Customer>>, person: &Person, id: Id<Customer>) {
    for key in person.keys() {
        known.entry(key).or_insert(id);
    }
}

fn agree(
    tx: &TenantTx,
    customer: Id<Customer>,
    person: &Person,
    consents: &mut Vec<consent::ActiveModel>,
) {
    consents.extend(person.said.iter().map(|(purpose, granted)| {
        said(tx, customer, NewConsent { purpose: *purpose, granted: *granted }, "import")
    }));
}

/// A file may not talk anybody who is known into anything; but that they don't want it counts, unless
/// it is what they said last anyway.
async fn refuse(
    tx: &TenantTx,
    customer: Id<Customer>,
    person: &Person,
    consents: &mut Vec<consent::ActiveModel>,
) -> Result<(), CustomerError> {
    let opt_outs = person.opt_outs();
    if opt_outs.is_empty() {
        return Ok(());
    }
    let words = standing(tx, customer).await?;
    for purpose in opt_outs {
        let last = words.iter().find(|word| word.purpose == purpose);
        if last.is_none_or(|word| word.granted) {
            consents.push(said(tx, customer, NewConsent { purpose, granted: false }, "import"));
        }
    }
    Ok(())
}
