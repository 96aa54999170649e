//! Shops to book at: one is set up over the API as its owner would, the others are copies of its rows.

use openchair_domain::entropy::OsEntropy;
use openchair_domain::ids::{ApiKey, Id, Tenant};
use openchair_domain::secrets::{OpaqueToken, TokenKind};
use openchair_domain::time::{Clock as _, SystemClock};
use reqwest::header::{COOKIE, HeaderValue, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgPool};
use uuid::Uuid;

use crate::error::Outcome;

/// What a program at the desk may do.
const SCOPES: [&str; 11] = [
    "booking:read",
    "booking:create",
    "booking:update",
    "booking:move",
    "booking:cancel",
    "customer:read",
    "staff:read",
    "queue:read",
    "queue:join",
    "queue:call",
    "queue:manage",
];

/// A shop, and a program at its desk.
#[derive(Debug, Clone)]
pub(crate) struct Shop {
    pub(crate) slug: String,
    pub(crate) key: String,
    /// Its one location.
    pub(crate) location: String,
    /// What is booked there: a massage for two.
    pub(crate) service: String,
}

/// The first shop, signed in as its owner.
struct Owner<'a> {
    http: &'a Client,
    url: &'a str,
    cookie: HeaderValue,
}

impl Owner<'_> {
    async fn ask(
        &self,
        method: Method,
        path: &str,
        version: Option<i64>,
        body: &Value,
    ) -> Outcome<Value> {
        let to = format!("{method} {path}");
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        request = request.header(ORIGIN, self.url).header(COOKIE, &self.cookie).json(body);
        if let Some(version) = version {
            request = request.header("if-match", format!("\"{version}\""));
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            return Err(format!("{to} answered {status}: {text}").into());
        }
        Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
    }

    async fn make(&self, path: &str, body: &Value) -> Outcome<Value> {
        self.ask(Method::POST, path, None, body).await
    }
}

fn text(value: &Value, pointer: &str) -> Outcome<String> {
    let found = value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| format!("{pointer} isn't in {value}").into())
}

/// Signs a shop up and sets it up: three who massage, two rooms for two, open from nine to seven on
/// every day, where clocks are never changed.
pub(crate) async fn found(http: &Client, url: &str, db: &PgPool) -> Outcome<Shop> {
    let body = json!({
        "business": { "name": "Shop 0", "kind": "spa", "country": "US" },
        "owner": { "name": "Ann Owner", "email": "owner@example.com",
                   "password": "seven quiet herons at dusk" },
    });
    let answer =
        http.post(format!("{url}/v1/signup")).header(ORIGIN, url).json(&body).send().await?;
    let cookie = answer.headers().get(SET_COOKIE).and_then(|value| value.to_str().ok());
    let cookie = cookie.and_then(|value| value.split(';').next()).unwrap_or_default();
    let owner = Owner { http, url, cookie: HeaderValue::from_str(cookie)? };
    let made: Value = answer.json().await?;
    sqlx::query("update tenants set plan = 'business'").execute(db).await?;
    let locations = owner.ask(Method::GET, "/v1/locations", None, &Value::Null).await?;
    let location = text(&locations, "/items/0/id")?;
    let week: Vec<_> =
        (1..=7).map(|day| json!({ "weekday": day, "opens": "09:00", "closes": "19:00" })).collect();
    let place = json!({ "time_zone": "Africa/Abidjan", "hours": week });
    owner.ask(Method::PATCH, &format!("/v1/locations/{location}"), Some(1), &place).await?;
    let policy = json!({ "slot_step_minutes": 30, "alignment": "clock", "notice_minutes": 60,
                         "horizon_days": 60 });
    owner.ask(Method::PATCH, "/v1/booking-policy", Some(1), &policy).await?;
    for room in ["Room 1", "Room 2"] {
        let body = json!({ "location_id": location, "name": room, "places": 2,
                           "features": [{ "name": "couples", "preference": 0 }] });
        owner.make("/v1/rooms", &body).await?;
    }
    let category = text(&owner.make("/v1/categories", &json!({ "name": "All" })).await?, "/id")?;
    let body = json!({ "category_id": category, "name": "Massage", "duration_minutes": 60,
                       "price_minor": 10_000, "needs_room": true, "max_customers": 2,
                       "room_features_for_two": ["couples"] });
    let service = text(&owner.make("/v1/services", &body).await?, "/id")?;
    for name in ["Eve", "Gus", "Hal", "Ina"] {
        let made = owner.make("/v1/staff", &json!({ "name": name })).await?;
        let path = format!("/v1/staff/{}", text(&made, "/id")?);
        let skills = json!({ "skills": [{ "service_id": service }] });
        let hours = json!({ "locations": [{ "location_id": location, "work": week }] });
        let mut version = made["version"].as_i64();
        for (part, body) in [("skills", skills), ("hours", hours)] {
            let made = owner.ask(Method::PUT, &format!("{path}/{part}"), version, &body).await?;
            version = made["version"].as_i64();
        }
    }
    let tenant: Id<Tenant> = text(&made, "/tenant/id")?.parse()?;
    let key = give_keys(db, &[tenant.uuid()]).await?.remove(0);
    Ok(Shop { slug: text(&made, "/tenant/slug")?, key, location, service })
}

