//! Shops that have endpoints, and in which something happens.

use std::collections::HashMap;
use std::sync::Arc;

use openchair_domain::config::{Settings, Sources};
use openchair_domain::customers::{self, NewCustomer};
use openchair_domain::entropy::OsEntropy;
use openchair_domain::identity::{Identity, Proof, Recognised};
use openchair_domain::ids::{ApiKey, Event, Id, Tenant};
use openchair_domain::secrets::{OpaqueToken, TokenKind};
use openchair_domain::tenancy::{Caller, Db, RequestFacts};
use openchair_domain::time::{Clock as _, Instant, SystemClock};
use openchair_domain::webhooks::{self, Guard, NewEndpoint, Preset};
use openchair_domain::wiring;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

use super::receiver::{Manner, Receiver};
use crate::error::Outcome;
use crate::throwaway::Throwaway;

const NAME: &str = "webhooks";

/// What they are told of: whoever becomes a customer. Each is another one, so none waits for another.
const EVENT: &str = "customer.created";

/// How many a second whoever isn't limited takes at most: more than come.
const PLENTY: i16 = 100;

const TENANTS: &str = "
    insert into tenants (id, slug, name, kind, country, time_zone, currency, locale, hue, plan,
                         created_at, updated_at)
    select id, 'shop-' || n, 'Shop ' || n, 'spa', 'US', 'America/New_York', 'USD', 'en', n % 360,
           'business', $2, $2
    from unnest($1::uuid[]) with ordinality as given (id, n)";

const COUNTERS: &str = "
    insert into event_counters (tenant_id, last_seq) select unnest($1::uuid[]), 0
    on conflict (tenant_id) do nothing";

const KEYS: &str = "
    insert into api_keys (tenant_id, id, name, prefix, secret_hash, scopes, created_by, created_at)
    select tenant, id, 'till', 'oc_live_', hash, array['customer:read'], 'Owner', $4
    from unnest($1::uuid[], $2::uuid[], $3::bytea[]) as given (tenant, id, hash)";

/// As the database committed them.
const EVENTS: &str = "
    select e.id, t.slug, pg_xact_commit_timestamp(e.xmin)
    from outbox_events e join tenants t on t.id = e.tenant_id where e.kind = $1";

/// A database of shops.
#[derive(Debug)]
pub(super) struct Shops {
    pub(super) url: String,
    pub(super) db: Db,
    owner: PgPool,
    callers: Vec<Caller>,
}

/// When and where something happened.
#[derive(Debug)]
pub(super) struct Happened {
    pub(super) event: String,
    pub(super) shop: usize,
    pub(super) at: Instant,
}

impl Shops {
    /// So many shops; the receiver's endpoints are theirs in turn.
    pub(super) async fn open(
        cluster: &Throwaway,
        shops: usize,
        receiver: &Receiver,
        limit: u8,
    ) -> Outcome<Self> {
        cluster.create(NAME).await?;
        let owner_url = cluster.owner_url(NAME)?;
        openchair_migrations::migrate(&owner_url).await?;
        let owner = PgPoolOptions::new().max_connections(2).connect(&owner_url).await?;
        let url = cluster.app_url(NAME)?;
        let overrides = [("database.url", url.as_str()), ("webhooks.allow_private", "true")];
        let overrides = overrides.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
        // The profile's keys are the workers', too.
        let settings = Settings::load(&Sources::of::<&str, &str>("test", [], overrides))?;
        let (db, identity) =
            wiring::connect(&settings, Arc::new(SystemClock), Arc::new(OsEntropy)).await?;
        let callers = fill(&owner, &identity, shops).await?;
        let made = Self { url, db, owner, callers };
        let guard = openchair_worker::webhooks::guard(&settings);
        for (endpoint, manner) in receiver.manners().iter().enumerate() {
            let per_second = if *manner == Manner::Limited { i16::from(limit) } else { PLENTY };
            let shop = endpoint % shops;
            made.listen(&guard, shop, &receiver.url(endpoint)?, per_second).await?;
        }
        sqlx::query("vacuum analyze").execute(&made.owner).await?;
        Ok(made)
    }

