//! The demo businesses, in a real database.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use openchair_domain::demo;
use openchair_tests::{Browser, TestApp};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

async fn load(app: &TestApp) {
    let logins = demo::load(&app.app().identity, demo::PASSWORD).await.unwrap();
    assert_eq!(logins.len(), 13);
}

async fn sign_in(app: &TestApp, email: &str) -> Browser {
    let browser = app.browser();
    let body = json!({ "email": email, "password": demo::PASSWORD });
    browser.post("/v1/auth/sign-in", &body).await.expect(200);
    browser
}

/// Everything of a list, page by page; no page is empty.
async fn pages(browser: &Browser, path: &str) -> Vec<Value> {
    let (mut all, mut next) = (Vec::new(), String::new());
    loop {
        let page = browser.get(&format!("{path}{next}")).await.expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(!items.is_empty(), "{path}{next}");
        all.extend(items.iter().cloned());
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return all,
        }
    }
}

async fn texts(app: &TestApp, sql: &str) -> Vec<String> {
    let found = sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(app.database.owner());
    found.await.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

#[tokio::test]
async fn the_demo_is_put_in_once_and_is_whole() {
    let app = TestApp::start().await;
    load(&app).await;
    let before = app.database.fingerprint().await;
    load(&app).await;
    app.clock.advance(Duration::days(3));
    load(&app).await;
    assert_eq!(app.database.fingerprint().await, before);
    let counted = [
        ("the spa's services", "services", "lagoon", 40),
        ("the spa's packages", "packages", "lagoon", 3),
        ("the spa's plans", "membership_plans", "lagoon", 1),
        ("the spa's categories", "service_categories", "lagoon", 7),
        ("the spa's staff", "staff", "lagoon", 4),
        ("the spa's rooms", "rooms", "lagoon", 3),
        ("the barbers' chairs", "rooms", "six-chairs", 6),
        ("the barbers' places", "locations", "six-chairs", 3),
        ("the clinic's forms", "forms", "kirana", 2),
    ];
    for (what, table, slug, expected) in counted {
        let sql = format!(
            "select count(*) from {table} r join tenants t on t.id = r.tenant_id
             where t.slug = '{slug}'"
        );
        assert_eq!(app.database.count(&sql).await, expected, "{what}");
    }
    for table in [
        "merge_suggestions",
        "consents",
        "waitlist_entries",
        "form_answers",
        "time_off",
        "payments",
        "till_closes",
    ] {
        assert!(app.database.count(&format!("select count(*) from {table}")).await > 0, "{table}");
    }
}

/// What must not be of money.
const NEVER_OF_MONEY: [(&str, &str); 4] = [
    (
        "a payment that isn't in the book as it is",
        "select count(*) from payments p where p.amount_minor <> (
             select coalesce(sum(amount_minor), 0) from ledger l
             where l.tenant_id = p.tenant_id and l.payment_id = p.id and l.refund_id is null)
            or p.refunded_minor <> (
             select coalesce(sum(amount_minor), 0) from ledger l
             where l.tenant_id = p.tenant_id and l.payment_id = p.id and l.refund_id is not null)",
    ),
    (
        "a visit that earned something else than it cost",
        "select count(*) from appointments v where v.status = 'completed' and v.price_minor <> (
             select coalesce(sum(amount_minor), 0) from ledger l
             where l.tenant_id = v.tenant_id and l.appointment_id = v.id and l.credit = 'sales')",
    ),
    (
        "more that was kept of a visit than it costs",
        "select count(*) from appointments v where v.status <> 'no_show' and case v.status
             when 'cancelled' then v.fee_minor else v.price_minor end < (
             select coalesce(sum(amount_minor - tip_minor - refunded_minor), 0) from payments p
             where p.tenant_id = v.tenant_id and p.appointment_id = v.id)",
    ),
    (
        "a visit of an earlier day that wasn't paid",
        "select count(*) from appointments v
         where v.status = 'completed' and v.updated_at < (select max(created_at) from tenants) - interval '1 day'
           and v.price_minor <> (
             select coalesce(sum(amount_minor - tip_minor), 0) from payments p
             where p.tenant_id = v.tenant_id and p.appointment_id = v.id)",
    ),
];

