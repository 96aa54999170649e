//! The third lock: every table, key, index, policy and grant of the schema, looked up in the
//! database's catalogue. A new table is held to the same rules without anybody thinking of it.

use openchair_tests::TestDatabase;
use sqlx::{AssertSqlSafe, PgPool, Row};

/// Tables that belong to no tenant, and why. Whoever adds one says why here.
const GLOBAL_TABLES: &[(&str, &str)] = &[
    ("alert_tellings", "of an alert, which is the deployment's"),
    ("alerts", "how the deployment does is nobody's in particular"),
    ("mailbox", "development only: mails by address, no tenant asks for them"),
    ("message_sweeps", "how far sweeps over all tenants have looked"),
    ("one_time_tokens", "links of a login, which is global"),
    ("provider_events", "what was told is known by its id before anybody knows whose it is"),
    ("recovery_codes", "second factors of a login, which is global"),
    ("refresh_tokens", "API clients of a login, which is global"),
    ("regular_passes", "of an address, which customers have in many businesses"),
    ("sessions", "of a login, which is global"),
    ("tallies", "counts over all tenants"),
    ("tenants", "the root: its id is the tenant's id"),
    ("turns", "whose turn it is to put something right, for all tenants at once"),
    ("users", "logins are global; memberships say where they belong"),
];

/// Indexes of tenant tables that don't begin with the tenant, and why.
const CROSSING_INDEXES: &[(&str, &str)] = &[
    ("api_keys_by_secret", "a program shows its key before anybody knows its tenant"),
    ("appointments_by_address", "whoever proved an address is looked for in all businesses"),
    ("appointments_by_link", "a customer shows the link before anybody knows the tenant"),
    ("appointments_by_link_before", "a customer shows the link before anybody knows the tenant"),
    ("appointments_lapsing", "the sweep looks for time that lapsed over all tenants"),
    ("appointments_never_taken", "the sweep goes by age over all tenants"),
    ("book_checks_amiss", "who runs the deployment hears of it, whosever book it is"),
    ("cards_kept", "the sweep looks for cards of no use any more over all tenants"),
    ("cards_unheard", "the worker asks for what nothing was heard of over all tenants"),
    ("customer_imports_checked", "the sweep goes by age over all tenants"),
    ("customers_by_address", "whoever proved an address is looked for in all businesses"),
    ("disputes_unheard", "the worker asks for what nothing was heard of over all tenants"),
    ("idempotency_keys_by_age", "the sweep goes by age over all tenants"),
    ("invitations_by_token", "a guest shows the link before anybody knows the tenant"),
    ("jobs_by_id", "an operator looks at a job, whoever's it is"),
    ("jobs_dead", "the sweep goes by age over all tenants"),
    ("jobs_by_kind", "the worker finds what it understands behind what it doesn't"),
    ("jobs_dead_by_kind", "an operator drives all of a kind again"),
    ("jobs_done", "the sweep goes by age over all tenants"),
    ("jobs_lapsed", "the worker claims what a lost one left behind over all tenants"),
    ("left_accounts_by_account", "what the provider tells is about an account, whosever it was"),
    ("memberships_by_user", "signing in asks where a login belongs"),
    ("message_replies_by_age", "the sweep goes by age over all tenants"),
    ("message_replies_by_provider", "an answer comes again before anybody knows its tenant"),
    ("messages_by_age", "the sweep goes by age over all tenants"),
    ("messages_by_last_word", "an answer is meant for whichever tenant wrote last"),
    ("payment_accounts_by_account", "what the provider tells is about an account, whosever it is"),
    ("payment_accounts_by_hook", "PayFast tells at an address before anybody knows whose that is"),
    ("payments_given_up", "the worker asks whether it was paid all the same, over all tenants"),
    ("payments_unheard", "the worker asks for what nothing was heard of over all tenants"),
    ("payouts_unheard", "the worker asks for what nothing was heard of over all tenants"),
    ("queue_entries_by_token", "who waits shows the ticket before anybody knows the tenant"),
    ("queue_entries_expiring", "the sweep looks for who was forgotten over all tenants"),
    ("queue_entries_to_forget", "the sweep looks for whose wait is long over, over all tenants"),
    ("queue_kiosks_by_token", "a tablet shows its token before anybody knows the tenant"),
    ("refunds_unheard", "the worker asks for what nothing was heard of over all tenants"),
    ("schedules_due", "the sweep looks for what is due over all tenants"),
    ("sequence_runs_due", "the worker looks for what is due over all tenants"),
    ("subscriptions_by_customer", "what the provider tells is about a customer, whosever it is"),
    ("subscriptions_by_look", "the worker asks for what nothing was heard of over all tenants"),
    ("support_grants_by_user", "a platform administrator's admission is found by who asks"),
    ("vouchers_expiring", "the worker looks for what is over over all tenants"),
    ("passes_expiring", "the worker looks for what is over over all tenants"),
    ("voucher_orders_by_token", "who buys shows the link before anybody knows the tenant"),
    ("voucher_orders_unpaid", "the sweep goes by age over all tenants"),
    ("waitlist_entries_by_token", "who waits shows the link before anybody knows the tenant"),
    ("waitlist_offers_by_token", "who waits shows the link before anybody knows the tenant"),
    ("webhook_deliveries_ended", "the sweep goes by age over all tenants"),
    ("webhook_endpoints_due", "the worker looks for what is due over all tenants"),
    ("waitlist_over", "the sweep looks for days that are over over all tenants"),
];

