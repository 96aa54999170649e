//! How sending went, written down.

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbBackend, QuerySelect, Statement,
};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::endpoints::health;
use super::entities::endpoint;
use super::health::{DisabledFor, Health, Heard};
use super::lease::{Leased, Outgoing, find};
use super::{DeliveryState, EndpointState, disable, order, schedule};
use crate::entropy::shake;
use crate::tenancy::{Db, StoreError, TenantTx};
use crate::text::for_log;
use crate::time::Instant;

/// Who takes longer than this is slow.
const SLOW: Duration = Duration::seconds(3);

/// How one try went.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Of what.
    pub delivery: Outgoing,
    /// When it began.
    pub at: Instant,
    /// Where it was sent.
    pub url: String,
    /// With what, besides the body.
    pub headers: Value,
    /// The answer's status, if there was an answer.
    pub status: Option<u16>,
    /// How the answer began.
    pub answer: Option<String>,
    /// Why there was none.
    pub error: Option<String>,
    /// When the endpoint wants to be asked again.
    pub retry_after: Option<Duration>,
    /// How long it took.
    pub took: Duration,
}

impl Outcome {
    fn heard(&self) -> Heard {
        Heard::of(self.status, self.retry_after)
    }
}

/// How it stands with the endpoint then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It is ours still.
    Ours {
        /// Whether it doesn't answer, or takes long.
        doubtful: bool,
    },
    /// It was given up, or is somebody else's.
    Over,
}

/// Writes down how tries went, in the order in which they ended.
pub async fn settle(db: &Db, leased: &Leased, outcomes: &[Outcome]) -> Result<Settled, StoreError> {
    let mut tx = db.tenant_planned_once(&leased.caller).await?;
    let Some(row) = find(&tx, leased).lock_exclusive().one(tx.conn()).await? else {
        tx.rollback().await?;
        return Ok(Settled::Over);
    };
    let before = health(&row);
    let mut now = before.clone();
    let (mut hopeless, mut ends) = (None, Vec::new());
    for outcome in outcomes {
        let heard = outcome.heard();
        now = now.after(heard, tx.now(), shake(tx.entropy()));
        hopeless = now.hopeless(heard, tx.now()).or(hopeless).filter(|why| {
            // What arrived since says that there is hope, but not for who said that it is gone.
            heard != Heard::Fine || *why == DisabledFor::Gone
        });
        ends.push(End::of(outcome, heard, &now, tx.now(), shake(tx.entropy())));
    }
    write(&tx, outcomes, &ends).await?;
    let over = |end: &&End| end.state != DeliveryState::Waiting.key();
    let about = outcomes.iter().zip(&ends).filter(|(_, end)| over(end));
    let about = about.map(|(outcome, _)| outcome.delivery.about.clone()).collect();
    order::next_about(&tx, leased.id, about).await?;
    if before.rests > 0 && now.rests == 0 {
        order::hurry(&tx, leased.id).await?;
    }
    let on = row.state == EndpointState::On.key();
    let slow = outcomes.last().is_some_and(|outcome| outcome.took > SLOW);
    let doubtful = now.failures > 0 || slow;
    save(&tx, row, &now, slow).await?;
    let given_up = hopeless.filter(|_| on);
    if let Some(why) = given_up {
        disable::disable(&mut tx, leased.id, why).await?;
    }
    tx.commit().await?;
    Ok(if given_up.is_some() || !on { Settled::Over } else { Settled::Ours { doubtful } })
}

async fn save(
    tx: &TenantTx,
    row: endpoint::Model,
    health: &Health,
    slow: bool,
) -> Result<(), StoreError> {
    let mut row: endpoint::ActiveModel = row.into();
    row.failures = Set(health.failures);
    row.rests = Set(health.rests);
    row.rests_until = Set(health.rests_until);
    row.failing_since = Set(health.failing_since);
    row.succeeded_at = Set(health.succeeded_at);
    row.slow = Set(slow);
    row.update(tx.conn()).await?;
    Ok(())
}

/// What becomes of a delivery.
#[derive(Debug, Serialize, PartialEq)]
struct End {
    id: Uuid,
    state: &'static str,
    failures: i32,
    next_at: Option<Instant>,
}

impl End {
    fn of(outcome: &Outcome, heard: Heard, health: &Health, now: Instant, shake: f64) -> Self {
        let Outcome { delivery, .. } = outcome;
        let end = |state: DeliveryState, failures, next_at| Self {
            id: delivery.id().uuid(),
            state: state.key(),
            failures,
            next_at,
        };
        let failures = match heard {
            Heard::Fine => return end(DeliveryState::Delivered, delivery.failures, None),
            // Whoever is asked to come later comes later, and that is no failure of it.
            Heard::Later(_) => delivery.failures,
            Heard::Wrong | Heard::Gone => delivery.failures.saturating_add(1),
        };
        let next = schedule::next(failures, delivery.created_at, now, shake);
        match (heard, next, health.rests_until) {
            (_, None, _) => end(DeliveryState::Failed, failures, None),
            (Heard::Later(_), Some(_), Some(until)) => {
                end(DeliveryState::Waiting, failures, Some(until))
            }
            (_, next, _) => end(DeliveryState::Waiting, failures, next),
        }
    }
}

