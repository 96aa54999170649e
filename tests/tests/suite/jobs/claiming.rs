//! Whose jobs are claimed, and what that costs.

use chrono::Duration;
use openchair_domain::ids::Id;
use openchair_domain::jobs::{self, End};
use openchair_tests::eventually;
use openchair_tests::scratch::Scratch;
use sqlx::Row;
use uuid::Uuid;

use super::{PROBE, lease, put, put_many};

const BUSY: Uuid = Uuid::from_u128(1);

#[tokio::test]
async fn one_busy_tenant_does_not_keep_the_others_waiting() {
    let scratch = Scratch::new().await;
    put_many(&scratch, BUSY, 500, "2026-03-08T09:00:00Z").await;
    let quiet = put(&scratch, Uuid::from_u128(2), PROBE.kind, PROBE.version).await;
    let claimed = jobs::claim(&scratch.db, &lease("any", 4)).await.unwrap();
    assert_eq!(claimed.len(), 4);
    assert!(claimed.iter().any(|job| job.id.uuid() == quiet));
}

#[tokio::test]
async fn nor_does_one_that_is_far_busier_than_a_claim_looks() {
    let scratch = Scratch::new().await;
    put_many(&scratch, BUSY, 3_000, "2026-03-08T09:00:00Z").await;
    // Nothing of this one is due.
    put_many(&scratch, Uuid::from_u128(2), 10, "2026-04-01T09:00:00Z").await;
    let quiet = put(&scratch, Uuid::from_u128(3), PROBE.kind, PROBE.version).await;
    let claimed = jobs::claim(&scratch.db, &lease("any", 4)).await.unwrap();
    assert_eq!(claimed.len(), 4);
    assert!(claimed.iter().any(|job| job.id.uuid() == quiet));
    let all = jobs::claim(&scratch.db, &lease("rest", 5_000)).await.unwrap();
    assert!(all.len() >= 900 && all.iter().all(|job| job.tenant.map(Id::uuid) == Some(BUSY)));
}

#[tokio::test]
async fn nor_do_many_that_are_busier_than_a_claim_is_long() {
    let scratch = Scratch::new().await;
    for tenant in 1..=60 {
        put_many(&scratch, Uuid::from_u128(tenant), 50, "2026-03-08T09:00:00Z").await;
    }
    // Whoever claims goes round among all of them, and comes by here.
    let quiet = put(&scratch, Uuid::from_u128(61), PROBE.kind, PROBE.version).await;
    let mut claims = 0;
    loop {
        claims += 1;
        let claimed = jobs::claim(&scratch.db, &lease(&claims.to_string(), 8)).await.unwrap();
        assert_eq!(claimed.len(), 8);
        if claimed.iter().any(|job| job.id.uuid() == quiet) {
            break;
        }
    }
    assert!(claims <= 61 / 4 + 2, "{claims}");
}

#[tokio::test]
async fn the_mails_of_logins_and_those_of_tenants_take_turns() {
    let scratch = Scratch::new().await;
    for tenant in 1..=40 {
        put_many(&scratch, Uuid::from_u128(tenant), 1, "2026-03-08T09:00:00Z").await;
    }
    put_many(&scratch, Uuid::nil(), 3, "2026-03-08T09:59:00Z").await;
    let of_nobody = async |worker| {
        let claimed = jobs::claim(&scratch.db, &lease(worker, 4)).await.unwrap();
        assert_eq!(claimed.len(), 4);
        claimed.iter().filter(|job| job.tenant.is_none()).count()
    };
    assert_eq!(of_nobody("first").await, 2);
    assert_eq!(of_nobody("second").await, 1);
    assert_eq!(of_nobody("third").await, 0);
    put_many(&scratch, Uuid::nil(), 3_000, "2026-03-08T08:00:00Z").await;
    assert_eq!(of_nobody("fourth").await, 2);
}