/// Tenant tables without a foreign key to `tenants`, and why.
const WITHOUT_TENANT_KEY: &[(&str, &str)] = &[
    ("idempotency_keys", "anonymous callers' keys carry the nil tenant"),
    ("jobs", "jobs that belong to nobody's tenant carry the nil tenant"),
];

const SETTING: &str = "( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS \"nullif\")";

async fn rows(pool: &PgPool, sql: &str) -> Vec<Vec<String>> {
    let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(pool).await.unwrap();
    let text = |row: &sqlx::postgres::PgRow| {
        (0..row.len()).map(|at| row.get::<Option<String>, _>(at).unwrap_or_default()).collect()
    };
    rows.iter().map(text).collect()
}

fn is_on(list: &[(&str, &str)], name: &str) -> bool {
    list.iter().any(|(listed, _)| *listed == name)
}

/// A list of exceptions must not outlive what it excepts.
fn assert_used(list: &[(&str, &str)], met: &[String]) {
    for (name, _) in list {
        assert!(met.iter().any(|met| met == name), "{name} is no exception any more: remove it");
    }
}

#[tokio::test]
async fn a_table_belongs_to_a_tenant_or_says_why_not() {
    let database = TestDatabase::fresh().await;
    let tables = database.tables().await;
    let of_tenants = database.tenant_tables().await;
    assert!(of_tenants.len() > 10, "{of_tenants:?}");
    let global: Vec<_> = tables.iter().filter(|table| !of_tenants.contains(table)).collect();
    let listed: Vec<_> = GLOBAL_TABLES.iter().map(|(name, _)| *name).collect();
    assert_eq!(global, listed, "a table without tenant_id needs a reason");
}

#[tokio::test]
async fn row_security_is_on_and_binds_the_owner_too() {
    let database = TestDatabase::fresh().await;
    let mut tables = database.tenant_tables().await;
    tables.extend(["tenants".to_owned(), "users".to_owned()]);
    tables.sort();
    let locked = rows(
        database.owner(),
        "select relname::text from pg_class
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
           and relrowsecurity and relforcerowsecurity order by 1",
    )
    .await;
    assert_eq!(locked.concat(), tables);
}

/// The policies are these and no others: one that is merely added (they are OR-ed) opens the door.
#[tokio::test]
async fn policies_are_exactly_the_two_doors() {
    let database = TestDatabase::fresh().await;
    let policies = rows(
        database.owner(),
        "select tablename::text, policyname::text, permissive, array_to_string(roles, ','), cmd,
                coalesce(qual, ''), coalesce(with_check, '')
         from pg_policies where schemaname = 'public' order by 1, 2",
    )
    .await;
    let mut tables = database.tenant_tables().await;
    tables.push("tenants".to_owned());
    for table in &tables {
        let key = if table == "tenants" { "id" } else { "tenant_id" };
        let condition = format!("({key} = {SETTING})");
        let own: Vec<_> = policies.iter().filter(|policy| policy[0] == *table).collect();
        let app: Vec<_> = own.iter().filter(|policy| policy[3] == "openchair_app").collect();
        let [app] = app[..] else { panic!("{table}: one policy for the app, not {app:?}") };
        assert_eq!(app[1..3], ["one_tenant", "PERMISSIVE"], "{table}");
        assert_eq!(app[4..], ["ALL", &condition, &condition], "{table}");
        for policy in own.iter().filter(|policy| policy[3] != "openchair_app") {
            assert_eq!(
                policy[1..],
                ["named_reason", "PERMISSIVE", "openchair_system", "ALL", "true", "true"],
                "{table}"
            );
        }
    }
    let others: Vec<_> = policies.iter().filter(|policy| !tables.contains(&policy[0])).collect();
    let names: Vec<_> = others.iter().map(|policy| policy[..5].join(" ")).collect();
    assert_eq!(
        names,
        [
            "users named_reason PERMISSIVE openchair_system ALL",
            "users team_mates PERMISSIVE openchair_app SELECT",
        ]
    );
}

