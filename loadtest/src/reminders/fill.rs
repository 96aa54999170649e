//! Shops with visits that are soon: rows as the product would have written them.

use std::sync::Arc;

use chrono::Duration;
use openchair_domain::config::{Settings, Sources};
use openchair_domain::entropy::OsEntropy;
use openchair_domain::ids::{Appointment, Id};
use openchair_domain::secrets::{KeyRing, Place};
use openchair_domain::tenancy::Db;
use openchair_domain::time::{Clock as _, SystemClock};
use openchair_domain::wiring;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

use crate::error::Outcome;
use crate::throwaway::Throwaway;

/// A database of shops.
#[derive(Debug)]
pub(super) struct Shops {
    pub(super) name: String,
    pub(super) url: String,
    pub(super) db: Db,
    owner: PgPool,
    keys: Arc<KeyRing>,
}

/// Each shop with its place.
const SHOPS: &str = "
    with made as (
        insert into tenants (id, slug, name, kind, country, time_zone, currency, locale, hue, plan,
                             created_at, updated_at)
        select gen_random_uuid(), 'shop-' || n, 'Shop ' || n, 'spa', 'US', 'America/New_York', 'USD',
               (array['en', 'es', 'fr', 'de', 'ar'])[1 + n % 5], n % 360, 'business', $2, $2
        from generate_series(1, $1::int) n returning id
    )
    insert into locations (tenant_id, id, name, address, time_zone, position, created_at, updated_at)
    select id, gen_random_uuid(), 'Main Street', '1 Main Street', 'America/New_York', 1, $2, $2
    from made";

/// Visits with their customers, over all shops in turn. Each begins so long after `$2` that its reminder
/// of an hour before is due a few minutes from now.
const VISITS: &str = "
    create temp table soon on commit drop as
    select v.n, v.visit, v.link, gen_random_uuid() as customer, l.tenant_id, l.id as location_id
    from unnest($1::uuid[], $2::bytea[]) with ordinality as v (visit, link, n)
    join (select tenant_id, id, row_number() over (order by tenant_id) - 1 as place,
                 count(*) over () as shops from locations) l on l.place = v.n % l.shops";

const CUSTOMERS: &str = "
    insert into customers (tenant_id, id, name, name_key, email, email_key, source, created_at,
                           updated_at)
    select tenant_id, customer, 'Customer ' || n, 'customer ' || n, 'c' || n || '@example.com',
           'c' || n || '@example.com', 'booking', $1, $1
    from soon";

const APPOINTMENTS: &str = "
    insert into appointments (tenant_id, id, location_id, status, starts_at, ends_at, customer_id,
                              party, title, price_minor, currency, terms, source, link_sealed,
                              created_at, updated_at)
    select tenant_id, visit, location_id, 'confirmed', $2, $2 + interval '1 hour', customer, 1,
           'Massage', 9000, 'USD', '{}', 'public', link, $1, $1
    from soon";

const HISTORY: &str = "
    insert into appointment_history (tenant_id, appointment_id, version, at, action, to_status,
                                     actor_kind, actor_name)
    select tenant_id, visit, 1, $1, 'booked', 'confirmed', 'customer', 'Customer ' || n
    from soon";

impl Shops {
    pub(super) async fn open(cluster: &Throwaway, name: &str) -> Outcome<Self> {
        cluster.create(name).await?;
        let owner_url = cluster.owner_url(name)?;
        openchair_migrations::migrate(&owner_url).await?;
        let owner = PgPoolOptions::new().max_connections(2).connect(&owner_url).await?;
        let url = cluster.app_url(name)?;
        let overrides = vec![("database.url".to_owned(), url.clone())];
        // The profile's keys are the workers', too.
        let settings = Settings::load(&Sources::of::<&str, &str>("test", [], overrides))?;
        let keys = Arc::new(KeyRing::new(&settings.security.column_keys)?);
        let (db, _identity) =
            wiring::connect(&settings, Arc::new(SystemClock), Arc::new(OsEntropy)).await?;
        Ok(Self { name: name.to_owned(), url, db, owner, keys })
    }

    /// So many shops, and so many visits whose reminders will be due soon.
    pub(super) async fn fill(&self, shops: u32, visits: u32) -> Outcome<()> {
        let now = SystemClock.now();
        let booked = now - Duration::days(3);
        // Within what a sweep writes ahead.
        let start = now + Duration::minutes(60 + 8);
        let mut tx = self.owner.begin().await?;
        let asked = sqlx::query(SHOPS).bind(i32::try_from(shops)?).bind(booked);
        asked.execute(&mut *tx).await?;
        let ids: Vec<Uuid> =
            (0..visits).map(|_| Id::<Appointment>::new(booked, &OsEntropy).uuid()).collect();
        let sealed = ids.iter().map(|id| {
            let place = Place { table: "appointments", column: "link_sealed", row: *id };
            self.keys.seal(&place, format!("oc_visit_{id}").as_bytes(), &OsEntropy)
        });
        let links = sealed.collect::<Result<Vec<_>, _>>()?;
        sqlx::query(VISITS).bind(&ids).bind(&links).execute(&mut *tx).await?;
        sqlx::query(CUSTOMERS).bind(booked).execute(&mut *tx).await?;
        sqlx::query(APPOINTMENTS).bind(booked).bind(start).execute(&mut *tx).await?;
        sqlx::query(HISTORY).bind(booked).execute(&mut *tx).await?;
        tx.commit().await?;
        self.settle().await
    }

    /// As it would be by itself after a while.
    pub(super) async fn settle(&self) -> Outcome<()> {
        sqlx::query("vacuum analyze").execute(&self.owner).await?;
        Ok(())
    }

    /// What is written is due now.
    pub(super) async fn now_due(&self) -> Outcome<()> {
        let now = SystemClock.now();
        for table in ["messages set due_at = $1", "jobs set run_at = $1"] {
            let sql = format!("update {table}");
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(now).execute(&self.owner).await?;
        }
        Ok(())
    }

    /// How many are noted as sent.
    pub(super) async fn sent(&self) -> Outcome<i64> {
        let sql = "select count(*) from messages where state = 'sent'";
        Ok(sqlx::query_scalar(sql).fetch_one(&self.owner).await?)
    }

    pub(super) async fn close(&self) {
        self.db.close().await;
        self.owner.close().await;
    }
}
