//! The second lock: the database itself, asked by an attacker who has the app's role and can send
//! any SQL. Every tenant table is filled with a row of each tenant first, whatever the table is.

use openchair_domain::authz::BuiltIn;
use openchair_domain::tenancy::{Db, DbOptions, StartError};
use openchair_tests::{Business, TestApp, TestDatabase, eventually};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use std::sync::Arc;
use std::time::Duration;

/// What the door across tenants is closed to: who visits whom, and what was said about it.
const NOBODY_READS_ALL: [&str; 14] = [
    "allocations",
    "audit_entries",
    "customer_merges",
    "ledger",
    "merge_suggestions",
    "pass_kind_services",
    "pass_kinds",
    "queue_history",
    "queue_staff",
    "queues",
    "sales",
    "series",
    "service_pace",
    "till_closes",
];

/// Puts one row of each business into every tenant table that has none, made up from the
/// catalogue: a table that somebody adds later is filled, and attacked, by itself.
async fn fill(database: &TestDatabase, tenants: &[&Business]) {
    for table in database.tenant_tables().await {
        let columns = sqlx::query(
            "select a.attname::text, format_type(a.atttypid, null),
                    (select string_agg(pg_get_constraintdef(k.oid), ' ' order by k.oid)
                     from pg_constraint k
                     where k.conrelid = c.oid and k.contype = 'c' and a.attnum = any(k.conkey))
             from pg_class c join pg_attribute a on a.attrelid = c.oid
             where c.relname = $1 and c.relnamespace = 'public'::regnamespace
               and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
               and a.attname <> 'tenant_id' and (a.attnotnull or a.attname = 'custom_role_id'
                    -- Money is for a visit, or for something that was sold.
                    or (c.relname in ('payments', 'ledger') and a.attname = 'appointment_id'))",
        )
        .bind(&table)
        .fetch_all(database.owner())
        .await
        .unwrap();
        for tenant in tenants {
            let count =
                format!("select count(*) from {table} where tenant_id = '{}'", tenant.id.uuid());
            if database.count(&count).await > 0 {
                continue;
            }
            let (names, values): (Vec<String>, Vec<String>) = columns
                .iter()
                .map(|column| {
                    let (name, kind): (String, String) = (column.get(0), column.get(1));
                    let check: Option<String> = column.get(2);
                    let value = made_up(&name, &kind, check.as_deref());
                    (name, value)
                })
                .unzip();
            let sql = format!(
                "set session_replication_role = replica;
                 insert into {table} (tenant_id, {}) values ('{}', {});
                 reset session_replication_role",
                names.join(", "),
                tenant.id.uuid(),
                values.join(", ")
            );
            database.run(&sql).await;
            assert_eq!(database.count(&count).await, 1, "{table}");
        }
    }
}

/// A value of a type that the column's checks let through.
fn made_up(name: &str, kind: &str, checks: Option<&str>) -> String {
    match name {
        // With custom_role_id beside it.
        "role" => return "'custom'".to_owned(),
        // Without form_id beside it.
        "purpose" => return "'marketing_email'".to_owned(),
        _ => {}
    }
    let checks = checks.unwrap_or_default();
    let listed =
        checks.split_once(&format!("({name} = ANY")).and_then(|(_, list)| list.split('\'').nth(1));
    // What it must be more than: a number, or another column.
    let more_than = |sign: &str| {
        let (_, rest) = checks.split_once(&format!("({name} {sign} "))?;
        rest.split(')').next()
    };
    let later = more_than(">").is_some();
    let least = more_than(">=").and_then(|least| least.parse::<i64>().ok());
    match (kind, listed) {
        ("text", Some(listed)) => format!("'{listed}'"),
        ("text", None) | ("bytea", _) => "'x'".to_owned(),
        ("uuid", _) => "gen_random_uuid()".to_owned(),
        ("boolean", _) => "false".to_owned(),
        ("timestamp with time zone", _) if later => "now() + interval '1 hour'".to_owned(),
        ("timestamp with time zone", _) => "now()".to_owned(),
        ("jsonb", _) => "'{}'".to_owned(),
        ("date", _) if later => "now()::date + 1".to_owned(),
        ("date", _) => "now()::date".to_owned(),
        (kind, _) if kind.ends_with("[]") => "'{}'".to_owned(),
        // More than any least, and less than the minutes of a day.
        _ if later => "1000".to_owned(),
        _ => least.unwrap_or_default().to_string(),
    }
}