#[tokio::test]
async fn primary_keys_begin_with_the_tenant() {
    let database = TestDatabase::fresh().await;
    let firsts = rows(
        database.owner(),
        "select c.relname::text, a.attname::text
         from pg_class c
         left join pg_index i on i.indrelid = c.oid and i.indisprimary
         left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')",
    )
    .await;
    let tables = database.tenant_tables().await;
    for table in &tables {
        let first = firsts.iter().find(|row| row[0] == *table).map(|row| row[1].as_str());
        assert_eq!(first, Some("tenant_id"), "the primary key of {table}");
    }
}

#[tokio::test]
async fn the_tenant_is_never_null_and_always_a_uuid() {
    let database = TestDatabase::fresh().await;
    let odd = rows(
        database.owner(),
        "select c.relname::text from pg_class c
         join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
           and not (a.attnotnull and a.atttypid = 'uuid'::regtype)",
    )
    .await;
    assert!(odd.is_empty(), "{odd:?}");
}

#[tokio::test]
async fn what_is_unique_is_unique_within_a_tenant() {
    let database = TestDatabase::fresh().await;
    let across = rows(
        database.owner(),
        "select c.relname::text, x.relname::text
         from pg_index i
         join pg_class c on c.oid = i.indrelid
         join pg_class x on x.oid = i.indexrelid
         join pg_attribute t on t.attrelid = c.oid and t.attname = 'tenant_id'
         where c.relnamespace = 'public'::regnamespace and (i.indisunique or i.indisexclusion)
           and not t.attnum = any(i.indkey::int2[])",
    )
    .await;
    assert!(across.is_empty(), "unique across tenants: {across:?}");
}

/// A row that could point at another tenant's row needs nobody's permission to leak.
#[tokio::test]
async fn foreign_keys_carry_the_tenant_along() {
    let database = TestDatabase::fresh().await;
    let tables = database.tenant_tables().await;
    let keys = rows(
        database.owner(),
        "select f.conname::text, c.relname::text, r.relname::text,
                (select string_agg(a.attname::text, ',' order by k.place)
                 from unnest(f.conkey) with ordinality k (num, place)
                 join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.num),
                (select string_agg(a.attname::text, ',' order by k.place)
                 from unnest(f.confkey) with ordinality k (num, place)
                 join pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.num)
         from pg_constraint f
         join pg_class c on c.oid = f.conrelid
         join pg_class r on r.oid = f.confrelid
         where f.contype = 'f' and c.relnamespace = 'public'::regnamespace",
    )
    .await;
    let mut rooted = Vec::new();
    for key in keys.iter().filter(|key| tables.contains(&key[1])) {
        let [name, from, to, columns, targets] = &key[..] else { panic!("{key:?}") };
        match to.as_str() {
            "tenants" => {
                assert_eq!([columns, targets], ["tenant_id", "id"], "{name}");
                rooted.push(from.clone());
            }
            to if tables.iter().any(|table| table == to) => {
                assert!(columns.starts_with("tenant_id,"), "{name}: {columns}");
                assert!(targets.starts_with("tenant_id,"), "{name}: {targets}");
                rooted.push(from.clone());
            }
            to => assert_eq!(to, "users", "{name} points at a table of no tenant's"),
        }
    }
    let loose: Vec<_> =
        tables.iter().filter(|table| !rooted.contains(table)).map(String::clone).collect();
    let listed: Vec<_> = WITHOUT_TENANT_KEY.iter().map(|(name, _)| *name).collect();
    assert_eq!(loose, listed, "a tenant table hangs from tenants, or says why not");
    // The other way round, nothing global may depend on a tenant's rows.
    let back: Vec<_> =
        keys.iter().filter(|key| !tables.contains(&key[1]) && tables.contains(&key[2])).collect();
    assert!(back.is_empty(), "{back:?}");
}

