//! The businesses: what they say about themselves, how they sign up, and what they have left to do.

mod by_link;
mod choice;
mod each;
mod entity;
mod kit;
mod on_behalf;
mod public;
mod setup;
mod sign_up;
mod slugs;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QuerySelect};

use crate::audit::{Change, NewEntry};
use crate::fault::{Faults, ValueFault, refusals};
use crate::ids::{Id, Tenant};
use crate::images::{self, Images};
use crate::outbox::NewEvent;
use crate::tenancy::{Outcome, TenantTx};
use crate::text;
use crate::time::Instant;

pub use kit::first_hue;
pub(crate) use on_behalf::{on_behalf, visitor};
pub use public::{PublicPage, public_page, visit};
pub use setup::{Step, StepKey, setup};
pub use sign_up::{
    NewBusiness, NewOwner, NewSignUp, ReadyToSignUp, SignUpError, SignedUp, prepare, sign_up,
};
pub use slugs::{Availability, Obstacle, Offer, availability, offer};

pub(crate) use by_link::by_link;
pub(crate) use choice::{locale, time_zone};
pub(crate) use each::{Tally, with_something_due};
pub(crate) use sign_up::{Starter, StarterPlace, found_empty, join};
pub(crate) use slugs::exists;

refusals! {
    /// Why a business can't be read or changed.
    TenantError {
        SlugTaken = Conflict "slug_taken" "Another business has this web address already." on "/slug",
    }
}

/// A business, as its team sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Business {
    /// Its id.
    pub id: Id<Tenant>,
    /// Its web address.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What kind of business it is.
    pub kind: String,
    /// Its country: ISO 3166.
    pub country: String,
    /// Its time zone; each location has its own.
    pub time_zone: String,
    /// What its prices are in: ISO 4217.
    pub currency: String,
    /// Its language.
    pub locale: String,
    /// Its colour, as an angle.
    pub hue: i16,
    /// Its plan.
    pub plan: String,
    /// When the trial is over, on the plan that has an end.
    pub trial_ends_at: Option<Instant>,
    /// Whether every login needs a second factor here.
    pub require_two_factor: bool,
    /// Its plan isn't paid: what is there can be seen, and nothing new begins.
    pub read_only: bool,
    /// What it shows of itself.
    pub images: Images,
    /// When it signed up.
    pub created_at: Instant,
    /// Grows with each change.
    pub version: i32,
}

