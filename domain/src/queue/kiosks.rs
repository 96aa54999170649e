//! Tablets at the door. A tablet's token lets it put people into the line of its location, and is good
//! for nothing else: it makes no session, and no other operation knows it.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde_json::json;

use super::Quote;
use super::check::NewParty;
use super::door;
use super::entities::kiosk;
use super::join::{self, Arrival, Joined};
use super::state::Source;
use crate::audit::{Actor, NewEntry};
use crate::bookings::{BookingError, Refusal, workshop::place};
use crate::diary;
use crate::fault::Faults;
use crate::ids::{Id, Kiosk, Location};
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::{Caller, Db, RequestFacts, TenantTx};
use crate::text;
use crate::time::Instant;

/// A tablet, without its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KioskFacts {
    /// Its id.
    pub id: Id<Kiosk>,
    /// Where it stands.
    pub location: Id<Location>,
    /// What people call it.
    pub name: String,
    /// Who set it up.
    pub created_by: String,
    /// When.
    pub created_at: Instant,
    /// When somebody last joined at it.
    pub last_used_at: Option<Instant>,
    /// When it was shut out.
    pub revoked_at: Option<Instant>,
}

impl From<kiosk::Model> for KioskFacts {
    fn from(row: kiosk::Model) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            location: Id::from_uuid(row.location_id),
            name: row.name,
            created_by: row.created_by,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
        }
    }
}

/// A tablet that showed its token.
#[derive(Debug, Clone)]
pub struct KioskDoor {
    /// Let into the business, without rights.
    pub caller: Caller,
    /// Which.
    pub kiosk: Id<Kiosk>,
    /// Where it stands.
    pub location: Id<Location>,
}

/// The tablets, the newest first.
pub async fn kiosks(
    tx: &TenantTx,
    window: Window<Kiosk>,
) -> Result<Paged<KioskFacts>, BookingError> {
    let mut query = kiosk::Entity::find()
        .filter(kiosk::Column::TenantId.eq(tx.tenant().uuid()))
        .order_by_desc(kiosk::Column::Id)
        .limit(window.rows_to_ask());
    if let Some(after) = window.after {
        query = query.filter(kiosk::Column::Id.lt(after.uuid()));
    }
    let rows = query.all(tx.conn()).await?;
    Ok(window.cut(rows.into_iter().map(KioskFacts::from).collect(), |kiosk| kiosk.id))
}

/// Sets a tablet up. Its token is in the answer and nowhere else.
pub async fn set_up(
    tx: &mut TenantTx,
    name: &str,
    location: Option<Id<Location>>,
) -> Result<(KioskFacts, OpaqueToken), BookingError> {
    let mut faults = Faults::new();
    let name = faults.take("/name", text::line(name, 1, 80));
    let Some(name) = name else { return Err(Refusal::from(faults).into()) };
    let versions = place(tx, location, "/location").await?;
    let shop = diary::shop(tx, versions).await?.ok_or(Refusal::NotFound)?;
    let token = OpaqueToken::generate(TokenKind::Kiosk, tx.entropy());
    let row = kiosk::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<Kiosk>().uuid()),
        location_id: Set(shop.location.uuid()),
        name: Set(name),
        token_hash: Set(token.hash().to_vec()),
        created_by: Set(Actor::from(tx.caller().principal()).name),
        created_at: Set(tx.now()),
        last_used_at: Set(None),
        revoked_at: Set(None),
    };
    let kiosk = KioskFacts::from(row.insert(tx.conn()).await?);
    note(tx, "kiosk.created", &kiosk);
    Ok((kiosk, token))
}

/// Shuts a tablet out at once. Again, this changes nothing.
pub async fn revoke(tx: &mut TenantTx, id: Id<Kiosk>) -> Result<(), BookingError> {
    let found = kiosk::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).lock_exclusive();
    let row = found.one(tx.conn()).await?.ok_or(Refusal::NotFound)?;
    if row.revoked_at.is_some() {
        return Ok(());
    }
    let mut change: kiosk::ActiveModel = row.into();
    change.revoked_at = Set(Some(tx.now()));
    let kiosk = KioskFacts::from(change.update(tx.conn()).await?);
    note(tx, "kiosk.revoked", &kiosk);
    Ok(())
}

fn note(tx: &mut TenantTx, action: &'static str, kiosk: &KioskFacts) {
    tx.record(NewEntry::new(action, "kiosk").on(kiosk.id, kiosk.name.clone()));
    tx.emit(NewEvent::new(action, &json!({ "id": kiosk.id, "location": kiosk.location })));
}

/// Finds out which tablet shows this token. One that was shut out is nobody.
pub async fn open_kiosk(
    db: &Db,
    token: &str,
    request: RequestFacts,
) -> Result<KioskDoor, BookingError> {
    let sql = "
        select k.tenant_id, k.id, k.location_id, t.plan, t.require_two_factor, t.read_only
        from queue_kiosks k join tenants t on t.id = k.tenant_id
        where k.token_hash = $1 and k.revoked_at is null";
    let token = OpaqueToken::parse(TokenKind::Kiosk, token).ok_or(Refusal::NotFound)?;
    let found = door::by_token(db, sql, &token).await?.ok_or(Refusal::NotFound)?;
    let (kiosk, location) = (Id::from_uuid(found.id), Id::from_uuid(found.location_id));
    Ok(KioskDoor { kiosk, location, caller: found.visitor(request) })
}

impl KioskDoor {
    /// A party at the tablet: it joins where that stands, and whose customer it is, a tablet can't know.
    pub fn party(&self, new: NewParty) -> NewParty {
        NewParty { location: Some(self.location), customer: None, ..new }
    }
}

/// Somebody joins at a tablet, in the line where it stands.
pub async fn join_at(
    tx: &mut TenantTx,
    door: &KioskDoor,
    new: &NewParty,
    quote: Option<Quote>,
) -> Result<Joined, BookingError> {
    let found = kiosk::Entity::find_by_id((tx.tenant().uuid(), door.kiosk.uuid()));
    let row = found.lock_exclusive().one(tx.conn()).await?;
    let row = row.filter(|row| row.revoked_at.is_none()).ok_or(Refusal::NotFound)?;
    let mut change: kiosk::ActiveModel = row.into();
    change.last_used_at = Set(Some(tx.now()));
    change.update(tx.conn()).await?;
    join::join(tx, new, Arrival { source: Source::Kiosk, quote, from: None }).await
}