#[derive(Serialize)]
struct Attempt<'a> {
    delivery_id: Uuid,
    number: i32,
    at: Instant,
    url: &'a str,
    headers: &'a Value,
    status: Option<u16>,
    answer: Option<String>,
    error: Option<String>,
    took_ms: i64,
}

/// What was cancelled meanwhile stays as it is; that it was tried is written down all the same.
const WRITE: &str = "
    with tried as (
        insert into webhook_attempts (
            tenant_id, delivery_id, number, at, url, headers, status, answer, error, took_ms)
        select $1, a.delivery_id, a.number, a.at, a.url, a.headers, a.status, a.answer, a.error,
               a.took_ms
        from jsonb_to_recordset($2) as a (
            delivery_id uuid, number integer, at timestamptz, url text, headers jsonb,
            status smallint, answer text, error text, took_ms integer)
        on conflict do nothing
    )
    update webhook_deliveries d
    set attempts = d.attempts + 1, failures = e.failures,
        state = case when d.state = 'waiting' then e.state else d.state end,
        next_at = case when d.state = 'waiting' then e.next_at end,
        ended_at = case when d.state = 'waiting' and e.state <> 'waiting' then $4 else d.ended_at end
    from jsonb_to_recordset($3) as e (
        id uuid, state text, failures integer, next_at timestamptz)
    where d.tenant_id = $1 and d.id = e.id";

async fn write(tx: &TenantTx, outcomes: &[Outcome], ends: &[End]) -> Result<(), StoreError> {
    let attempt = |outcome: &Outcome| {
        json!(Attempt {
            delivery_id: outcome.delivery.id().uuid(),
            number: outcome.delivery.attempts + 1,
            at: outcome.at,
            url: &outcome.url,
            headers: &outcome.headers,
            status: outcome.status,
            answer: outcome.answer.as_deref().map(for_log),
            error: outcome.error.as_deref().map(for_log),
            took_ms: outcome.took.num_milliseconds(),
        })
    };
    let attempts: Vec<_> = outcomes.iter().map(attempt).collect();
    let values = [
        tx.tenant().uuid().into(),
        Value::Array(attempts).into(),
        json!(ends).into(),
        tx.now().into(),
    ];
    tx.conn()
        .execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, WRITE, values))
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Instant {
        "2026-03-08T10:00:00Z".parse::<Instant>().unwrap() + Duration::seconds(second)
    }

    fn outcome(failures: i32, status: Option<u16>, wish: Option<i64>) -> Outcome {
        Outcome {
            delivery: Outgoing::sample(failures, at(0)),
            at: at(0),
            url: String::new(),
            headers: Value::Null,
            status,
            answer: None,
            error: None,
            retry_after: wish.map(Duration::seconds),
            took: Duration::zero(),
        }
    }

    #[test]
    fn what_becomes_of_a_delivery() {
        let day = 86_400;
        let cases = [
            (0, Some(204), None, 0, ("delivered", 0, None)),
            (5, Some(200), None, 0, ("delivered", 5, None)),
            (0, Some(500), None, 0, ("waiting", 1, Some(5))),
            (1, None, None, 0, ("waiting", 2, Some(30))),
            (11, Some(404), None, 0, ("waiting", 12, Some(86_400))),
            (12, Some(404), None, 0, ("failed", 13, None)),
            (0, Some(410), None, 0, ("waiting", 1, Some(5))),
            (0, Some(301), None, 0, ("waiting", 1, Some(5))),
            (3, Some(429), Some(90), 0, ("waiting", 3, Some(90))),
            (3, Some(503), Some(90), 0, ("waiting", 3, Some(90))),
            // What doesn't say until when: the one is busy, the other one may be broken.
            (3, Some(429), None, 0, ("waiting", 3, Some(30))),
            (3, Some(503), None, 0, ("waiting", 4, Some(600))),
            (0, Some(429), Some(90), 5 * day, ("failed", 0, None)),
            (0, Some(500), None, 5 * day, ("failed", 1, None)),
        ];
        for (failures, status, wish, second, (state, then, next)) in cases {
            let outcome = outcome(failures, status, wish);
            let heard = outcome.heard();
            let health = Health::default().after(heard, at(second), 0.5);
            let end = End::of(&outcome, heard, &health, at(second), 0.5);
            let next_at = next.map(|next| at(second + next));
            let id = outcome.delivery.id().uuid();
            let expected = End { id, state, failures: then, next_at };
            assert_eq!(end, expected, "{failures} {status:?} {wish:?} {second}");
        }
    }
}