async fn two_tenants() -> (TestApp, Business, Business) {
    let app = TestApp::start().await;
    let (ours, theirs) = (app.business("Ours").await, app.business("Theirs").await);
    for business in [&ours, &theirs] {
        app.member(business, BuiltIn::Provider).await;
        app.custom_role(business, &["team:read"]).await;
        app.api_key(business, &["team:read"]).await;
    }
    fill(&app.database, &[&ours, &theirs]).await;
    (app, ours, theirs)
}

async fn number(conn: &mut PgConnection, sql: &str) -> Result<i64, String> {
    let counted = sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(conn).await;
    counted.map_err(|error| error.to_string())
}

fn refused(outcome: Result<i64, String>, what: &str) {
    let error = outcome.expect_err(what);
    let denied = error.contains("permission denied") || error.contains("row-level security");
    assert!(denied, "{what}: {error}");
}

/// What the app may do to a table, or to some of its columns, by its grants.
async fn may(conn: &mut PgConnection, right: &str, table: &str) -> bool {
    let sql = "select case when $2 = 'DELETE' then has_table_privilege(current_user, $1, $2)
                           else has_any_column_privilege(current_user, $1, $2) end";
    sqlx::query_scalar(sql).bind(table).bind(right).fetch_one(conn).await.unwrap()
}

#[tokio::test]
async fn without_a_tenant_there_are_no_rows() {
    let (app, _, _) = two_tenants().await;
    let mut attacker = app.database.as_app().await;
    let mut tables = app.database.tenant_tables().await;
    tables.push("tenants".to_owned());
    // Each in a session that never set it, one that set it to nothing, and one whose transaction
    // that set it is over.
    for manner in [
        "select 1",
        "set app.tenant_id = ''",
        "begin; select set_config('app.tenant_id', '00000000-0000-0000-0000-000000000007', true); commit",
    ] {
        attacker.execute(AssertSqlSafe(manner)).await.unwrap();
        for table in &tables {
            let full = app.database.count(&format!("select count(*) from {table}")).await;
            assert!(full >= 2, "{table} has nothing to hide");
            let count = number(&mut attacker, &format!("select count(*) from {table}")).await;
            if may(&mut attacker, "SELECT", table).await {
                assert_eq!(count, Ok(0), "{table} after {manner:?}");
            } else {
                refused(count, table);
            }
        }
        let users = number(&mut attacker, "select count(id) from users").await;
        assert_eq!(users, Ok(0), "people after {manner:?}");
    }
}

#[tokio::test]
async fn with_a_tenant_there_are_its_rows_only() {
    let (app, ours, theirs) = two_tenants().await;
    let mut attacker = app.database.as_app().await;
    let set = format!("set app.tenant_id = '{}'", ours.id.uuid());
    attacker.execute(AssertSqlSafe(set)).await.unwrap();
    let mut tables = app.database.tenant_tables().await;
    tables.push("tenants".to_owned());
    for table in &tables {
        let key = if table == "tenants" { "id" } else { "tenant_id" };
        let (own, other) = (ours.id.uuid(), theirs.id.uuid());
        if may(&mut attacker, "SELECT", table).await {
            let sql = |tenant| format!("select count(*) from {table} where {key} = '{tenant}'");
            assert!(number(&mut attacker, &sql(own)).await.unwrap() >= 1, "{table} shows our own");
            assert_eq!(number(&mut attacker, &sql(other)).await, Ok(0), "{table} hides theirs");
            let all = number(&mut attacker, &format!("select count(*) from {table}")).await;
            assert_eq!(all, number(&mut attacker, &sql(own)).await, "{table}");
        }
        // Nothing of theirs is changed or removed, with or without saying whose it is.
        let theirs_before = format!(
            "select md5(string_agg(t::text, ',' order by t::text)) from {table} t where {key} = '{other}'"
        );
        let before: Option<String> = sqlx::query_scalar(AssertSqlSafe(theirs_before.clone()))
            .fetch_one(app.database.owner())
            .await
            .unwrap();
        for sql in [
            format!("update {table} set {key} = {key}"),
            format!("update {table} set {key} = '{own}' where {key} = '{other}'"),
            format!("update {table} set {key} = '{other}'"),
            format!("delete from {table}"),
            format!("delete from {table} where {key} = '{other}'"),
        ] {
            let mut tx = attacker.begin().await.unwrap();
            // Refused, or nothing of theirs is met: the owner looks.
            let _ = tx.execute(AssertSqlSafe(sql.clone())).await;
            tx.commit().await.unwrap();
            let after: Option<String> = sqlx::query_scalar(AssertSqlSafe(theirs_before.clone()))
                .fetch_one(app.database.owner())
                .await
                .unwrap();
            assert_eq!(after, before, "{sql}");
        }
    }
}

