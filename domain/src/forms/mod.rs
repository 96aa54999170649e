//! What customers are asked before a visit: intake forms with questions, and consents with a text.
//! What was asked stays as it was asked: a change is a new version, and the old ones can be read.

mod answers;
mod body;
mod entities;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder,
};
use serde::Serialize;

use crate::fault::refusals;
use crate::ids::{Form, Id, Tenant};
use crate::removal::Removal;
use crate::shelf::{Hindrance, Shelf, differences, events};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;
use crate::words::words;

pub use answers::{Answer, check_answers};
pub use body::{FormBody, NewQuestion, Question, QuestionKind};
use entities::{form, form_version};

pub(crate) const SHELF: Shelf = Shelf {
    table: "forms",
    noun: "form",
    events: events!("form"),
    most: 100,
    ordered: false,
    users: &[("service_forms", "form_id"), ("form_answers", "form_id"), ("consents", "form_id")],
    parts: &[("form_versions", "form_id")],
    versions_archiving: false,
};

refusals! {
    /// Why a form stays as it is.
    FormError {
        Archived = Conflict "archived" "This is archived. Restore it first.",
        Full = Conflict "too_many_forms" "There is no room for another form. Archive what you don't ask.",
    }
}

impl From<Hindrance> for FormError {
    fn from(hindrance: Hindrance) -> Self {
        match hindrance {
            Hindrance::NotFound | Hindrance::OrderIncomplete => Self::NotFound,
            Hindrance::Stale => Self::Stale,
            Hindrance::Archived => Self::Archived,
            Hindrance::Full => Self::Full,
            Hindrance::Store(store) => Self::Store(store),
        }
    }
}

words! {
    /// What a form is.
    FormKind {
        /// Questions.
        Intake = "intake",
        /// A text that is agreed to.
        Consent = "consent",
    }
}

/// A form, as it is asked now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormFacts {
    /// Its id.
    pub id: Id<Form>,
    /// What it is called.
    pub name: String,
    /// What it asks.
    pub body: FormBody,
    /// Grows with each change.
    pub version: i32,
    /// When it was put away: nobody is asked any more.
    pub archived_at: Option<Instant>,
}

/// A form, as it was asked once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormVersion {
    /// Which version.
    pub version: i32,
    /// What it was called.
    pub name: String,
    /// What it asked.
    pub body: FormBody,
    /// Since when.
    pub created_at: Instant,
}

/// What is wanted of a form. Of a new one: a name and either a text or questions.
#[derive(Debug, Clone, Default)]
pub struct FormChange {
    /// What it is called.
    pub name: Option<String>,
    /// A consent's text.
    pub text: Option<String>,
    /// An intake form's questions: all of them.
    pub questions: Option<Vec<NewQuestion>>,
}

/// A form as the audit log compares it.
#[derive(Serialize)]
struct Terms<'a> {
    name: &'a str,
    #[serde(flatten)]
    body: &'a FormBody,
}

/// The forms, the oldest first, with what was put away if wanted.
pub async fn list(tx: &TenantTx, archived: bool) -> Result<Vec<FormFacts>, FormError> {
    Ok(all(tx.conn(), tx.tenant(), archived).await?)
}

pub(crate) async fn all(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    archived: bool,
) -> Result<Vec<FormFacts>, StoreError> {
    let mut query = form::Entity::find()
        .filter(form::Column::TenantId.eq(tenant.uuid()))
        .order_by_asc(form::Column::Id);
    if !archived {
        query = query.filter(form::Column::ArchivedAt.is_null());
    }
    let rows = query.find_also_related(form_version::Entity).all(conn).await?;
    rows.into_iter().map(|(form, asked)| facts(form, asked)).collect()
}

/// One form, also one that was put away.
pub async fn read(tx: &TenantTx, id: Id<Form>) -> Result<FormFacts, FormError> {
    let query = form::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    let found = query.find_also_related(form_version::Entity).one(tx.conn()).await?;
    let (form, asked) = found.ok_or(FormError::NotFound)?;
    Ok(facts(form, asked)?)
}

/// Everything that a form ever asked, the newest first.
pub async fn versions(tx: &TenantTx, id: Id<Form>) -> Result<Vec<FormVersion>, FormError> {
    let form = form::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).one(tx.conn()).await?;
    let kind = FormKind::stored(&form.ok_or(FormError::NotFound)?.kind)?;
    let rows = form_version::Entity::find()
        .filter(form_version::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(form_version::Column::FormId.eq(id.uuid()))
        .order_by_desc(form_version::Column::Version)
        .all(tx.conn())
        .await?;
    let version = |row: form_version::Model| {
        Ok(FormVersion {
            version: row.version,
            name: row.name,
            body: FormBody::stored(kind, row.body)?,
            created_at: row.created_at,
        })
    };
    rows.into_iter().map(version).collect()
}