/// What a visit leaves behind, in the order of who refers to whom: for each table what is new in
/// another visit like it. `p.new_visit`, `p.new_customer` and `p.n` are its own, `p.ago` is how long ago.
const TRACES: [(&str, &[(&str, &str)]); 8] = [
    ("customers", &[("id", "p.new_customer")]),
    (
        "appointments",
        &[
            ("id", "p.new_visit"),
            ("customer_id", "p.new_customer"),
            ("starts_at", "t.starts_at - p.ago"),
            ("ends_at", "t.ends_at - p.ago"),
            ("status", "'completed'"),
        ],
    ),
    (
        "appointment_lines",
        &[
            ("appointment_id", "p.new_visit"),
            ("starts_at", "t.starts_at - p.ago"),
            ("ends_at", "t.ends_at - p.ago"),
        ],
    ),
    (
        "allocations",
        &[
            ("appointment_id", "p.new_visit"),
            ("blocked_from", "t.blocked_from - p.ago"),
            ("blocked_to", "t.blocked_to - p.ago"),
        ],
    ),
    ("appointment_history", &[("appointment_id", "p.new_visit")]),
    ("idempotency_keys", &[("key", "'past-' || p.n")]),
    ("audit_entries", &[("id", "gen_random_uuid()")]),
    ("outbox_events", &[("id", "gen_random_uuid()"), ("seq", "t.seq + p.n * 100")]),
];

/// Makes a past of the one visit that a shop has: as many visits like it, ten a day, until yesterday.
/// An empty table is not what a shop has, and PostgreSQL plans otherwise for it.
pub(crate) async fn give_past(db: &PgPool, of: &Shop, visits: i32) -> Outcome<()> {
    let mut tx = db.begin().await?;
    sqlx::query(
        "create temp table past on commit drop as
         select n, gen_random_uuid() as new_visit, gen_random_uuid() as new_customer,
                make_interval(days => 793 + n / 10) - make_interval(hours => n % 10) as ago
         from generate_series(1, $1::int) as n",
    )
    .bind(visits)
    .execute(&mut *tx)
    .await?;
    for (table, new) in TRACES {
        let names: Vec<&str> = new.iter().map(|(name, _)| *name).collect();
        let values: Vec<&str> = new.iter().map(|(_, value)| *value).collect();
        let others = columns(&mut *tx, table, &names).await?;
        let sql = format!(
            "insert into {table} ({}, {others}) select {}, {others} from {table} t, past p
             where t.tenant_id = (select id from tenants where slug = $1)",
            names.join(", "),
            values.join(", ")
        );
        sqlx::query(AssertSqlSafe(sql)).bind(&of.slug).execute(&mut *tx).await?;
    }
    sqlx::query(
        "update event_counters set last_seq = last_seq + ($2 + 1) * 100
         where tenant_id = (select id from tenants where slug = $1)",
    )
    .bind(&of.slug)
    .bind(visits)
    .execute(&mut *tx)
    .await?;
    Ok(tx.commit().await?)
}

