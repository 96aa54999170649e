//! What must be true of the tables, whatever happened: read from them alone.

use sqlx::{AssertSqlSafe, PgPool};

/// What a visit that stands takes: its lines, with the minutes that their services keep free.
const TAKES: &str = "
    with takes as (
        select l.tenant_id, l.appointment_id, r.resource, a.overridden,
               l.starts_at - make_interval(mins => s.buffer_before_minutes) as blocked_from,
               l.ends_at + make_interval(mins => s.buffer_after_minutes) as blocked_to
        from appointment_lines l
        join appointments a on a.tenant_id = l.tenant_id and a.id = l.appointment_id
        join services s on s.tenant_id = l.tenant_id and s.id = l.service_id
        cross join lateral (values (l.staff_id), (l.room_id)) as r (resource)
        where a.status not in ('cancelled', 'expired') and r.resource is not null
    )";

/// Every step that a visit can take in these races.
const STEPS: &str = "
    values (null, 'held', 'held'), (null, 'booked', 'confirmed'), ('held', 'booked', 'confirmed'),
           ('held', 'lapsed', 'expired'), ('confirmed', 'moved', 'confirmed'),
           ('confirmed', 'cancelled', 'cancelled')";

/// What is wrong, and the rows that are.
#[expect(clippy::too_many_lines, reason = "a list of rules")]
fn rules() -> Vec<(&'static str, String)> {
    let rule = |what, sql: &str| (what, sql.to_owned());
    vec![
        rule(
            "two allocations of one resource overlap",
            "select a.resource_id || ' ' || a.during || ' ' || b.during
             from allocations a join allocations b using (tenant_id, resource_id)
             where a.ctid < b.ctid and not a.overridden and not b.overridden
               and a.blocked_from < b.blocked_to and b.blocked_from < a.blocked_to",
        ),
        (
            "two visits have the same hands or room",
            format!(
                "{TAKES}
                 select a.resource || ': ' || a.appointment_id || ' and ' || b.appointment_id
                 from takes a join takes b using (tenant_id, resource)
                 where a.appointment_id < b.appointment_id and not a.overridden
                   and not b.overridden
                   and a.blocked_from < b.blocked_to and b.blocked_from < a.blocked_to"
            ),
        ),
        (
            "a visit has somebody without their time",
            format!(
                "{TAKES}
                 select t.appointment_id || ' has ' || t.resource from takes t where not exists (
                     select 1 from allocations a
                     where a.tenant_id = t.tenant_id and a.appointment_id = t.appointment_id
                       and a.resource_id = t.resource and a.overridden = t.overridden
                       and a.blocked_from <= t.blocked_from and a.blocked_to >= t.blocked_to)"
            ),
        ),
        (
            "time is taken for a visit that doesn't need it",
            format!(
                "{TAKES}
                 select a.appointment_id || ' takes ' || a.resource_id from allocations a
                 where not exists (
                     select 1 from takes t
                     where t.tenant_id = a.tenant_id and t.appointment_id = a.appointment_id
                       and t.resource = a.resource_id
                       and a.blocked_from <= t.blocked_from and a.blocked_to >= t.blocked_to)"
            ),
        ),
        rule(
            "time is kept otherwise than its visit",
            "select l.appointment_id::text from allocations l join appointments a
                 on a.tenant_id = l.tenant_id and a.id = l.appointment_id
             where l.lapses_at is distinct from a.lapses_at or l.location_id <> a.location_id",
        ),
        rule(
            "a visit has no lines, or others than its span",
            "select a.id::text from appointments a left join appointment_lines l
                 on l.tenant_id = a.tenant_id and l.appointment_id = a.id
             group by a.tenant_id, a.id
             having coalesce(min(l.starts_at) <> a.starts_at or max(l.ends_at) <> a.ends_at, true)",
        ),
        rule(
            "a history has gaps",
            "select a.id::text from appointments a left join appointment_history h
                 on h.tenant_id = a.tenant_id and h.appointment_id = a.id
             group by a.tenant_id, a.id
             having count(h.version) <> a.version or min(h.version) <> 1
                 or max(h.version) <> a.version",
        ),
        rule(
            "a history doesn't lead to where the visit stands",
            "select a.id || ' ' || a.status || ' ' || h.to_status from appointments a
             join appointment_history h on h.tenant_id = a.tenant_id and h.appointment_id = a.id
                 and h.version = a.version where h.to_status <> a.status",
        ),
        (
            "a step that there isn't",
            format!(
                "select appointment_id || ' ' || concat_ws(' ', before, action, to_status) from (
                     select h.*, lag(to_status) over (
                         partition by tenant_id, appointment_id order by version) as before
                     from appointment_history h) h
                 where from_status is distinct from before or not exists (
                     select 1 from ({STEPS}) s (came_from, step, led_to)
                     where came_from is not distinct from h.before and step = h.action
                       and led_to = h.to_status)"
            ),
        ),
        rule(
            "the outbox has gaps",
            "select c.tenant_id || ' ' || c.last_seq from event_counters c where not (
                 select count(*) = c.last_seq and coalesce(max(seq), 0) = c.last_seq
                     and coalesce(min(seq), 1) = 1 and count(distinct seq) = count(*)
                 from outbox_events e where e.tenant_id = c.tenant_id)",
        ),
        rule(
            "a visitor keeps two times for the same thing",
            "select encode(visitor_hash, 'hex') || ' ' || title from appointments
             where status = 'held' group by tenant_id, visitor_hash, title having count(*) > 1",
        ),
        rule(
            "a visit is booked for nobody",
            "select id::text from appointments
             where status in ('confirmed', 'cancelled') and customer_id is null",
        ),
        rule(
            "a key is claimed and not answered",
            "select key from idempotency_keys where status is null",
        ),
    ]
}

/// Everything that is wrong with the tables.
pub(super) async fn tables(owner: &PgPool) -> Vec<String> {
    let mut wrong = Vec::new();
    for (what, sql) in rules() {
        let found: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(owner).await.unwrap();
        wrong.extend(found.into_iter().map(|row| format!("{what}: {row}")));
    }
    wrong
}

/// How often PostgreSQL had to choose a victim in this database.
pub(super) async fn deadlocks(owner: &PgPool) -> i64 {
    let sql = "select deadlocks from pg_stat_database where datname = current_database()";
    sqlx::query_scalar(sql).fetch_one(owner).await.unwrap()
}