/// A row of ours that calls itself theirs is refused, in every table that we may write.
#[tokio::test]
async fn nothing_is_put_into_another_tenant() {
    let (app, ours, theirs) = two_tenants().await;
    let mut attacker = app.database.as_app().await;
    let set = format!("set app.tenant_id = '{}'", ours.id.uuid());
    attacker.execute(AssertSqlSafe(set)).await.unwrap();
    let mut written = 0;
    for table in app.database.tenant_tables().await {
        if !may(&mut attacker, "INSERT", &table).await {
            continue;
        }
        // A copy of a row of ours but for the tenant: made by the owner, since the app may not
        // read every table that it writes.
        let sql = format!(
            "select (to_jsonb(t) || jsonb_build_object('tenant_id', '{}'))::text from {table} t
             where tenant_id = '{}' limit 1",
            theirs.id.uuid(),
            ours.id.uuid()
        );
        let copy: String =
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(app.database.owner()).await.unwrap();
        // What the database works out by itself can't be given.
        let columns = format!(
            "select string_agg(quote_ident(attname), ', ') from pg_attribute
             where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped
               and attgenerated = ''"
        );
        let columns: String = sqlx::query_scalar(AssertSqlSafe(columns))
            .fetch_one(app.database.owner())
            .await
            .unwrap();
        let sql = format!(
            "insert into {table} ({columns})
             select {columns} from jsonb_populate_record(null::{table}, $1::jsonb)"
        );
        let done = sqlx::query(AssertSqlSafe(sql)).bind(&copy).execute(&mut attacker).await;
        let error = done.expect_err(&table).to_string();
        assert!(error.contains("row-level security"), "{table}: {error}");
        written += 1;
    }
    assert!(written >= 5, "the app writes {written} tables");
}

#[tokio::test]
async fn of_people_one_sees_team_mates_and_no_secrets() {
    let (app, ours, theirs) = two_tenants().await;
    let mut attacker = app.database.as_app().await;
    let set = format!("set app.tenant_id = '{}'", ours.id.uuid());
    attacker.execute(AssertSqlSafe(set)).await.unwrap();
    let seen: Vec<String> =
        sqlx::query_scalar("select name from users").fetch_all(&mut attacker).await.unwrap();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!(seen.iter().all(|name| name.contains(&ours.name)), "{seen:?}");
    assert!(!seen.iter().any(|name| name.contains(&theirs.name)), "{seen:?}");
    for column in ["password_hash", "totp_secret", "platform_admin", "totp_last_step"] {
        refused(number(&mut attacker, &format!("select count({column}) from users")).await, column);
    }
    for table in ["sessions", "refresh_tokens", "one_time_tokens", "recovery_codes", "mailbox"] {
        refused(number(&mut attacker, &format!("select count(*) from {table}")).await, table);
    }
    refused(
        number(
            &mut attacker,
            "with gone as (delete from users returning 1) select count(*) from gone",
        )
        .await,
        "delete from users",
    );
}

/// The door across tenants shows what its grants name, and can't be widened from inside.
#[tokio::test]
async fn the_system_role_has_what_it_was_granted() {
    let (app, _, _) = two_tenants().await;
    let mut attacker = app.database.as_app().await;
    attacker.execute("set role openchair_system").await.unwrap();
    let mut closed = Vec::new();
    for table in app.database.tables().await {
        let granted = may(&mut attacker, "SELECT", &table).await;
        let count = number(&mut attacker, &format!("select count(*) from {table}")).await;
        if granted {
            let full = app.database.count(&format!("select count(*) from {table}")).await;
            assert_eq!(count, Ok(full), "{table}");
        } else {
            refused(count, &table);
            closed.push(table);
        }
    }
    assert_eq!(closed, NOBODY_READS_ALL, "what nobody reads of every tenant");
    let outcome = number(&mut attacker, "with gone as (update audit_entries set actor_name = '' returning 1) select count(*) from gone").await;
    refused(outcome, "rewriting the log");
    for sql in [
        "set role openchair_owner",
        "alter role openchair_app bypassrls",
        "alter table tenants no force row level security",
        "alter table tenants disable row level security",
        "drop policy one_tenant on api_keys",
        "grant all on all tables in schema public to openchair_app",
        "create table mine (id int)",
        "create function mine() returns int language sql return 1",
        "truncate api_keys",
        "copy tenants to '/tmp/tenants'",
        "copy tenants to program 'cat'",
        "create extension dblink",
    ] {
        let error = attacker.execute(sql).await.expect_err(sql).to_string();
        let denied = ["permission denied", "must be owner", "must be superuser"]
            .iter()
            .any(|words| error.contains(words));
        assert!(denied, "{sql}: {error}");
    }
}