/// Read from the tables alone, without trusting the constraint.
#[tokio::test]
async fn no_two_demo_visits_collide_and_their_rows_agree() {
    let app = TestApp::start().await;
    load(&app).await;
    let never = [
        (
            "two visits of one resource at once",
            "select count(*) from allocations a join allocations b
                 on b.tenant_id = a.tenant_id and b.resource_id = a.resource_id
                and b.appointment_id > a.appointment_id
                and b.blocked_from < a.blocked_to and a.blocked_from < b.blocked_to",
        ),
        (
            "a line whose staff or room isn't taken",
            "select count(*) from appointment_lines l
             join appointments v on v.tenant_id = l.tenant_id and v.id = l.appointment_id
             cross join lateral (values (l.staff_id), (l.room_id)) r (id)
             where v.status not in ('cancelled', 'expired') and r.id is not null and not exists (
                 select 1 from allocations a
                 where a.tenant_id = l.tenant_id and a.appointment_id = v.id
                   and a.resource_id = r.id and a.blocked_from <= l.starts_at
                   and a.blocked_to >= l.ends_at)",
        ),
        (
            "time kept for what was called off",
            "select count(*) from allocations a
             join appointments v on v.tenant_id = a.tenant_id and v.id = a.appointment_id
             where v.status in ('cancelled', 'expired')",
        ),
        (
            "a visit that doesn't stand where its history ends",
            "select count(*) from appointments v where not exists (
                 select 1 from appointment_history h
                 where h.tenant_id = v.tenant_id and h.appointment_id = v.id
                   and h.version = v.version and h.to_status = v.status and h.at = v.updated_at)",
        ),
        (
            "a gap in a history",
            "select count(*) from (
                 select count(*) as steps, max(version) as last from appointment_history
                 group by tenant_id, appointment_id) h where steps <> last",
        ),
        (
            "a price that isn't the sum of its lines",
            "select count(*) from appointments v where v.price_minor <> (
                 select sum(price_minor) from appointment_lines l
                 where l.tenant_id = v.tenant_id and l.appointment_id = v.id)",
        ),
        (
            "a customer in two places at once",
            "select count(*) from appointments v join appointments w
                 on w.tenant_id = v.tenant_id and w.customer_id = v.customer_id and w.id > v.id
                and w.starts_at < v.ends_at and v.starts_at < w.ends_at",
        ),
    ];
    for (what, sql) in never.into_iter().chain(NEVER_OF_MONEY) {
        assert_eq!(app.database.count(sql).await, 0, "{what}");
    }
    let now = app.now();
    let early = format!(
        "select count(*) from appointments where (starts_at > '{now}' and status in
             ('in_service', 'completed', 'no_show')) or created_at > '{now}' or updated_at > '{now}'
             or (ends_at < '{now}'::timestamptz - interval '1 hour'
                 and status not in ('completed', 'no_show', 'cancelled'))
             or lapses_at <= '{now}'"
    );
    assert_eq!(app.database.count(&early).await, 0, "a visit that is ahead of its time");
    let statuses = texts(
        &app,
        "select distinct t.slug || ' ' || v.status from appointments v
         join tenants t on t.id = v.tenant_id order by 1",
    )
    .await;
    for slug in ["lagoon", "six-chairs", "kirana"] {
        for status in ["completed", "cancelled", "no_show", "confirmed"] {
            assert!(
                statuses.contains(&format!("{slug} {status}")),
                "{slug} {status}: {statuses:?}"
            );
        }
    }
    for status in ["pending_approval", "pending_payment"] {
        assert!(statuses.contains(&format!("kirana {status}")), "{statuses:?}");
    }
}