/// Another release queued many of a kind that nobody here understands, and they are due before all else:
/// what is understood is found behind them, and each claim costs the same however many they are.
#[tokio::test]
async fn what_nobody_understands_costs_a_claim_nothing_either() {
    let scratch = Scratch::new().await;
    let strangers =
        "insert into jobs (tenant_id, id, kind, version, payload, state, run_at, created_at)
        select case n % 3 when 0 then $1 else uuid_nil.id end, gen_random_uuid(),
               case n % 2 when 0 then 'test.probe' else 'test.newer' end, 2, '{}', 'waiting', at, at
        from generate_series(1, 20000) n,
             (select '2026-03-08T09:00:00Z'::timestamptz as at) due,
             (select '00000000-0000-0000-0000-000000000000'::uuid as id) uuid_nil";
    sqlx::query(strangers).bind(BUSY).execute(&scratch.owner).await.unwrap();
    put_many(&scratch, BUSY, 20, "2026-03-08T09:30:00Z").await;
    put_many(&scratch, Uuid::from_u128(2), 20, "2026-03-08T09:30:00Z").await;
    put_many(&scratch, Uuid::nil(), 8, "2026-03-08T09:40:00Z").await;
    sqlx::query("vacuum analyze jobs").execute(&scratch.owner).await.unwrap();
    let before = reads(&scratch).await;
    let mut claimed = Vec::new();
    for claim in 0..12 {
        claimed.extend(jobs::claim(&scratch.db, &lease(&claim.to_string(), 4)).await.unwrap());
    }
    assert_eq!(claimed.len(), 48);
    assert!(
        claimed.iter().all(|job| (job.kind.as_str(), job.version) == (PROBE.kind, PROBE.version))
    );
    // Nobody's have every second place also here, while there are some.
    let first = claimed.iter().take(4).filter(|job| job.tenant.is_none()).count();
    assert_eq!(first, 2);
    let rows = read_since(&scratch, before).await;
    assert!(rows < 12 * 2_000, "{rows} rows for twelve claims");
}

/// How many there are is counted no further than anybody wants to know.
#[tokio::test]
async fn how_things_stand_is_counted_to_a_point() {
    let scratch = Scratch::new().await;
    put_many(&scratch, BUSY, 30_000, "2026-03-08T09:00:00Z").await;
    put_many(&scratch, Uuid::from_u128(2), 1, "2026-03-08T08:00:00Z").await;
    // One that isn't due, and one that failed for good.
    let others = "insert into jobs (tenant_id, id, kind, version, payload, state, run_at, created_at, finished_at)
        select $1, gen_random_uuid(), 'test.other', version, '{}', state, at, at, finished_at
        from (values (1::smallint, 'waiting', null::timestamptz), (2, 'dead', '2026-03-07T09:00:00Z'))
                 as other (version, state, finished_at),
             (select '2026-03-09T09:00:00Z'::timestamptz as at) later";
    sqlx::query(others).bind(BUSY).execute(&scratch.owner).await.unwrap();
    sqlx::query("vacuum analyze jobs").execute(&scratch.owner).await.unwrap();
    let claimed = jobs::claim(&scratch.db, &lease("any", 3)).await.unwrap();
    assert_eq!(claimed.len(), 3);
    let before = reads(&scratch).await;
    let figures = jobs::figures(&scratch.db).await.unwrap();
    let brief = |of: &jobs::Figures| (of.kind.clone(), of.waiting, of.due, of.running, of.dead);
    assert_eq!(
        figures.iter().map(brief).collect::<Vec<_>>(),
        [
            ("test.other".to_owned(), 1, 0, 0, 1),
            (PROBE.kind.to_owned(), jobs::COUNTED, jobs::COUNTED, 3, 0),
        ]
    );
    let oldest = figures.iter().map(|of| of.oldest_due).collect::<Vec<_>>();
    assert_eq!(oldest, [None, Some("2026-03-08T09:00:00Z".parse().unwrap())]);
    // To whoever understands neither of them, one of the two is due.
    let strangers = jobs::not_understood(&scratch.db, &[]).await.unwrap();
    let counted: Vec<_> =
        strangers.iter().map(|one| (one.kind.as_str(), one.version, one.count)).collect();
    assert_eq!(counted, [(PROBE.kind, PROBE.version, jobs::COUNTED)]);
    assert_eq!(jobs::not_understood(&scratch.db, &[PROBE]).await.unwrap(), []);
    let rows = read_since(&scratch, before).await;
    assert!(rows < 4 * jobs::COUNTED, "{rows} rows to count to ten thousand three times");
}

/// How many rows of `jobs` were fetched by an index since then; it was not read from end to end.
async fn read_since(scratch: &Scratch, before: (i64, i64)) -> i64 {
    // A connection has told all that it read when it is gone.
    scratch.db.close().await;
    let others = "select count(*) from pg_stat_activity
                  where datname = current_database() and usename <> current_user";
    eventually("all others hang up", async || {
        let left: i64 = sqlx::query_scalar(others).fetch_one(&scratch.owner).await.unwrap();
        (left == 0).then_some(())
    })
    .await;
    let after = reads(scratch).await;
    assert_eq!(after.0, before.0, "jobs was read from end to end");
    after.1 - before.1
}