/// What intake forms asked in one version of each.
pub(crate) async fn questions(
    tx: &TenantTx,
    asked: &[(Id<Form>, i32)],
) -> Result<HashMap<Id<Form>, Vec<Question>>, StoreError> {
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = form_version::Entity::find()
        .filter(form_version::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(form_version::Column::FormId.is_in(asked.iter().map(|(form, _)| form.uuid())))
        .all(tx.conn())
        .await?;
    let mut questions = HashMap::with_capacity(asked.len());
    for row in rows {
        let form = Id::from_uuid(row.form_id);
        if asked.contains(&(form, row.version))
            && let FormBody::Intake { questions: own } =
                FormBody::stored(FormKind::Intake, row.body)?
        {
            questions.insert(form, own);
        }
    }
    Ok(questions)
}

/// Adds a form.
pub async fn create(
    tx: &mut TenantTx,
    kind: FormKind,
    new: FormChange,
) -> Result<FormFacts, FormError> {
    let (name, body) = body::check_new(kind, new)?;
    SHELF.next_place(tx).await?;
    let id = tx.new_id::<Form>();
    let row = form::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(id.uuid()),
        kind: Set(kind.key().to_owned()),
        name: Set(name.clone()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        archived_at: Set(None),
    };
    row.insert(tx.conn()).await?;
    keep(tx, id, 1, &name, &body).await?;
    let terms = Terms { name: &name, body: &body };
    SHELF.announce(tx, SHELF.events.created, id, &name, differences(&(), &terms));
    Ok(FormFacts { id, name, body, version: 1, archived_at: None })
}

/// Changes a form: from now on this is asked. `seen` is the version that the caller knows. What
/// changes nothing makes no version.
pub async fn update(
    tx: &mut TenantTx,
    id: Id<Form>,
    seen: i64,
    change: FormChange,
) -> Result<FormFacts, FormError> {
    SHELF.hold_seen(tx, id, seen).await?;
    let before = read(tx, id).await?;
    let (name, body) = body::check_change(&before.name, &before.body, change)?;
    if (&name, &body) == (&before.name, &before.body) {
        return Ok(before);
    }
    let version = before.version + 1;
    let row = form::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(id.uuid()),
        name: Set(name.clone()),
        version: Set(version),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    row.update(tx.conn()).await?;
    keep(tx, id, version, &name, &body).await?;
    let changes = differences(
        &Terms { name: &before.name, body: &before.body },
        &Terms { name: &name, body: &body },
    );
    SHELF.announce(tx, SHELF.events.updated, id, &name, changes);
    Ok(FormFacts { name, body, version, ..before })
}

/// Removes a form: for good, if no service asks it and nobody ever answered.
pub async fn remove(tx: &mut TenantTx, id: Id<Form>) -> Result<Removal, FormError> {
    Ok(SHELF.remove(tx, id).await?)
}

/// Brings a form back, to the services that asked it.
pub async fn restore(tx: &mut TenantTx, id: Id<Form>) -> Result<FormFacts, FormError> {
    SHELF.restore(tx, id).await?;
    read(tx, id).await
}

async fn keep(
    tx: &TenantTx,
    id: Id<Form>,
    version: i32,
    name: &str,
    body: &FormBody,
) -> Result<(), StoreError> {
    let row = form_version::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        form_id: Set(id.uuid()),
        version: Set(version),
        name: Set(name.to_owned()),
        body: Set(serde_json::to_value(body).unwrap_or_default()),
        created_at: Set(tx.now()),
    };
    row.insert(tx.conn()).await?;
    Ok(())
}

fn facts(form: form::Model, asked: Option<form_version::Model>) -> Result<FormFacts, StoreError> {
    let missing = || StoreError::Unreadable(format!("form {} has lost what it asks", form.id));
    let asked = asked.ok_or_else(missing)?;
    Ok(FormFacts {
        id: Id::from_uuid(form.id),
        body: FormBody::stored(FormKind::stored(&form.kind)?, asked.body)?,
        name: form.name,
        version: form.version,
        archived_at: form.archived_at,
    })
}