/// Regulars come to their time, members pay their price: as if both had been booked.
#[tokio::test]
async fn regulars_have_their_series_and_members_their_price() {
    let app = TestApp::start().await;
    load(&app).await;
    let series = texts(
        &app,
        "select t.slug || ' ' || s.every || ' ' || s.step from series s
         join tenants t on t.id = s.tenant_id order by 1",
    )
    .await;
    let expected = [
        "kirana week 1",
        "kirana week 2",
        "lagoon month 1",
        "lagoon week 1",
        "lagoon week 2",
        "six-chairs week 1",
        "six-chairs week 3",
    ];
    assert_eq!(series, expected);
    let visits = "from series s
         join appointments v on v.tenant_id = s.tenant_id and v.series_id = s.id
         join locations l on l.tenant_id = v.tenant_id and l.id = v.location_id";
    let few = "select count(*) from (select count(v.id) as visits, count(distinct v.series_place) as places
         from series s left join appointments v on v.tenant_id = s.tenant_id and v.series_id = s.id
         group by s.tenant_id, s.id) x where visits < 2 or places <> visits";
    assert_eq!(app.database.count(few).await, 0, "a series with fewer than two visits");
    // Behind us and ahead of us.
    for side in ["<", ">"] {
        let sql = format!("select count(*) {visits} where v.starts_at {side} '{}'", app.now());
        assert!(app.database.count(&sql).await > 5, "{side}");
    }
    let odd = format!(
        "select count(*) from (
             select count(distinct (v.starts_at at time zone l.time_zone)::time) as times,
                    count(distinct v.customer_id) as customers,
                    bool_and(v.customer_id = s.customer_id and v.source = 'series'
                             and v.created_at = s.created_at) as alike
             {visits} group by s.tenant_id, s.id
         ) x where times <> 1 or customers <> 1 or not alike"
    );
    assert_eq!(app.database.count(&odd).await, 0, "a series that isn't one");
    let owner = sign_in(&app, "owner@lagoon.demo").await;
    let range = format!("from={}&to={}", app.now().format("%FT%TZ"), "2026-03-23T00:00:00Z");
    let listed = pages(&owner, &format!("/v1/appointments?limit=100&{range}")).await;
    let of_series = listed.iter().find(|visit| visit["source"] == "series").unwrap();
    let id = of_series["series"].as_str().or(of_series["series"]["id"].as_str()).unwrap();
    let series = owner.get(&format!("/v1/series/{id}")).await.expect(200);
    assert!(series["visits"].as_array().unwrap().len() >= 2, "{series}");

    // Each line to the nearest cent, half of one up.
    let members = "from appointments v
         join customer_memberships m on m.tenant_id = v.tenant_id and m.customer_id = v.customer_id
         join membership_plans p on p.tenant_id = m.tenant_id and p.id = m.plan_id";
    let full = format!(
        "select count(*) {members} where v.discount_minor = 0 and v.price_minor > 0 or abs(
             v.discount_minor - (v.price_minor + v.discount_minor) * p.discount_percent / 100.0) > 2"
    );
    assert!(app.database.count(&format!("select count(*) {members}")).await > 10);
    assert_eq!(app.database.count(&full).await, 0, "a member who pays what others pay");
    let others = "select count(*) from appointments v where discount_minor <> 0 and not exists (
             select 1 from customer_memberships m
             where m.tenant_id = v.tenant_id and m.customer_id = v.customer_id)";
    assert_eq!(app.database.count(others).await, 0, "somebody else who pays less");
}

/// The rules of the house, as they show in what was booked.
#[tokio::test]
async fn the_spas_visits_are_in_the_rooms_that_its_rules_say() {
    let app = TestApp::start().await;
    load(&app).await;
    let rooms = texts(
        &app,
        "select distinct c.name || ' in ' || l.room_name || ' for ' || v.party
         from appointment_lines l
         join appointments v on v.tenant_id = l.tenant_id and v.id = l.appointment_id
         join services s on s.tenant_id = l.tenant_id and s.id = l.service_id
         join service_categories c on c.tenant_id = s.tenant_id and c.id = s.category_id
         join tenants t on t.id = l.tenant_id where t.slug = 'lagoon'",
    )
    .await;
    let of = |what: &str| -> BTreeSet<&str> {
        rooms.iter().filter(|one| one.starts_with(what)).map(String::as_str).collect()
    };
    assert_eq!(of("Body scrub"), BTreeSet::from(["Body scrub in Room 3 for 1"]));
    let couples: BTreeSet<_> = rooms.iter().filter(|one| one.ends_with("for 2")).collect();
    assert!(
        !couples.is_empty() && couples.iter().all(|one| !one.contains("Room 1")),
        "{couples:?}"
    );
    let sundays = "select count(*) from appointment_lines l
         join tenants t on t.id = l.tenant_id
         where t.slug = 'lagoon' and l.staff_name = 'Rosa Quitugua'
           and extract(isodow from l.starts_at at time zone 'Pacific/Guam')";
    assert!(app.database.count(&format!("{sundays} = 7")).await > 0);
    assert_eq!(app.database.count(&format!("{sundays} <> 7")).await, 0);
    let parts = "select count(*) from (
             select count(*) as parts, count(distinct step) as steps from appointment_lines l
             join appointments v on v.tenant_id = l.tenant_id and v.id = l.appointment_id
             where v.package_id is not null group by v.tenant_id, v.id) p";
    assert!(app.database.count(parts).await > 0);
    assert_eq!(app.database.count(&format!("{parts} where parts < 2 or steps <> parts")).await, 0);
}

