//! The same two reads, on four ways. All give the same values: that is checked before anything is
//! measured.

use openchair_domain::catalog::services::{self, ServiceFacts};
use openchair_domain::ids::{Category, Id, Service, Tenant};
use openchair_domain::images::Images;
use openchair_domain::tenants::{self, Business};
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};

use super::world::World;
use crate::error::Outcome;

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Read {
    /// One row by its key.
    Point,
    /// A tenant's menu: a join of four tables with two lists in each of its eight rows.
    Menu,
}

/// How it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Way {
    /// The query alone on a pooled connection, as the owner: no transaction, no row-level security.
    Bare,
    /// The same between `BEGIN` and `COMMIT`.
    InTransaction,
    /// The product's own: `Db::tenant`, a function of the domain, `commit`.
    TenantTx,
    /// As it would be without ours: `BEGIN`, `set_config`, the query and `COMMIT`, each by itself, as
    /// the app's role.
    Apart,
}

/// What came of a read.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    Point(Box<Business>),
    Menu(Vec<Line>),
}

/// What is compared of a service.
#[derive(Debug, PartialEq)]
pub(super) struct Line {
    id: Id<Service>,
    category: Id<Category>,
    category_name: String,
    name: String,
    duration_minutes: i32,
    price_minor: i64,
    currency: String,
}

impl From<ServiceFacts> for Line {
    fn from(service: ServiceFacts) -> Self {
        Self {
            id: service.id,
            category: service.terms.category,
            category_name: service.category_name,
            name: service.terms.name,
            duration_minutes: service.terms.duration_minutes,
            price_minor: service.terms.price_minor,
            currency: service.currency,
        }
    }
}

impl Read {
    pub(super) const ALL: [Self; 2] = [Self::Point, Self::Menu];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Point => "A point read: the tenant's own row",
            Self::Menu => "A short list: the tenant's menu, 8 rows joined from four tables",
        }
    }
}

impl Way {
    pub(super) const ALL: [Self; 4] =
        [Self::Bare, Self::InTransaction, Self::TenantTx, Self::Apart];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Bare => "bare query, owner",
            Self::InTransaction => "BEGIN, query, COMMIT, owner",
            Self::TenantTx => "TenantTx",
            Self::Apart => "BEGIN, set_config, query, COMMIT",
        }
    }

    /// Reads as one of the world's callers.
    pub(super) async fn go(self, world: &World, nth: usize, read: Read) -> Outcome<Found> {
        let caller = world.caller(nth);
        let tenant = caller.tenant();
        match self {
            Self::Bare => {
                let mut conn = world.owner.acquire().await?;
                by_hand(&mut conn, tenant, read).await
            }
            Self::InTransaction => {
                let mut tx = world.owner.begin().await?;
                let found = by_hand(&mut tx, tenant, read).await?;
                tx.commit().await?;
                Ok(found)
            }
            Self::TenantTx => {
                let tx = world.db.tenant(caller).await?;
                let found = match read {
                    Read::Point => Found::Point(Box::new(tenants::read(&tx).await?)),
                    Read::Menu => {
                        let menu = services::list(&tx, false).await?;
                        Found::Menu(menu.into_iter().map(Line::from).collect())
                    }
                };
                tx.commit().await?;
                Ok(found)
            }
            Self::Apart => {
                let mut tx = world.app.begin().await?;
                let id = tenant.uuid().to_string();
                let set = sqlx::query("select set_config('app.tenant_id', $1, true)");
                set.bind(id).execute(&mut *tx).await?;
                let found = by_hand(&mut tx, tenant, read).await?;
                tx.commit().await?;
                Ok(found)
            }
        }
    }
}

/// What the ORM asks, as it asks it.
const POINT: &str = r#"
    select "tenants"."id", "tenants"."slug", "tenants"."name", "tenants"."kind",
           "tenants"."country", "tenants"."time_zone", "tenants"."currency", "tenants"."locale",
           "tenants"."hue", "tenants"."plan", "tenants"."trial_ends_at",
           "tenants"."require_two_factor", "tenants"."version", "tenants"."created_at",
           "tenants"."updated_at"
    from "tenants" where "tenants"."id" = $1 limit $2"#;

/// What the catalogue asks.
const MENU: &str = "
    select s.*, c.name as category_name, t.currency, to_jsonb(p) as policy,
           array(select a.id from service_addons sa
                 join addons a on a.tenant_id = sa.tenant_id and a.id = sa.addon_id
                 where sa.tenant_id = s.tenant_id and sa.service_id = s.id and a.archived_at is null
                 order by a.position, a.id) as addon_ids,
           array(select f.id from service_forms sf
                 join forms f on f.tenant_id = sf.tenant_id and f.id = sf.form_id
                 where sf.tenant_id = s.tenant_id and sf.service_id = s.id and f.archived_at is null
                 order by f.id) as form_ids
    from services s
    join service_categories c on c.tenant_id = s.tenant_id and c.id = s.category_id
    join tenants t on t.id = s.tenant_id
    left join service_policies p on p.tenant_id = s.tenant_id and p.service_id = s.id
    where s.tenant_id = $1 and ($2 or s.archived_at is null)
    order by c.position, c.id, s.position, s.id";

async fn by_hand(conn: &mut PgConnection, tenant: Id<Tenant>, read: Read) -> Outcome<Found> {
    match read {
        Read::Point => {
            let row = sqlx::query(POINT).bind(tenant.uuid()).bind(1_i64).fetch_one(conn).await?;
            Ok(Found::Point(Box::new(business(&row)?)))
        }
        Read::Menu => {
            let rows = sqlx::query(MENU).bind(tenant.uuid()).bind(false).fetch_all(conn).await?;
            Ok(Found::Menu(rows.iter().map(service).collect::<sqlx::Result<_>>()?))
        }
    }
}

fn business(row: &PgRow) -> sqlx::Result<Business> {
    Ok(Business {
        id: Id::from_uuid(row.try_get("id")?),
        slug: row.try_get("slug")?,
        name: row.try_get("name")?,
        kind: row.try_get("kind")?,
        country: row.try_get("country")?,
        time_zone: row.try_get("time_zone")?,
        currency: row.try_get("currency")?,
        locale: row.try_get("locale")?,
        hue: row.try_get("hue")?,
        plan: row.try_get("plan")?,
        // The tenants of this measurement have none.
        images: Images::default(),
        trial_ends_at: row.try_get("trial_ends_at")?,
        require_two_factor: row.try_get("require_two_factor")?,
        read_only: row.try_get("read_only")?,
        created_at: row.try_get("created_at")?,
        version: row.try_get("version")?,
    })
}

fn service(row: &PgRow) -> sqlx::Result<Line> {
    Ok(Line {
        id: Id::from_uuid(row.try_get("id")?),
        category: Id::from_uuid(row.try_get("category_id")?),
        category_name: row.try_get("category_name")?,
        name: row.try_get("name")?,
        duration_minutes: row.try_get("duration_minutes")?,
        price_minor: row.try_get("price_minor")?,
        currency: row.try_get("currency")?,
    })
}
