//! Tenants by the thousand, put into the tables by their owner: signing them up would take an hour.

use openchair_domain::entropy::{Entropy, OsEntropy};
use openchair_domain::ids::{ApiKey, Category, Id, Kind, Membership, Service, Tenant, User};
use openchair_domain::secrets::{OpaqueToken, TokenKind};
use openchair_domain::time::{Clock, Instant, SystemClock};
use sqlx::postgres::PgPool;
use uuid::Uuid;

use crate::error::Outcome;

/// As in the middle of the starter kits.
const SERVICES_EACH: usize = 8;
const CATEGORIES_EACH: usize = 2;

const TENANTS: &str = "
    insert into tenants (id, slug, name, kind, country, time_zone, currency, locale, hue, plan,
                         created_at, updated_at)
    select id, 'shop-' || n, 'Shop ' || n, 'spa', 'US', 'America/New_York', 'USD', 'en', n % 360,
           'business', $2, $2
    from unnest($1::uuid[]) with ordinality as given (id, n)";

const USERS: &str = "
    insert into users (id, email, email_key, name, locale, email_verified_at, created_at, updated_at)
    select id, 'owner.' || n || '@example.com', 'owner.' || n || '@example.com', 'Owner ' || n, 'en',
           $2, $2, $2
    from unnest($1::uuid[]) with ordinality as given (id, n)";

const MEMBERSHIPS: &str = "
    insert into memberships (tenant_id, id, user_id, role, created_at, updated_at)
    select tenant, id, login, 'owner', $4, $4
    from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as given (tenant, id, login)";

const KEYS: &str = "
    insert into api_keys (tenant_id, id, name, prefix, secret_hash, scopes, created_by, created_at)
    select tenant, id, 'till', 'oc_live_', hash, array['tenant:read', 'service:read'], 'Owner', $4
    from unnest($1::uuid[], $2::uuid[], $3::bytea[]) as given (tenant, id, hash)";

const CATEGORIES: &str = "
    insert into service_categories (tenant_id, id, name, position, created_at)
    select ($1::uuid[])[1 + (n - 1) / $3], id, 'Category ' || n, (n - 1) % $3, $4
    from unnest($2::uuid[]) with ordinality as given (id, n)";

const SERVICES: &str = "
    insert into services (tenant_id, id, category_id, name, duration_minutes, price_minor, position,
                          created_at, updated_at)
    select ($1::uuid[])[1 + (n - 1) / $3], id, ($5::uuid[])[1 + (n - 1) * $6 / $3], 'Service ' || n,
           30, 4500, (n - 1) % $3, $4, $4
    from unnest($2::uuid[]) with ordinality as given (id, n)";

/// A tenant with the secret of its API key.
#[derive(Debug, Clone)]
pub(super) struct Filled {
    pub(super) tenant: Id<Tenant>,
    pub(super) secret: String,
}

/// Puts so many tenants into an empty database: each with its owner, an API key and a menu.
pub(super) async fn fill(owner: &PgPool, tenants: usize) -> Outcome<Vec<Filled>> {
    let (now, entropy) = (SystemClock.now(), OsEntropy);
    let secrets: Vec<OpaqueToken> =
        (0..tenants).map(|_| OpaqueToken::generate(TokenKind::ApiKey, &entropy)).collect();
    let hashes: Vec<Vec<u8>> = secrets.iter().map(|secret| secret.hash().to_vec()).collect();
    let ids = ids::<Tenant>(tenants, now, &entropy);
    let users = ids_of::<User>(tenants, now, &entropy);
    let categories = ids_of::<Category>(tenants * CATEGORIES_EACH, now, &entropy);
    let services = ids_of::<Service>(tenants * SERVICES_EACH, now, &entropy);
    let places = ids_of::<Membership>(tenants, now, &entropy);
    let keys = ids_of::<ApiKey>(tenants, now, &entropy);
    let of: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let (each, of_them) = (i64::try_from(SERVICES_EACH)?, i64::try_from(CATEGORIES_EACH)?);

    let mut tx = owner.begin().await?;
    sqlx::query(TENANTS).bind(&of).bind(now).execute(&mut *tx).await?;
    sqlx::query(USERS).bind(&users).bind(now).execute(&mut *tx).await?;
    let query = sqlx::query(MEMBERSHIPS).bind(&of).bind(&places).bind(&users).bind(now);
    query.execute(&mut *tx).await?;
    let query = sqlx::query(KEYS).bind(&of).bind(&keys).bind(&hashes).bind(now);
    query.execute(&mut *tx).await?;
    let query = sqlx::query(CATEGORIES).bind(&of).bind(&categories).bind(of_them).bind(now);
    query.execute(&mut *tx).await?;
    let query = sqlx::query(SERVICES).bind(&of).bind(&services).bind(each).bind(now);
    query.bind(&categories).bind(of_them).execute(&mut *tx).await?;
    tx.commit().await?;
    // As it would have happened by itself after a while.
    sqlx::query("vacuum analyze").execute(owner).await?;

    let filled = ids.into_iter().zip(secrets);
    let filled = filled.map(|(tenant, secret)| Filled { tenant, secret: secret.text().to_owned() });
    Ok(filled.collect())
}

fn ids<K: Kind>(count: usize, now: Instant, entropy: &dyn Entropy) -> Vec<Id<K>> {
    (0..count).map(|_| Id::new(now, entropy)).collect()
}

fn ids_of<K: Kind>(count: usize, now: Instant, entropy: &dyn Entropy) -> Vec<Uuid> {
    ids::<K>(count, now, entropy).into_iter().map(Id::uuid).collect()
}