    async fn listen(&self, guard: &Guard, shop: usize, url: &str, per_second: i16) -> Outcome<()> {
        let new = NewEndpoint {
            target: guard.target(url).await?,
            description: String::new(),
            events: Some(vec![EVENT.to_owned()]),
            preset: Preset::Standard,
            per_second: Some(per_second),
            enabled: true,
        };
        let caller = self.callers.get(shop).ok_or("there is no such shop")?;
        let mut tx = self.db.tenant(caller).await?;
        let _made = webhooks::create(&mut tx, &new).await?;
        Ok(tx.commit().await?)
    }

    /// Somebody becomes a customer, as staff would note it.
    pub(super) fn happens(
        &self,
        shop: usize,
        nth: u32,
    ) -> impl Future<Output = Outcome<()>> + use<> {
        let (db, caller) = (self.db.clone(), self.callers.get(shop).cloned());
        async move {
            let new = NewCustomer {
                name: format!("Customer {nth}"),
                email: Some(format!("c{nth}@example.com")),
                phone: None,
                locale: None,
                note: String::new(),
                tags: Vec::new(),
            };
            let mut tx = db.tenant(&caller.ok_or("there is no such shop")?).await?;
            let _made = customers::create(&mut tx, &new).await?;
            Ok(tx.commit().await?)
        }
    }

    /// All that happened.
    pub(super) async fn happened(&self) -> Outcome<Vec<Happened>> {
        let asked = sqlx::query_as(EVENTS).bind(EVENT).fetch_all(&self.owner);
        let rows: Vec<(Uuid, String, Instant)> = asked.await?;
        let one = |(id, slug, at): (Uuid, String, Instant)| {
            let number: usize = slug.trim_start_matches("shop-").parse()?;
            let event = Id::<Event>::from_uuid(id).to_string();
            Outcome::Ok(Happened { event, shop: number - 1, at })
        };
        rows.into_iter().map(one).collect()
    }

    /// How many deliveries stand how.
    pub(super) async fn deliveries(&self) -> Outcome<HashMap<String, i64>> {
        let sql = "select state, count(*) from webhook_deliveries group by state";
        let rows: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(&self.owner).await?;
        Ok(rows.into_iter().collect())
    }

    pub(super) async fn close(&self) {
        self.db.close().await;
        self.owner.close().await;
    }
}

/// So many shops, each with a key; whom the keys let in.
async fn fill(owner: &PgPool, identity: &Identity, shops: usize) -> Outcome<Vec<Caller>> {
    let (now, entropy) = (SystemClock.now(), OsEntropy);
    let tenants: Vec<Id<Tenant>> = (0..shops).map(|_| Id::new(now, &entropy)).collect();
    let keys: Vec<Uuid> = (0..shops).map(|_| Id::<ApiKey>::new(now, &entropy).uuid()).collect();
    let tokens: Vec<_> =
        (0..shops).map(|_| OpaqueToken::generate(TokenKind::ApiKey, &entropy)).collect();
    let hashes: Vec<Vec<u8>> = tokens.iter().map(|token| token.hash().to_vec()).collect();
    let ids: Vec<Uuid> = tenants.iter().map(|id| id.uuid()).collect();
    let mut tx = owner.begin().await?;
    sqlx::query(TENANTS).bind(&ids).bind(now).execute(&mut *tx).await?;
    sqlx::query(COUNTERS).bind(&ids).execute(&mut *tx).await?;
    let asked = sqlx::query(KEYS).bind(&ids).bind(&keys).bind(&hashes).bind(now);
    asked.execute(&mut *tx).await?;
    tx.commit().await?;
    let mut callers = Vec::new();
    for (tenant, token) in tenants.into_iter().zip(tokens) {
        let proof = Proof::Bearer(token.text().to_owned());
        match identity.recognise(&proof, Some(tenant), RequestFacts::default()).await? {
            Recognised::Key(caller) => callers.push(*caller),
            Recognised::Person(_) => return Err("an API key was taken for a person".into()),
        }
    }
    Ok(callers)
}