/// What is copied of a shop, in the order of who refers to whom.
const TABLES: [&str; 20] = [
    "event_counters",
    "locations",
    "location_hours",
    "availability_versions",
    "booking_policies",
    "service_categories",
    "services",
    "rooms",
    "room_features",
    "staff",
    "staff_services",
    "staff_hours",
    "customers",
    "appointments",
    "appointment_lines",
    "allocations",
    "appointment_history",
    "idempotency_keys",
    "audit_entries",
    "outbox_events",
];

/// Copies of a shop: the same rows under other tenants. Every key of a tenant's table begins with
/// the tenant, so all else may stay as it is.
pub(crate) async fn copy(db: &PgPool, of: &Shop, from: usize, to: usize) -> Outcome<Vec<Shop>> {
    let (now, entropy) = (SystemClock.now(), OsEntropy);
    let ids: Vec<Uuid> = (from..to).map(|_| Id::<Tenant>::new(now, &entropy).uuid()).collect();
    let mut tx = db.begin().await?;
    let tenants = columns(&mut *tx, "tenants", &["id", "slug"]).await?;
    let sql = format!(
        "insert into tenants (id, slug, {tenants})
         select given.id, 'shop-' || ($2 + given.n), {tenants}
         from tenants t, unnest($1::uuid[]) with ordinality as given (id, n) where t.slug = $3"
    );
    let first = i64::try_from(from)? - 1;
    sqlx::query(AssertSqlSafe(sql)).bind(&ids).bind(first).bind(&of.slug).execute(&mut *tx).await?;
    for table in TABLES {
        let others = columns(&mut *tx, table, &["tenant_id"]).await?;
        let sql = format!(
            "insert into {table} (tenant_id, {others})
             select given, {others} from {table} t, unnest($1::uuid[]) as given
             where t.tenant_id = (select id from tenants where slug = $2)"
        );
        sqlx::query(AssertSqlSafe(sql)).bind(&ids).bind(&of.slug).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    let keys = give_keys(db, &ids).await?;
    // As it would have happened by itself after a while.
    sqlx::query("vacuum analyze").execute(db).await?;
    let shop = |(n, key): (usize, String)| Shop {
        slug: format!("shop-{n}"),
        key,
        location: of.location.clone(),
        service: of.service.clone(),
    };
    Ok((from..to).zip(keys).map(shop).collect())
}

async fn columns(conn: impl sqlx::PgExecutor<'_>, table: &str, but: &[&str]) -> Outcome<String> {
    let sql = "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
               where attrelid = $1::regclass and attnum > 0 and not attisdropped
                 and attgenerated = '' and not attname = any($2)";
    Ok(sqlx::query_scalar(sql).bind(table).bind(but).fetch_one(conn).await?)
}

/// A key for each of these tenants.
async fn give_keys(db: &PgPool, tenants: &[Uuid]) -> Outcome<Vec<String>> {
    let (now, entropy) = (SystemClock.now(), OsEntropy);
    let tokens: Vec<_> =
        tenants.iter().map(|_| OpaqueToken::generate(TokenKind::ApiKey, &entropy)).collect();
    let ids: Vec<Uuid> = tenants.iter().map(|_| Id::<ApiKey>::new(now, &entropy).uuid()).collect();
    let hashes: Vec<Vec<u8>> = tokens.iter().map(|token| token.hash().to_vec()).collect();
    sqlx::query(
        "insert into api_keys (tenant_id, id, name, prefix, secret_hash, scopes, created_by,
                               created_at)
         select tenant, id, 'till', 'oc_live_', hash, $4, 'Owner', $5
         from unnest($1::uuid[], $2::uuid[], $3::bytea[]) as given (tenant, id, hash)",
    )
    .bind(tenants)
    .bind(&ids)
    .bind(&hashes)
    .bind(SCOPES.map(str::to_owned).to_vec())
    .bind(now)
    .execute(db)
    .await?;
    Ok(tokens.iter().map(|token| token.text().to_owned()).collect())
}