#[tokio::test]
async fn indexes_begin_with_the_tenant_or_say_why_not() {
    let database = TestDatabase::fresh().await;
    let tables = database.tenant_tables().await;
    let indexes = rows(
        database.owner(),
        "select c.relname::text, x.relname::text, coalesce(a.attname::text, '(expression)')
         from pg_index i
         join pg_class c on c.oid = i.indrelid
         join pg_class x on x.oid = i.indexrelid
         left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
         where c.relnamespace = 'public'::regnamespace",
    )
    .await;
    let crossing = indexes.iter().filter(|row| tables.contains(&row[0]) && row[2] != "tenant_id");
    let crossing: Vec<String> = crossing.map(|row| row[1].clone()).collect();
    for index in &crossing {
        assert!(is_on(CROSSING_INDEXES, index), "{index} begins without the tenant, and why?");
    }
    assert_used(CROSSING_INDEXES, &crossing);
}

/// Who may do what to which table and column: read it as a table of rights.
#[tokio::test]
async fn grants_are_these_and_no_more() {
    let database = TestDatabase::fresh().await;
    let grants = rows(
        database.owner(),
        "with tables as (
             select c.oid, c.relname::text as name from pg_class c
             where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
         ), rights as (
             select t.oid, t.name, coalesce(r.rolname::text, 'PUBLIC') as role, g.privilege_type, '' as columns
             from tables t join pg_class c on c.oid = t.oid,
                  aclexplode(c.relacl) g left join pg_roles r on r.oid = g.grantee
             where g.grantee <> c.relowner
             union all
             select t.oid, t.name, coalesce(r.rolname::text, 'PUBLIC'), g.privilege_type,
                    string_agg(a.attname::text, ', ' order by a.attname)
             from tables t join pg_attribute a on a.attrelid = t.oid,
                  aclexplode(a.attacl) g left join pg_roles r on r.oid = g.grantee
             group by 1, 2, 3, 4
         )
         select format('%-20s %-18s %s', name, role, string_agg(
             privilege_type || case columns when '' then '' else format(' (%s)', columns) end,
             ', ' order by privilege_type))
         from rights group by name, role order by name, role",
    )
    .await
    .concat();
    insta::assert_snapshot!(grants.join("\n"));
    let audit: Vec<_> = grants.iter().filter(|line| line.starts_with("audit_entries")).collect();
    assert_eq!(audit.len(), 2);
    for line in audit {
        for right in ["UPDATE", "DELETE", "TRUNCATE"] {
            assert!(!line.contains(right), "the audit log is append-only: {line}");
        }
    }
    for line in &grants {
        assert!(!line.contains("PUBLIC"), "nobody is everybody here: {line}");
        for right in ["TRUNCATE", "REFERENCES", "TRIGGER"] {
            assert!(!line.contains(right), "the product's roles need no {right}: {line}");
        }
    }
}

/// Functions run with their caller's rights: one that doesn't is a door of its own.
#[tokio::test]
async fn no_function_or_view_lends_its_owners_rights() {
    let database = TestDatabase::fresh().await;
    let lending = rows(
        database.owner(),
        "select p.proname::text from pg_proc p
         where p.pronamespace = 'public'::regnamespace and p.prosecdef
         union all
         select c.relname::text from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')",
    )
    .await;
    assert!(lending.is_empty(), "{lending:?}");
}

#[tokio::test]
async fn the_roles_of_the_product_can_bypass_nothing() {
    let database = TestDatabase::fresh().await;
    let roles = rows(
        database.owner(),
        "select rolname::text, rolcanlogin::text, rolinherit::text,
                (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)::text,
                (select string_agg(g.rolname::text, ',') from pg_auth_members m
                 join pg_roles g on g.oid = m.roleid where m.member = r.oid)
         from pg_roles r where rolname in ('openchair_app', 'openchair_system') order by 1",
    )
    .await;
    assert_eq!(
        roles,
        [
            ["openchair_app", "true", "false", "false", "openchair_system"],
            ["openchair_system", "false", "true", "false", ""],
        ]
    );
    let owned = rows(
        database.owner(),
        "select relname::text from pg_class where relowner in
             (select oid from pg_roles where rolname in ('openchair_app', 'openchair_system'))",
    )
    .await;
    assert!(owned.is_empty(), "{owned:?}");
    let create = rows(
        database.owner(),
        "select has_schema_privilege('openchair_app', 'public', 'CREATE')::text,
                has_schema_privilege('openchair_system', 'public', 'CREATE')::text",
    )
    .await;
    assert_eq!(create.concat(), ["false", "false"]);
}
