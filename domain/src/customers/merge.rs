//! Two records become one: the other one's past moves over, and what is empty is filled in. What was
//! moved and filled is remembered, so that all of it can be taken back.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait,
    FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Statement,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::consents::standing;
use super::entities::{customer, merge as entity};
use super::{CustomerError, CustomerFacts, line_about, medical};
use crate::audit::{Actor, Change};
use crate::ids::{Customer, CustomerMerge, Id, OptOut};
use crate::messaging;
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::sequences;
use crate::tenancy::{StoreError, TenantTx};
use crate::text;
use crate::time::Instant;

/// The record that goes.
#[derive(Debug, Clone, Copy)]
pub struct MergeWith {
    /// Which.
    pub other: Id<Customer>,
    /// Its version that the caller knows.
    pub seen: i64,
}

/// Two records that became one.
#[derive(Debug, Clone)]
pub struct MergeFacts {
    /// Its id.
    pub id: Id<CustomerMerge>,
    /// The record that stayed, and its name.
    pub kept: (Id<Customer>, String),
    /// The record that went, and its name.
    pub gone: (Id<Customer>, String),
    /// Who did it.
    pub merged_by: String,
    /// When.
    pub created_at: Instant,
    /// When it was taken back.
    pub undone_at: Option<Instant>,
}

/// What has a customer, and moves with them.
pub(super) const MOVED: [&str; 12] = [
    "appointments",
    "consents",
    "form_answers",
    "customer_memberships",
    "waitlist_entries",
    "queue_entries",
    "series",
    "messages",
    "message_replies",
    "push_subscriptions",
    "sequence_runs",
    "sales",
];

/// What it takes to undo a merge.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Undo {
    /// The ids that moved, by table.
    pub(super) moved: Vec<(String, Vec<Uuid>)>,
    /// Fields of the kept record that were empty; what filled them is still in the other one.
    pub(super) filled: Vec<Field>,
    /// Tags that the kept record hadn't.
    pub(super) tags: Vec<String>,
    /// The kept record's medical notes before, as they were sealed, if they were changed.
    pub(super) medical: Option<MedicalBefore>,
    /// The opt-out of the other record's browsers, as it holds for the kept one.
    #[serde(default)]
    pub(super) opt_out: Option<Id<OptOut>>,
}

/// Medical notes as they were.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct MedicalBefore {
    pub(super) sealed: Option<Vec<u8>>,
    pub(super) written_at: Option<Instant>,
}

/// A field that one record may lend the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Field {
    Email,
    Phone,
    Locale,
    Channel,
    Note,
}

/// What of `gone` fills what is empty in `kept`.
pub(super) fn fills(kept: &customer::Model, gone: &customer::Model) -> Vec<Field> {
    let cases = [
        (Field::Email, kept.email.is_none() && gone.email.is_some()),
        (Field::Phone, kept.phone.is_none() && gone.phone.is_some()),
        (Field::Locale, kept.locale.is_none() && gone.locale.is_some()),
        (Field::Channel, kept.channel.is_none() && gone.channel.is_some()),
        (Field::Note, kept.note.is_empty() && !gone.note.is_empty()),
    ];
    cases.into_iter().filter(|(_, fills)| *fills).map(|(field, _)| field).collect()
}

/// The tags that `gone` adds.
pub(super) fn added_tags(kept: &[String], gone: &[String]) -> Vec<String> {
    let known: Vec<String> = kept.iter().map(|tag| text::fold(tag)).collect();
    gone.iter().filter(|tag| !known.contains(&text::fold(tag))).cloned().collect()
}

/// Both notes, the kept record's first: nothing about anybody's health gets lost.
pub(super) fn joined(kept: &str, gone: &str) -> String {
    match (kept.is_empty(), gone.is_empty()) {
        (true, _) => gone.to_owned(),
        (_, true) => kept.to_owned(),
        _ if kept == gone => kept.to_owned(),
        _ => format!("{kept}\n\n{gone}"),
    }
}

