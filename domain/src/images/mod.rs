//! What a business shows of itself: a logo and a photo, one of each.

mod drawn;
mod format;
#[cfg(test)]
mod tests;

use std::str::FromStr;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::audit::{Change, NewEntry};
use crate::fault::{Faults, refusals};
use crate::ids::{Id, Tenant};
use crate::outbox::NewEvent;
use crate::tenancy::{StoreError, SystemTx, TenantTx};
use crate::tenants::{self, Business, TenantError};
use crate::text;

pub use drawn::{MAX_BYTES, MAX_PIXELS};

refusals! {
    /// Why a picture isn't drawn.
    DrawError {
        Busy = TooMany "rate_limited" "Many pictures are sent just now. Please try again in a minute.",
    }
}

/// What a picture is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The business's mark, beside its name.
    Logo,
    /// What it looks like there, above its page.
    Photo,
}

impl Kind {
    /// As it is stored.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Logo => "logo",
            Self::Photo => "photo",
        }
    }

    /// How large it is shown at most, in pixels.
    const fn most(self) -> (u32, u32) {
        match self {
            Self::Logo => (512, 512),
            Self::Photo => (1600, 1000),
        }
    }

    /// How long each side is at least: less can't be told from a fault.
    const fn least(self) -> u32 {
        match self {
            Self::Logo => 32,
            Self::Photo => 240,
        }
    }
}

/// What a stored picture is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A drawing.
    Png,
    /// A photograph.
    Jpg,
}

impl Format {
    /// Its ending, as it is stored.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpg => "jpg",
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpg => "image/jpeg",
        }
    }
}

impl FromStr for Format {
    type Err = ();

    fn from_str(ending: &str) -> Result<Self, ()> {
        [Self::Png, Self::Jpg].into_iter().find(|format| format.ending() == ending).ok_or(())
    }
}

/// All that a page has to know of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Of its bytes.
    pub hash: String,
    /// What it is written as.
    pub format: Format,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

impl Facts {
    /// Where anybody gets it from the shop with this web address. What is there never changes.
    pub fn path(&self, slug: &str) -> String {
        format!("/media/{slug}/{}.{}", self.hash, self.format.ending())
    }

    /// For the log: which of two it was, without the picture.
    fn told(&self) -> String {
        let Self { hash, width, height, .. } = self;
        format!("{width} × {height} ({})", hash.get(..6).unwrap_or_default())
    }
}

/// A picture with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// What it is.
    pub facts: Facts,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a business shows of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Images {
    /// Its mark.
    pub logo: Option<Facts>,
    /// What it looks like there.
    pub photo: Option<Facts>,
}

impl Images {
    fn get(&self, kind: Kind) -> Option<&Facts> {
        match kind {
            Kind::Logo => self.logo.as_ref(),
            Kind::Photo => self.photo.as_ref(),
        }
    }
}

/// So many are drawn at once: each takes a processor for a second, and much of the memory.
static DRAWN_AT_ONCE: Semaphore = Semaphore::const_new(2);

/// So long one waits for a turn: whoever waits has a whole file in the memory.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was sent, drawn anew; see `docs/adr/0016`. Takes a while and needs no transaction: so it has none.
pub async fn draw(kind: Kind, sent: Vec<u8>) -> Result<Stored, DrawError> {
    // The permit goes with the work: a client that hangs up doesn't free it.
    let Ok(Ok(turn)) = timeout(PATIENCE, DRAWN_AT_ONCE.acquire()).await else {
        return Err(DrawError::Busy);
    };
    let drawn = spawn_blocking(move || {
        let _turn = turn;
        drawn::draw(kind, &sent)
    });
    // Whatever a file does to whoever reads it is the file's fault.
    let drawn = drawn.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a picture ended its reader");
        Err(drawn::broken())
    });
    drawn.map_err(|fault| {
        let mut faults = Faults::new();
        faults.note("", fault);
        faults.into()
    })
}

/// Shows it from now on, instead of the one before; `seen` is the business's version that the caller knows.
pub async fn put(
    tx: &mut TenantTx,
    seen: i64,
    kind: Kind,
    image: Stored,
) -> Result<Business, TenantError> {
    const PUT: &str = "
        insert into images (tenant_id, kind, hash, format, width, height, bytes, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (tenant_id, kind) do update set hash = $3, format = $4, width = $5, height = $6,
            bytes = $7, created_at = $8";
    let before = tenants::hold_seen(tx, seen).await?;
    let facts = image.facts;
    if before.images.get(kind) == Some(&facts) {
        return Ok(before);
    }
    let size = |pixels: u32| i32::try_from(pixels).unwrap_or(i32::MAX);
    let values = [
        tx.tenant().uuid().into(),
        kind.key().into(),
        facts.hash.clone().into(),
        facts.format.ending().into(),
        size(facts.width).into(),
        size(facts.height).into(),
        image.bytes.into(),
        tx.now().into(),
    ];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, PUT, values)).await?;
    changed(tx, before, kind, Some(facts)).await
}

