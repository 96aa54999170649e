//! What anybody may see of a shop: these fields, and no others.

use std::collections::HashMap;

use chrono::Days;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{TenantError, entity};
use crate::catalog::{self, Menu};
use crate::ids::{Id, Location};
use crate::images::{self, Images};
use crate::locations::{self, DayFacts, LocationFacts};
use crate::payments::Counter;
use crate::staff::{self, PublicStaff};
use crate::tenancy::{Caller, Db, RequestFacts, SystemReason, SystemTx, TenantFacts};
use crate::text;

/// So many days ahead are told of, where they go otherwise than the week says.
const AHEAD: u64 = 60;

/// A shop's page.
#[derive(Debug, Clone)]
pub struct PublicPage {
    /// Its web address.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What kind of business it is.
    pub kind: String,
    /// Its language.
    pub locale: String,
    /// Its time zone.
    pub time_zone: String,
    /// What its prices are in.
    pub currency: String,
    /// Its colour, as an angle.
    pub hue: i16,
    /// Whether it takes nothing new at the moment.
    pub paused: bool,
    /// Its logo and its photo.
    pub images: Images,
    /// Where it is, and when it is open.
    pub locations: Vec<LocationFacts>,
    /// Of each location, which of the coming days go otherwise than the week says.
    pub ahead: HashMap<Id<Location>, Vec<DayFacts>>,
    /// What it offers.
    pub menu: Menu,
    /// Whom customers can choose.
    pub staff: Vec<PublicStaff>,
    /// Whether gift vouchers can be bought here, too.
    pub sells_vouchers: bool,
}

impl From<entity::Model> for TenantFacts {
    fn from(row: entity::Model) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            plan: row.plan,
            require_two_factor: row.require_two_factor,
            read_only: row.read_only,
        }
    }
}

/// Lets somebody in who looks at a shop from outside.
pub async fn visit(db: &Db, slug: &str, request: RequestFacts) -> Result<Caller, TenantError> {
    let Ok(slug) = text::slug(slug) else { return Err(TenantError::NotFound) };
    let tx = db.system(SystemReason::PublicPage).await?;
    let found = entity::Entity::find().filter(entity::Column::Slug.eq(slug));
    let shop = found.one(tx.conn()).await?.ok_or(TenantError::NotFound)?;
    Ok(Caller::visitor(shop.into(), request))
}

/// The page of the shop with this address.
pub async fn public_page(
    tx: &SystemTx,
    slug: &str,
    counter: &Counter,
) -> Result<PublicPage, TenantError> {
    // What isn't written like an address is nobody's.
    let Ok(slug) = text::slug(slug) else { return Err(TenantError::NotFound) };
    let found = entity::Entity::find().filter(entity::Column::Slug.eq(slug));
    let shop = found.one(tx.conn()).await?.ok_or(TenantError::NotFound)?;
    let tenant = Id::from_uuid(shop.id);
    let menu = catalog::menu(tx.conn(), tenant).await?;
    let locations = locations::open_to_public(tx, tenant).await?;
    // Somewhere it is still yesterday.
    let today = tx.now().date_naive();
    let days = today - Days::new(1)..=today + Days::new(AHEAD);
    Ok(PublicPage {
        ahead: locations::ahead(tx, tenant, &locations, &days).await?,
        locations,
        staff: staff::bookable(tx.conn(), tenant, &menu).await?,
        images: images::of(tx.conn(), tenant).await?,
        sells_vouchers: !shop.read_only
            && counter.sells_vouchers(tx, tenant, &shop.currency).await?,
        menu,
        slug: shop.slug,
        name: shop.name,
        kind: shop.kind,
        locale: shop.locale,
        time_zone: shop.time_zone,
        currency: shop.currency,
        hue: shop.hue,
        paused: shop.read_only,
    })
}