#[tokio::test]
async fn every_page_of_a_demo_business_has_something_to_show() {
    let app = TestApp::start().await;
    load(&app).await;
    let day = |days: i64| (app.now() + Duration::days(days)).date_naive();
    for shop in ["lagoon", "six-chairs", "kirana"] {
        let owner = sign_in(&app, &format!("owner@{shop}.demo")).await;
        let mut by_day: BTreeMap<String, usize> = BTreeMap::new();
        let range = format!("from={}T00:00:00Z&to={}T00:00:00Z", day(-27), day(20));
        for visit in pages(&owner, &format!("/v1/appointments?limit=100&{range}")).await {
            *by_day.entry(visit["starts_at"].as_str().unwrap()[..10].to_owned()).or_default() += 1;
        }
        assert!(by_day.len() > 35, "{shop}: {by_day:?}");
        for path in ["services", "staff", "rooms", "customers", "locations", "audit", "forms"] {
            if (shop, path) != ("six-chairs", "forms") && (shop, path) != ("lagoon", "forms") {
                pages(&owner, &format!("/v1/{path}?limit=100")).await;
            }
        }
        pages(&owner, "/v1/customers/suggestions?limit=10").await;
        let provider = sign_in(&app, &format!("provider@{shop}.demo")).await;
        pages(&provider, &format!("/v1/appointments?limit=100&{range}")).await;
        let page = app.browser().get(&format!("/v1/public/{shop}")).await.expect(200);
        // The visits of the demo end before these days do: whatever is on the menu can be had.
        let mut free = 0;
        for service in page["services"].as_array().unwrap() {
            let party = if service["name"] == "Couples massage" { 2 } else { 1 };
            let path = format!(
                "/v1/public/{shop}/slots?services={}&party={party}&from={}&to={}",
                service["id"].as_str().unwrap(),
                day(1),
                day(28)
            );
            let found = app.browser().get(&path).await.expect(200);
            free += usize::from(found.to_string().contains("\"start"));
        }
        assert_eq!(free, page["services"].as_array().unwrap().len(), "{shop}");
    }
}

/// The barbers' lines: somebody in each state, weeks behind them, and nothing that contradicts itself.
#[tokio::test]
async fn the_barbers_have_people_in_their_lines() {
    let app = TestApp::start().await;
    load(&app).await;
    let never = [
        (
            "an entry that doesn't stand where its history ends",
            "select count(*) from queue_entries e where not exists (
                 select 1 from queue_history h
                 where h.tenant_id = e.tenant_id and h.entry_id = e.id and h.version = e.version
                   and h.to_state = e.state and h.at = e.updated_at)",
        ),
        (
            "a history that goes back in time, or has a gap",
            "select count(*) from queue_history h left join queue_history b
                 on b.tenant_id = h.tenant_id and b.entry_id = h.entry_id
                and b.version = h.version - 1
             where h.version > 1
               and (b.at is null or b.at > h.at or b.to_state <> h.from_state)",
        ),
        (
            "somebody who was called and nobody knows by whom",
            "select count(*) from queue_entries
             where state in ('called', 'serving', 'done', 'no_show')
               and (staff_id is null or staff_name is null)",
        ),
    ];
    for (what, sql) in never {
        assert_eq!(app.database.count(sql).await, 0, "{what}");
    }
    let owner = sign_in(&app, "owner@six-chairs.demo").await;
    let places = owner.get("/v1/locations").await.expect(200);
    for place in places["items"].as_array().unwrap() {
        let id = place["id"].as_str().unwrap();
        let board = owner.get(&format!("/v1/queue?location={id}")).await.expect(200);
        assert_eq!(board["settings"]["open"], true);
        assert!(!board["settings"]["staff"].as_array().unwrap().is_empty(), "{board}");
        let of = |key: &str| -> Vec<String> {
            let entries = board[key].as_array().unwrap().iter();
            entries.map(|entry| entry["state"].as_str().unwrap().to_owned()).collect()
        };
        let (open, ended) = (of("entries"), of("ended"));
        assert!(open.iter().filter(|state| *state == "waiting").count() >= 3, "{open:?}");
        assert!(open.iter().any(|state| state == "serving"), "{open:?}");
        for state in ["done", "left", "no_show"] {
            assert!(ended.iter().any(|ended| ended == state), "{state}: {ended:?}");
        }
        let range = format!(
            "from={}&to={}",
            app.now().date_naive() - Duration::days(14),
            app.now().date_naive()
        );
        let path = format!("/v1/queue/accuracy?location={id}&{range}");
        let days = owner.get(&path).await.expect(200);
        assert!(days["items"].as_array().unwrap().len() >= 8, "{days}");
    }
    let paces = "select count(*) from service_pace where n > 3";
    assert!(app.database.count(paces).await > 10);
    let called = "select count(*) from queue_entries where state = 'called'";
    assert!(app.database.count(called).await > 0);
}

/// The barbers have places in two zones: for an hour each night it is another day here than there.
#[tokio::test]
async fn the_demo_can_be_put_in_between_two_midnights() {
    let app = TestApp::start().await;
    let night = app.now().date_naive().succ_opt().unwrap().and_hms_opt(5, 30, 0).unwrap().and_utc();
    let day = |zone: chrono_tz::Tz| night.with_timezone(&zone).date_naive();
    assert_ne!(day(chrono_tz::America::New_York), day(chrono_tz::America::Chicago));
    app.clock.advance(night - app.now());
    load(&app).await;
}