fn options(url: String) -> DbOptions {
    let brief = Duration::from_secs(5);
    DbOptions { url, max_connections: 2, acquire: brief, statement: brief, lock: brief }
}

async fn connect(app: &TestApp, url: String) -> Result<Db, StartError> {
    let keys = openchair_domain::secrets::KeyRing::new(&app.settings.security.column_keys).unwrap();
    Db::connect(&options(url), app.clock.clone(), app.entropy.clone(), Arc::new(keys)).await
}

/// The product does not start on a role that could see every tenant, and says which role that is.
#[tokio::test]
async fn a_role_that_can_bypass_is_refused_at_the_start() {
    let app = TestApp::start().await;
    assert!(connect(&app, app.database.app_url()).await.is_ok());
    let owner = connect(&app, app.database.owner_url()).await.unwrap_err();
    assert!(matches!(&owner, StartError::CanBypass(role) if role == "openchair_owner"), "{owner}");
    // Roles are the cluster's, not the database's: names of this test's own.
    let cases = [
        ("suite_bypass", "login bypassrls in role openchair_app"),
        ("suite_super", "login superuser"),
        ("suite_may_become", "login noinherit in role suite_bypass"),
        ("suite_owner", "login in role openchair_app"),
    ];
    app.database
        .run("drop role if exists suite_may_become, suite_bypass, suite_super, suite_owner")
        .await;
    for (role, properties) in cases {
        app.database.run(&format!("create role {role} {properties} password 'suite'")).await;
    }
    app.database.run("alter table mailbox owner to suite_owner").await;
    let (_, host) =
        app.database.app_url().split_once('@').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    for (role, _) in cases {
        let error = connect(&app, format!("postgres://{role}:suite@{host}")).await;
        let error = error.map(|_| ()).expect_err(role).to_string();
        assert!(
            error.contains(&format!("\"{role}\"")) && error.contains("row-level security"),
            "{error}"
        );
    }
    app.database.run("alter table mailbox owner to openchair_owner").await;
    app.database.run("drop role suite_may_become; drop role suite_bypass; drop role suite_super; drop owned by suite_owner; drop role suite_owner").await;
}

#[tokio::test]
async fn an_empty_database_is_refused_with_what_to_do() {
    let app = TestApp::start().await;
    let empty = TestDatabase::empty().await;
    let error = connect(&app, empty.app_url()).await.unwrap_err();
    assert!(matches!(error, StartError::NotMigrated), "{error}");
    assert!(error.to_string().contains("openchair-server migrate"), "{error}");
}

/// What a transaction set must not be found by whoever gets the connection next.
#[tokio::test]
async fn connections_go_back_as_they_came() {
    let app = TestApp::with(&[("database.max_connections", "2"), ("worker.inside", "false")]).await;
    let (ours, theirs) = (app.business("Ours").await, app.business("Theirs").await);
    let ours_browser = app.sign_in(&ours.owner).await.in_tenant(&ours);
    let theirs_browser = app.sign_in(&theirs.owner).await.in_tenant(&theirs);
    for round in 0..10 {
        for browser in [&ours_browser, &theirs_browser] {
            let body =
                serde_json::json!({ "name": format!("key {round}"), "scopes": ["team:read"] });
            browser.post("/v1/api-keys", &body).await.expect(201);
            browser
                .delete("/v1/api-keys/key_00000000000000000000000000")
                .await
                .problem(404, "not_found");
        }
    }
    // Signing in writes outside of any tenant, on the same two connections: the spy writes down
    // what it finds set there.
    app.spy_on_connections().await;
    for _ in 0..10 {
        app.sign_in(&ours.owner).await;
    }
    assert_eq!(app.spied().await, (10, vec![]));
    // A transaction that only read ends on its connection's way back, which nobody waits for.
    eventually("all transactions end", async || (app.in_transaction().await == 0).then_some(()))
        .await;
    for list in [&ours_browser, &theirs_browser] {
        let keys = list.get("/v1/api-keys?limit=100").await.expect(200);
        assert_eq!(keys["items"].as_array().unwrap().len(), 10);
    }
}
