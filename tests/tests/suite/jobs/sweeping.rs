//! What nobody needs any more goes.

use openchair_tests::scratch::Scratch;
use openchair_worker::reconcile::{Leftovers, Reconciler};
use sqlx::Row;
use uuid::Uuid;

use super::{look, put};

#[tokio::test]
async fn what_nobody_needs_any_more_is_deleted() {
    let scratch = Scratch::new().await;
    let sql = "insert into jobs (tenant_id, id, kind, version, payload, state, run_at, created_at, finished_at)
               select '00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'old.' || state, 1, '{}',
                      state, at, at, at
               from unnest(array['done', 'dead']) as state,
                    unnest(array['2025-12-07T00:00:00Z', '2026-02-28T00:00:00Z', '2026-03-08T00:00:00Z']::timestamptz[]) as at,
                    generate_series(1, 1200)";
    sqlx::query(sql).execute(&scratch.owner).await.unwrap();
    let waiting = put(&scratch, Uuid::nil(), "test.stranger", 1).await;
    for at in ["2026-03-06T00:00:00Z", "2026-03-08T09:00:00Z"] {
        let sql = "insert into idempotency_keys (tenant_id, scope, key, request_hash, created_at)
                   values ('00000000-0000-0000-0000-000000000000', 'test', $1, '', $1::timestamptz)";
        sqlx::query(sql).bind(at).execute(&scratch.owner).await.unwrap();
    }
    assert_eq!(Leftovers.run(&scratch.db).await.unwrap(), 3_601);
    assert_eq!(Leftovers.run(&scratch.db).await.unwrap(), 0);
    let sql = "select state, count(*) as count from jobs group by state order by state";
    let left = sqlx::query(sql).fetch_all(&scratch.owner).await.unwrap();
    let left: Vec<(String, i64)> =
        left.iter().map(|row| (row.get("state"), row.get("count"))).collect();
    let expected = [("dead", 2_400), ("done", 1_200), ("waiting", 1)];
    assert_eq!(left, expected.map(|(state, count)| (state.to_owned(), count)));
    assert_eq!(look(&scratch, waiting).await.0, "waiting");
}

#[tokio::test]
async fn sessions_that_ended_long_ago_are_deleted_and_live_families_keep_their_tokens() {
    let scratch = Scratch::new().await;
    let ends = [
        ("live", "2026-04-01T00:00:00Z", None),
        ("ended lately", "2026-03-01T00:00:00Z", None),
        ("ended long ago", "2026-02-01T00:00:00Z", None),
        ("revoked lately", "2026-04-01T00:00:00Z", Some("2026-03-01T00:00:00Z")),
        ("revoked long ago", "2026-04-01T00:00:00Z", Some("2026-02-01T00:00:00Z")),
    ];
    let user = Uuid::from_u128(1);
    let sql = "insert into users (id, email, email_key, name, locale, created_at, updated_at)
               values ($1, 'a@b.example', 'a@b.example', 'Ann', 'en', now(), now())";
    sqlx::query(sql).bind(user).execute(&scratch.owner).await.unwrap();
    for (name, expires_at, revoked_at) in ends {
        let sql = "with family as (
                       insert into sessions (id, user_id, kind, client_name, created_at, last_seen_at,
                                             expires_at, revoked_at)
                       values (gen_random_uuid(), $1, 'api_client', $2, '2026-01-01', '2026-01-01',
                               $3::timestamptz, $4::timestamptz)
                       returning id, client_name
                   )
                   insert into refresh_tokens (id, session_id, token_hash, created_at, used_at, expires_at)
                   select gen_random_uuid(), id, convert_to(client_name || ' ' || at, 'UTF8'),
                          '2026-01-01', '2026-01-02', at::timestamptz
                   from family, unnest(array['2026-02-05', '2026-02-07', '2026-04-07']) as at";
        let asked = sqlx::query(sql).bind(user).bind(name).bind(expires_at).bind(revoked_at);
        asked.execute(&scratch.owner).await.unwrap();
    }
    // Two sessions, the tokens of the others that ended more than thirty days ago, and theirs.
    assert_eq!(Leftovers.run(&scratch.db).await.unwrap(), 2 + 5);
    assert_eq!(Leftovers.run(&scratch.db).await.unwrap(), 0);
    let sql = "select convert_from(token_hash, 'UTF8') from refresh_tokens
               join sessions on sessions.id = session_id order by 1";
    let left: Vec<String> = sqlx::query_scalar(sql).fetch_all(&scratch.owner).await.unwrap();
    let kept = ["ended lately", "live", "revoked lately"]
        .map(|name| ["2026-02-07", "2026-04-07"].map(|end| format!("{name} {end}")));
    assert_eq!(left, kept.concat());
    let sql = "select count(*) from sessions";
    let sessions: i64 = sqlx::query_scalar(sql).fetch_one(&scratch.owner).await.unwrap();
    assert_eq!(sessions, 3);
}