/// Merges another record into this one; both at the versions that the caller has seen.
pub async fn merge(
    tx: &mut TenantTx,
    id: Id<Customer>,
    seen: i64,
    with: MergeWith,
) -> Result<(MergeFacts, CustomerFacts), CustomerError> {
    if id == with.other {
        return Err(CustomerError::SameRecord);
    }
    let (kept, gone) = both(tx, id, with.other).await?;
    may_merge(&kept)?;
    if i64::from(kept.version) != seen {
        return Err(CustomerError::Stale);
    }
    may_merge(&gone)?;
    if i64::from(gone.version) != with.seen {
        return Err(CustomerError::OtherStale);
    }
    sequences::merged(tx, gone.id, kept.id).await?;
    let mut undo = Undo { moved: move_all(tx, gone.id, kept.id).await?, ..Undo::default() };
    undo.opt_out = messaging::merged(tx, gone.id, kept.id).await?;
    let kept = fill(tx, kept, &gone, &mut undo).await?;
    let merged = remember(tx, &kept, &gone, &undo).await?;
    let (gone_id, gone_version) = (gone.id, gone.version);
    let mut row: customer::ActiveModel = gone.into();
    row.merged_into = Set(Some(kept.id));
    row.version = Set(gone_version + 1);
    row.updated_at = Set(tx.now());
    row.update(tx.conn()).await?;
    let other = Id::<Customer>::from_uuid(gone_id).to_string();
    let change = Change::of("merged_with", serde_json::Value::Null, other);
    tx.record(line_about("customer.merged", id).changed([change]));
    tx.emit(NewEvent::new("customer.merged", &json!({ "id": id, "other_id": with.other })));
    let standing = standing(tx, id).await?;
    Ok((merged, CustomerFacts::new(kept, standing)))
}

fn may_merge(row: &customer::Model) -> Result<(), CustomerError> {
    if row.merged_into.is_some() || row.archived_at.is_some() {
        return Err(CustomerError::NotFound);
    }
    if row.erased_at.is_some() { Err(CustomerError::Erased) } else { Ok(()) }
}

