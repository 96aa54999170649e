//! Which of the due jobs are taken: a statement that is as quick with a hundred thousand jobs of a
//! thousand tenants as with ten.

use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

/// What is due: the oldest, and what a lost worker left behind. If more is due than that look shows,
/// some tenants that have something waiting come to it, in turn (the recursion jumps from tenant to
/// tenant in the index): a shop with a hundred thousand mails hides nobody, and neither do a hundred
/// such shops.
///
/// What is looked at is found kind by kind: what this worker doesn't understand (another release queued
/// it) costs it nothing, however much there is. Within a tenant no more of it is passed over than is
/// looked at.
///
/// Each tenant's first come before any tenant's second. Those whose turn it is have every second place
/// of them. The jobs of no tenant are the mails that people wait for to sign in: they queue apart, and
/// every second place of all is theirs.
///
/// Several workers look at once and see the same. Whom others have in hand just now is passed over, and
/// there is enough behind them: with no more chosen than are wanted, the second to come would leave with
/// nothing.
///
/// The sides of `union all` and the lateral looks keep each time and each key an index condition. How
/// far is looked is written out, because nobody knows what the planner thinks of a LIMIT that it doesn't
/// know.
pub(super) fn statement(batch: i64) -> String {
    let (look, turns) = ((8 * batch).max(100), (batch / 4).max(4));
    let (nobodys, chosen) = (look.max(1_000), 4 * batch);
    format!(
        "
    with recursive oldest as materialized (
        select first.tenant_id, first.id, first.run_at
        from unnest($8::text[], $9::smallint[]) as known (kind, version) cross join lateral (
            select tenant_id, id, run_at from jobs
            where kind = known.kind and version = known.version and state = 'waiting' and run_at <= $1
            order by run_at limit {look}
        ) first
        order by run_at limit {look}
    ), rota as (
        (select tenant_id, 1 as place from jobs
         where state = 'waiting' and tenant_id > $7 and (select count(*) from oldest) = {look}
         order by tenant_id limit 1)
        union all
        select (select tenant_id from jobs
                where state = 'waiting' and tenant_id > before.tenant_id
                order by tenant_id limit 1), before.place + 1
        from rota before where before.tenant_id is not null and before.place < {turns}
    ), due as (
        select tenant_id, id, run_at, false as in_turn from oldest
        union all
        select first.tenant_id, first.id, first.run_at, true
        from rota cross join lateral (
            select tenant_id, id, run_at from (
                select tenant_id, id, run_at, kind, version from jobs
                where tenant_id = rota.tenant_id and state = 'waiting' and run_at <= $1
                order by run_at limit {look}
            ) own
            where kind || '/' || version = any($5)
            order by run_at limit 1
        ) first
        union all
        (select tenant_id, id, run_at, false from (
            select tenant_id, id, run_at, kind, version from jobs
            where tenant_id = $6 and state = 'waiting' and run_at <= $1
              and (select count(*) from oldest) = {look}
            order by run_at limit {nobodys}
         ) own
         where kind || '/' || version = any($5)
         order by run_at limit {look})
        union all
        (select tenant_id, id, run_at, false from jobs
         where state = 'running' and lease_until <= $1 and kind || '/' || version = any($5)
         order by lease_until limit 1000)
    ), numbered as (
        select tenant_id, id, run_at, bool_or(in_turn) as in_turn,
               row_number() over (partition by tenant_id order by run_at) as nth
        from due group by tenant_id, id, run_at
    ), placed as (
        select tenant_id, id, run_at,
               row_number() over (partition by tenant_id = $6, in_turn order by nth, run_at) as place
        from numbered
    ), chosen as materialized (
        select tenant_id, id from (
            select tenant_id, id, run_at,
                   row_number() over (partition by tenant_id = $6 order by place, run_at) as place
            from placed
        ) fair
        order by place, run_at limit {chosen}
    ), held as materialized (
        select found.spot from chosen cross join lateral (
            select ctid as spot from jobs
            where tenant_id = chosen.tenant_id and id = chosen.id
              and ((state = 'waiting' and run_at <= $1) or (state = 'running' and lease_until <= $1))
            for update skip locked
        ) found
        limit $4
    )
    update jobs set state = 'running', attempts = attempts + 1, lease_until = $2, leased_by = $3
    where ctid = any(array(select spot from held))
    returning tenant_id, id, kind, version, payload, sealed, attempts, run_at, lease_until, trace,
              (select tenant_id from rota where place = {turns}) as visited"
    )
}

/// Whose turn it is next, when there is more to do than one look shows: those behind whoever had it
/// last, and after the last of all the first again.
#[derive(Debug)]
pub(crate) struct Rota(Mutex<Uuid>);

impl Default for Rota {
    fn default() -> Self {
        Self(Mutex::new(Uuid::nil()))
    }
}

impl Rota {
    /// Who had it last.
    pub(super) fn before(&self) -> Uuid {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This one had it now; none: nobody came behind them, or there was no need of turns.
    pub(super) fn visited(&self, tenant: Option<Uuid>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = tenant.unwrap_or_default();
    }
}
