//! What it costs to hear that something happened.

use std::collections::BTreeSet;

use openchair_domain::bells::Ring;
use openchair_domain::ids::Id;
use openchair_domain::webhooks;
use openchair_tests::eventually;
use openchair_tests::scratch::Scratch;
use sqlx::Row;
use uuid::Uuid;

/// So many businesses have endpoints.
const MANY: i32 = 3_000;

/// Businesses that listen and were told of everything: the first of them is the last that is named.
const LISTENING: [&str; 3] = [
    "insert into tenants (id, slug, name, kind, country, time_zone, currency, locale, hue, plan,
                          created_at, updated_at)
     select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'shop-' || n, 'Shop', 'spa',
            'US', 'America/New_York', 'USD', 'en', 0, 'business', now(), now()
     from generate_series(1, $1) n",
    "insert into event_counters (tenant_id, last_seq) select id, 7 from tenants where $1 > 0
     on conflict (tenant_id) do update set last_seq = 7",
    "insert into webhook_cursors (tenant_id, seq, listens) select id, 7, true from tenants where $1 > 0",
];

/// How many rows were read of what says who listens, and how often one of the tables as a whole.
async fn reads(scratch: &Scratch) -> (i64, i64) {
    let sql = "select sum(coalesce(idx_tup_fetch, 0) + seq_tup_read)::bigint as rows,
                      sum(seq_scan)::bigint as scans
               from pg_stat_user_tables
               where relname in ('webhook_cursors', 'event_counters', 'tenants')";
    let row = sqlx::query(sql).fetch_one(&scratch.owner).await.unwrap();
    (row.get("rows"), row.get("scans"))
}

#[tokio::test]
async fn a_ring_costs_those_for_whom_it_rings() {
    let scratch = Scratch::new().await;
    let mut owner = scratch.owner.acquire().await.unwrap();
    for sql in LISTENING {
        sqlx::query(sql).bind(MANY).execute(&mut *owner).await.unwrap();
    }
    for table in ["webhook_cursors", "event_counters", "tenants"] {
        let sql = sqlx::AssertSqlSafe(format!("vacuum analyze {table}"));
        sqlx::query(sql).execute(&mut *owner).await.unwrap();
    }
    let told = |n: u128| Id::from_uuid(Uuid::from_u128(0x7000_8000_0000_0000_0000 + n));
    let new = "update event_counters set last_seq = 8 where tenant_id = $1";
    sqlx::query(new).bind(told(2_000).uuid()).execute(&mut *owner).await.unwrap();
    // What was read to set this up is told now; what is read from now on, when its connection ends.
    sqlx::query("select pg_stat_force_next_flush()").execute(&mut *owner).await.unwrap();
    drop(owner);
    let before = reads(&scratch).await;
    // One has something new, one nothing, and one doesn't listen at all.
    let rang = Ring::These(BTreeSet::from([told(2_000), told(1_000), told(1 << 40)]));
    for _ in 0..12 {
        let found = webhooks::listening(&scratch.db, &rang).await.unwrap();
        let found: Vec<_> = found.iter().map(webhooks::Listening::tenant).collect();
        assert_eq!(found, [told(2_000)]);
        assert_eq!(webhooks::listening(&scratch.db, &Ring::default()).await.unwrap().len(), 0);
    }
    let all = webhooks::listening(&scratch.db, &Ring::Anybody).await.unwrap();
    assert_eq!(all.len(), 1, "whoever wasn't told of finds it by looking at all");
    scratch.db.close().await;
    let after = eventually("the figures", async || {
        let now = reads(&scratch).await;
        (now != before).then_some(now)
    })
    .await;
    let rows = after.0 - before.0;
    // Each ring reads two cursors, two counters and a tenant; the look at all reads what there is once.
    let of_all = 3 * i64::from(MANY) + 100;
    assert!(rows < of_all + 12 * 10, "{rows} rows, in {} scans", after.1 - before.1);
}