/// Both rows, held in the order of their ids like everywhere, so that nobody waits in a circle.
pub(super) async fn both(
    tx: &TenantTx,
    first: Id<Customer>,
    second: Id<Customer>,
) -> Result<(customer::Model, customer::Model), CustomerError> {
    let rows = customer::Entity::find()
        .filter(customer::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(customer::Column::Id.is_in([first.uuid(), second.uuid()]))
        .order_by_asc(customer::Column::Id)
        .lock_exclusive()
        .all(tx.conn())
        .await?;
    let find = |id: Id<Customer>| rows.iter().find(|row| row.id == id.uuid()).cloned();
    Ok((find(first).ok_or(CustomerError::NotFound)?, find(second).ok_or(CustomerError::NotFound)?))
}

#[derive(FromQueryResult)]
struct Moved {
    id: Uuid,
}

async fn move_all(
    tx: &TenantTx,
    from: Uuid,
    to: Uuid,
) -> Result<Vec<(String, Vec<Uuid>)>, StoreError> {
    let mut moved = Vec::new();
    for table in MOVED {
        let sql = format!(
            "update {table} set customer_id = $3 where tenant_id = $1 and customer_id = $2 returning id"
        );
        let values = [tx.tenant().uuid().into(), from.into(), to.into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        let rows = Moved::find_by_statement(statement).all(tx.conn()).await?;
        moved.push((table.to_owned(), rows.into_iter().map(|row| row.id).collect()));
    }
    Ok(moved)
}

/// Moves back what a merge moved, where it still is.
pub(super) async fn move_back(
    tx: &TenantTx,
    moved: &[(String, Vec<Uuid>)],
    from: Uuid,
    to: Uuid,
) -> Result<(), StoreError> {
    for (table, ids) in moved {
        // The names come out of a column: only those that we know are sent to the database.
        let Some(table) = MOVED.into_iter().find(|known| known == table) else { continue };
        let sql = format!(
            "update {table} set customer_id = $3
             where tenant_id = $1 and id = any($4) and customer_id = $2"
        );
        let values = [tx.tenant().uuid().into(), from.into(), to.into(), ids.clone().into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        tx.conn().execute_raw(statement).await?;
    }
    Ok(())
}

async fn fill(
    tx: &TenantTx,
    kept: customer::Model,
    gone: &customer::Model,
    undo: &mut Undo,
) -> Result<customer::Model, CustomerError> {
    undo.filled = fills(&kept, gone);
    undo.tags = added_tags(&kept.tags, &gone.tags);
    let (own, theirs) = (medical::opened(tx, &kept)?, medical::opened(tx, gone)?);
    let notes = joined(&own, &theirs);
    let mut row: customer::ActiveModel = kept.clone().into();
    for field in &undo.filled {
        match field {
            Field::Email => {
                row.email = Set(gone.email.clone());
                row.email_key = Set(gone.email_key.clone());
            }
            Field::Phone => row.phone = Set(gone.phone.clone()),
            Field::Locale => row.locale = Set(gone.locale.clone()),
            Field::Channel => row.channel = Set(gone.channel.clone()),
            Field::Note => row.note = Set(gone.note.clone()),
        }
    }
    row.tags = Set([kept.tags, undo.tags.clone()].concat());
    if notes != own {
        undo.medical = Some(MedicalBefore { sealed: kept.medical, written_at: kept.medical_at });
        row.medical = Set(medical::sealed(tx, kept.id, &notes)?);
        row.medical_at = Set(kept.medical_at.max(gone.medical_at));
    }
    row.version = Set(kept.version + 1);
    row.updated_at = Set(tx.now());
    Ok(row.update(tx.conn()).await?)
}

async fn remember(
    tx: &TenantTx,
    kept: &customer::Model,
    gone: &customer::Model,
    undo: &Undo,
) -> Result<MergeFacts, CustomerError> {
    let undo =
        serde_json::to_value(undo).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let row = entity::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<CustomerMerge>().uuid()),
        kept_id: Set(kept.id),
        gone_id: Set(gone.id),
        undo: Set(undo),
        merged_by: Set(Actor::from(tx.caller().principal()).name),
        created_at: Set(tx.now()),
        undone_at: Set(None),
    };
    let row = row.insert(tx.conn()).await?;
    Ok(facts(row, kept.name.clone(), gone.name.clone()))
}

pub(super) fn facts(row: entity::Model, kept: String, gone: String) -> MergeFacts {
    MergeFacts {
        id: Id::from_uuid(row.id),
        kept: (Id::from_uuid(row.kept_id), kept),
        gone: (Id::from_uuid(row.gone_id), gone),
        merged_by: row.merged_by,
        created_at: row.created_at,
        undone_at: row.undone_at,
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    kept_id: Uuid,
    kept_name: String,
    gone_id: Uuid,
    gone_name: String,
    merged_by: String,
    created_at: Instant,
    undone_at: Option<Instant>,
}

const LIST: &str = "
    select m.id, m.kept_id, k.name as kept_name, m.gone_id, g.name as gone_name, m.merged_by,
           m.created_at, m.undone_at
    from customer_merges m
    join customers k on k.tenant_id = m.tenant_id and k.id = m.kept_id
    join customers g on g.tenant_id = m.tenant_id and g.id = m.gone_id
    where m.tenant_id = $1 and ($2::uuid is null or m.id < $2)
    order by m.id desc limit $3";

/// What was merged, the newest first.
pub async fn merges(
    tx: &TenantTx,
    window: Window<CustomerMerge>,
) -> Result<Paged<MergeFacts>, CustomerError> {
    let values = [
        tx.tenant().uuid().into(),
        window.after.map(Id::uuid).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, LIST, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    let facts = |row: Row| MergeFacts {
        id: Id::from_uuid(row.id),
        kept: (Id::from_uuid(row.kept_id), row.kept_name),
        gone: (Id::from_uuid(row.gone_id), row.gone_name),
        merged_by: row.merged_by,
        created_at: row.created_at,
        undone_at: row.undone_at,
    };
    Ok(window.cut(rows.into_iter().map(facts).collect(), |merge| merge.id))
}