/// How often `jobs` was read from end to end, and how many of its rows were fetched by an index.
async fn reads(scratch: &Scratch) -> (i64, i64) {
    // What the owner's own connections read before counts, too, and they tell it when they like.
    let mut held = Vec::new();
    for _ in 0..scratch.owner.options().get_max_connections() {
        held.push(scratch.owner.acquire().await.unwrap());
    }
    for connection in &mut held {
        let tell = sqlx::query("select pg_stat_force_next_flush()");
        tell.execute(&mut **connection).await.unwrap();
    }
    let sql = "select seq_scan, coalesce(idx_tup_fetch, 0) as fetched
               from pg_stat_user_tables where relname = 'jobs'";
    let row = sqlx::query(sql).fetch_one(&mut *held[0]).await.unwrap();
    (row.get("seq_scan"), row.get("fetched"))
}

#[tokio::test]
async fn what_is_not_due_costs_a_claim_nothing() {
    let scratch = Scratch::new().await;
    for tenant in 1..=50 {
        put_many(&scratch, Uuid::from_u128(tenant), 1_000, "2026-04-01T09:00:00Z").await;
    }
    sqlx::query("vacuum analyze jobs").execute(&scratch.owner).await.unwrap();
    for tenant in 1..=10 {
        put(&scratch, Uuid::from_u128(tenant), PROBE.kind, PROBE.version).await;
    }
    let before = reads(&scratch).await;
    // Often enough that a connection plans without looking at the values.
    let mut claimed = 0;
    for _ in 0..12 {
        claimed += jobs::claim(&scratch.db, &lease("any", 4)).await.unwrap().len();
    }
    assert_eq!(claimed, 10);
    let rows = read_since(&scratch, before).await;
    assert!(rows < 300, "{rows} rows for ten jobs");
}

/// Much falls due in one moment, and the planner has heard of none of it.
#[tokio::test]
async fn what_falls_due_at_once_costs_a_claim_no_more() {
    let scratch = Scratch::new().await;
    for tenant in 1..=50 {
        put_many(&scratch, Uuid::from_u128(tenant), 400, "2026-04-01T09:00:00Z").await;
    }
    let unheard = "alter table jobs set (autovacuum_enabled = false)";
    for sql in [unheard, "vacuum analyze jobs", "update jobs set run_at = '2026-03-08T09:00:00Z'"] {
        sqlx::query(sql).execute(&scratch.owner).await.unwrap();
    }
    let before = reads(&scratch).await;
    let mut held = Vec::new();
    for claim in 0..12 {
        let claimed = jobs::claim(&scratch.db, &lease(&claim.to_string(), 32)).await.unwrap();
        assert_eq!(claimed.len(), 32);
        held.push(claimed);
    }
    // The ends, too, find their jobs by name, however many are running.
    for claimed in held {
        let ended: Vec<_> = claimed.iter().map(|job| job.ended(End::Done)).collect();
        assert_eq!(jobs::settle(&scratch.db, &ended).await.unwrap(), 32);
    }
    let rows = read_since(&scratch, before).await;
    assert!(rows < 12 * 600, "{rows} rows for twelve claims of 32");
}

/// Somebody else has the first jobs in hand just now: whoever comes second takes those behind them, and
/// if there are none, hears that there is something to come back for.
#[tokio::test]
async fn whoever_comes_second_takes_what_is_behind() {
    let scratch = Scratch::new().await;
    put_many(&scratch, BUSY, 20, "2026-03-08T09:00:00Z").await;
    let mut rival = scratch.owner.begin().await.unwrap();
    let grip = "select id from jobs order by run_at, ctid limit 12 for update";
    sqlx::query(grip).fetch_all(&mut *rival).await.unwrap();
    let ahead = Duration::seconds(5);
    let first = jobs::take(&scratch.db, &lease("first", 4), ahead).await.unwrap();
    assert_eq!((first.jobs.len(), first.next), (4, None), "a full hand asks for nothing");
    let second = jobs::take(&scratch.db, &lease("second", 8), ahead).await.unwrap();
    assert_eq!(second.jobs.len(), 4);
    assert_eq!(second.next, Some("2026-03-08T09:00:00Z".parse().unwrap()));
    rival.rollback().await.unwrap();
    let third = jobs::take(&scratch.db, &lease("third", 20), ahead).await.unwrap();
    assert_eq!((third.jobs.len(), third.next), (12, None));
}