/// Shows none from now on. Nothing happens if there is none.
pub async fn remove(tx: &mut TenantTx, seen: i64, kind: Kind) -> Result<Business, TenantError> {
    const REMOVE: &str = "delete from images where tenant_id = $1 and kind = $2";
    let before = tenants::hold_seen(tx, seen).await?;
    if before.images.get(kind).is_none() {
        return Ok(before);
    }
    let values = [tx.tenant().uuid().into(), kind.key().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, REMOVE, values);
    tx.conn().execute_raw(statement).await?;
    changed(tx, before, kind, None).await
}

/// A picture is a part of what the business says about itself: the same version counts it.
async fn changed(
    tx: &mut TenantTx,
    before: Business,
    kind: Kind,
    now: Option<Facts>,
) -> Result<Business, TenantError> {
    let told = |facts: Option<&Facts>| facts.map(Facts::told);
    let change = Change::of(kind.key(), told(before.images.get(kind)), told(now.as_ref()));
    tenants::count(tx, &before).await?;
    tx.record(
        NewEntry::new("tenant.image_changed", "tenant")
            .on(before.id, before.name.clone())
            .changed([change]),
    );
    tx.emit(NewEvent::new("tenant.updated", &serde_json::json!({ "id": before.id })));
    let mut after = before;
    after.version += 1;
    match kind {
        Kind::Logo => after.images.logo = now,
        Kind::Photo => after.images.photo = now,
    }
    Ok(after)
}

#[derive(Deserialize, FromQueryResult)]
struct Row {
    #[serde(default)]
    kind: String,
    hash: String,
    format: String,
    width: i32,
    height: i32,
}

impl Row {
    fn facts(self) -> Result<Facts, StoreError> {
        let unreadable = |what: String| StoreError::Unreadable(format!("a picture's {what}"));
        Ok(Facts {
            format: self.format.parse().map_err(|()| unreadable(self.format))?,
            width: self.width.unsigned_abs(),
            height: self.height.unsigned_abs(),
            hash: self.hash,
        })
    }
}

/// A mark that came with something else: an object with the columns of its row.
pub(crate) fn logo_of(row: serde_json::Value) -> Result<Facts, StoreError> {
    let row = serde_json::from_value::<Row>(row);
    row.map_err(|error| StoreError::Unreadable(format!("a logo: {error}")))?.facts()
}

/// What a business shows, without the bytes.
pub(crate) async fn of(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
) -> Result<Images, StoreError> {
    const OF: &str = "select kind, hash, format, width, height from images where tenant_id = $1";
    let values = [tenant.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, OF, values);
    let mut images = Images::default();
    for row in Row::find_by_statement(statement).all(conn).await? {
        if row.kind == Kind::Logo.key() {
            images.logo = Some(row.facts()?);
        } else {
            images.photo = Some(row.facts()?);
        }
    }
    Ok(images)
}

#[derive(FromQueryResult)]
struct Found {
    width: i32,
    height: i32,
    bytes: Vec<u8>,
}

/// Where a picture is.
#[derive(Debug, PartialEq, Eq)]
pub struct Address {
    slug: String,
    hash: String,
    format: Format,
}

impl Address {
    /// What the two last parts of a path mean, if they are written like ours: what isn't asks nothing of
    /// the database.
    pub fn meant_by(slug: &str, file: &str) -> Option<Self> {
        let (hash, ending) = file.split_once('.')?;
        let hex = |b| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        let is_hash = hash.len() == 32 && hash.bytes().all(hex);
        let address = Self {
            slug: text::slug(slug).ok()?,
            hash: hash.to_owned(),
            format: ending.parse().ok()?,
        };
        is_hash.then_some(address)
    }

    /// What the bytes are known by.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    fn values(&self) -> [sea_orm::Value; 3] {
        [self.slug.clone().into(), self.hash.clone().into(), self.format.ending().into()]
    }
}

const AT_ADDRESS: &str = "
    from tenants t join images i on i.tenant_id = t.id
    where t.slug = $1 and i.hash = $2 and i.format = $3 limit 1";

/// Whether there is a picture at this address, for whoever has its bytes already.
pub async fn is_there(tx: &SystemTx, at: &Address) -> Result<bool, StoreError> {
    let sql = format!("select 1 {AT_ADDRESS}");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, at.values());
    Ok(tx.conn().query_one_raw(statement).await?.is_some())
}

/// The picture at this address, for whoever asks. One that was replaced or removed is gone.
pub async fn find(tx: &SystemTx, at: &Address) -> Result<Option<Stored>, StoreError> {
    let sql = format!("select i.width, i.height, i.bytes {AT_ADDRESS}");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, at.values());
    let found = Found::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.map(|found| {
        let (width, height) = (found.width.unsigned_abs(), found.height.unsigned_abs());
        let facts = Facts { hash: at.hash.clone(), format: at.format, width, height };
        Stored { facts, bytes: found.bytes }
    }))
}