impl Business {
    fn new(row: entity::Model, images: Images) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            slug: row.slug,
            name: row.name,
            kind: row.kind,
            country: row.country,
            time_zone: row.time_zone,
            currency: row.currency,
            locale: row.locale,
            hue: row.hue,
            plan: row.plan,
            trial_ends_at: row.trial_ends_at,
            require_two_factor: row.require_two_factor,
            read_only: row.read_only,
            images,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

/// What may be changed.
#[derive(Debug, Clone, Default)]
pub struct BusinessChange {
    /// The name.
    pub name: Option<String>,
    /// The web address.
    pub slug: Option<String>,
    /// The colour, as an angle.
    pub hue: Option<i16>,
    /// The language.
    pub locale: Option<String>,
    /// The time zone.
    pub time_zone: Option<String>,
    /// What prices are in.
    pub currency: Option<String>,
}

/// The caller's business.
pub async fn read(tx: &TenantTx) -> Result<Business, TenantError> {
    let row = row(tx).await?;
    Ok(Business::new(row, images::of(tx.conn(), tx.tenant()).await?))
}

async fn row(tx: &TenantTx) -> Result<entity::Model, TenantError> {
    let found = entity::Entity::find_by_id(tx.tenant().uuid()).one(tx.conn()).await?;
    found.ok_or(TenantError::NotFound)
}

/// In which country the business is (ISO 3166): national telephone numbers are read there.
pub(crate) async fn country(tx: &TenantTx) -> Result<String, TenantError> {
    Ok(row(tx).await?.country)
}

/// Which day it is for the business.
pub(crate) async fn today(tx: &TenantTx) -> Result<NaiveDate, TenantError> {
    let zone = row(tx).await?.time_zone.parse().unwrap_or(chrono_tz::UTC);
    Ok(tx.now().with_timezone(&zone).date_naive())
}

/// Changes what the business says about itself; `seen` is the version that the caller knows.
pub async fn update(
    tx: &mut TenantTx,
    seen: i64,
    change: &BusinessChange,
) -> Result<Business, TenantError> {
    let change = check(change)?;
    let before = hold(tx, seen).await?;
    let version = before.version + 1;
    let mut row: entity::ActiveModel = before.clone().into();
    put(&mut row.name, change.name);
    put(&mut row.slug, change.slug);
    put(&mut row.hue, change.hue);
    put(&mut row.locale, change.locale);
    put(&mut row.time_zone, change.time_zone);
    put(&mut row.currency, change.currency);
    row.version = Set(version);
    row.updated_at = Set(tx.now());
    let after =
        row.update(tx.conn()).await.on_constraint("tenants_slug_taken", TenantError::SlugTaken)?;
    let after = Business::new(after, images::of(tx.conn(), tx.tenant()).await?);
    let changes = [
        Change::of("name", before.name, after.name.clone()),
        Change::of("slug", before.slug, after.slug.clone()),
        Change::of("hue", before.hue, after.hue),
        Change::of("locale", before.locale, after.locale.clone()),
        Change::of("time_zone", before.time_zone, after.time_zone.clone()),
        Change::of("currency", before.currency, after.currency.clone()),
    ];
    tx.record(
        NewEntry::new("tenant.updated", "tenant").on(after.id, after.name.clone()).changed(changes),
    );
    tx.emit(NewEvent::new("tenant.updated", &serde_json::json!({ "id": after.id })));
    // Name, address, language and currency are in every location's diary.
    tx.touch().rules();
    Ok(after)
}

/// Says whether everybody on the team needs a second factor.
pub async fn set_security(
    tx: &mut TenantTx,
    seen: i64,
    require_two_factor: bool,
) -> Result<Business, TenantError> {
    let before = hold(tx, seen).await?;
    let was = before.require_two_factor;
    let version = before.version + 1;
    let mut row: entity::ActiveModel = before.into();
    row.require_two_factor = Set(require_two_factor);
    row.version = Set(version);
    row.updated_at = Set(tx.now());
    let after = row.update(tx.conn()).await?;
    let after = Business::new(after, images::of(tx.conn(), tx.tenant()).await?);
    tx.record(
        NewEntry::new("tenant.security_changed", "tenant")
            .on(after.id, after.name.clone())
            .changed([Change::of("require_two_factor", was, require_two_factor)]),
    );
    tx.emit(NewEvent::new("tenant.updated", &serde_json::json!({ "id": after.id })));
    Ok(after)
}

/// The caller's business, held until the transaction ends.
async fn hold(tx: &TenantTx, seen: i64) -> Result<entity::Model, TenantError> {
    let found =
        entity::Entity::find_by_id(tx.tenant().uuid()).lock_exclusive().one(tx.conn()).await?;
    let found = found.ok_or(TenantError::NotFound)?;
    if i64::from(found.version) == seen { Ok(found) } else { Err(TenantError::Stale) }
}

/// Whether the business is as the caller saw it, where much work would else be for nothing. Holds
/// nothing: it is asked again before anything is written.
pub async fn expect(tx: &TenantTx, seen: i64) -> Result<(), TenantError> {
    if i64::from(row(tx).await?.version) == seen { Ok(()) } else { Err(TenantError::Stale) }
}

/// The same with what it shows, for what is a part of it.
pub(crate) async fn hold_seen(tx: &TenantTx, seen: i64) -> Result<Business, TenantError> {
    let row = hold(tx, seen).await?;
    Ok(Business::new(row, images::of(tx.conn(), tx.tenant()).await?))
}

/// Counts a change of a part of it: the business that is held has its next version.
pub(crate) async fn count(tx: &TenantTx, held: &Business) -> Result<(), TenantError> {
    let row = entity::ActiveModel {
        id: Set(held.id.uuid()),
        version: Set(held.version + 1),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    row.update(tx.conn()).await?;
    Ok(())
}

fn put<V: Into<sea_orm::Value>>(column: &mut sea_orm::ActiveValue<V>, value: Option<V>) {
    if let Some(value) = value {
        *column = Set(value);
    }
}

/// Which changes can be meant: the same, with every text as it is stored.
fn check(change: &BusinessChange) -> Result<BusinessChange, TenantError> {
    let mut faults = Faults::new();
    let checked = BusinessChange {
        name: faults.given("/name", change.name.as_deref(), |name| text::line(name, 1, 80)),
        slug: faults.given("/slug", change.slug.as_deref(), slugs::check),
        hue: faults.given("/hue", change.hue, hue),
        locale: faults.given("/locale", change.locale.as_deref(), locale),
        time_zone: faults.given("/time_zone", change.time_zone.as_deref(), time_zone),
        currency: faults.given("/currency", change.currency.as_deref(), choice::currency),
    };
    if faults.is_empty() { Ok(checked) } else { Err(faults.into()) }
}

fn hue(angle: i16) -> Result<i16, ValueFault> {
    if (0..360).contains(&angle) {
        Ok(angle)
    } else {
        Err(ValueFault::new("invalid", "A colour is an angle from 0 to 359."))
    }
}
