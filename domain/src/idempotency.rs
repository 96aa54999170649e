//! The same request with the same key gets the same answer, whatever happened to the first answer on
//! its way. The key is claimed in the transaction that does the work: a second request with it waits
//! until the first has committed, and a crash leaves neither the work nor the key.

use chrono::Duration;
use data_encoding::BASE64;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::fault::refusals;
use crate::jobs;
use crate::secrets::Place;
use crate::tenancy::{Db, StoreError, SystemReason, SystemTx, TenantTx, Tools};
use crate::time::Instant;

refusals! {
    /// Why a key isn't honoured.
    KeyError {
        OtherRequest = Invalid "idempotency_key_reused" "This Idempotency-Key was used for another request.",
    }
}

/// How long an answer is remembered.
pub const KEPT: Duration = Duration::hours(24);

/// A key that a client gave to a request.
#[derive(Debug, Clone)]
pub struct Key {
    /// Whose key it is: one caller can't meet another's.
    pub scope: String,
    /// The key.
    pub key: String,
    /// What the request asked for, hashed: method, path and body.
    pub request_hash: Vec<u8>,
}

/// What became of a key.
#[derive(Debug)]
pub enum Claim {
    /// Nobody used it before: do the work.
    Fresh,
    /// The work is done; this was the answer.
    Answered {
        /// The HTTP status.
        status: u16,
        /// What was kept of it.
        body: Vec<u8>,
    },
}

/// A transaction that can hold keys.
pub trait Remembers {
    /// Claims `key` for this transaction's work, or finds the answer that was given.
    fn claim(&self, key: &Key) -> impl Future<Output = Result<Claim, KeyError>> + Send;
    /// Remembers the answer together with the work.
    fn remember(
        &mut self,
        key: &Key,
        status: u16,
        body: &[u8],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

impl Remembers for TenantTx {
    async fn claim(&self, key: &Key) -> Result<Claim, KeyError> {
        claim(self.conn(), self.tools(), self.now(), self.tenant().uuid(), key).await
    }

    async fn remember(&mut self, key: &Key, status: u16, body: &[u8]) -> Result<(), StoreError> {
        let sealed = Sealed::of(self.tools(), self.tenant().uuid(), key, status, body)?;
        self.answer(sealed);
        Ok(())
    }
}

impl Remembers for SystemTx {
    async fn claim(&self, key: &Key) -> Result<Claim, KeyError> {
        claim(self.conn(), self.tools(), self.now(), Uuid::nil(), key).await
    }

    async fn remember(&mut self, key: &Key, status: u16, body: &[u8]) -> Result<(), StoreError> {
        let sealed = Sealed::of(self.tools(), Uuid::nil(), key, status, body)?;
        let sql = format!("with {REMEMBERED} select count(*) from remembered");
        let values = [Uuid::nil().into(), json!({ "answer": sealed }).into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        self.conn().execute_raw(statement).await?;
        Ok(())
    }
}

#[derive(FromQueryResult)]
struct Row {
    request_hash: Vec<u8>,
    status: Option<i16>,
    answer: Option<Vec<u8>>,
    created_at: Instant,
}

/// Waits for a transaction that holds the same key; then either the row is ours or it is answered.
/// An answer past its time makes room.
const CLAIM: &str = "
    insert into idempotency_keys (tenant_id, scope, key, request_hash, created_at)
    values ($1, $2, $3, $4, $5)
    on conflict on constraint idempotency_keys_once do update
        set request_hash = excluded.request_hash, status = null, answer = null,
            created_at = excluded.created_at
        where idempotency_keys.created_at < $6";

const LOOK: &str = "
    select request_hash, status, answer, created_at from idempotency_keys
    where tenant_id = $1 and scope = $2 and key = $3";

/// Where a sealed part is: the row has no id of its own, so one is made of its key.
fn sealed_in(column: &'static str, tenant: Uuid, key: &Key) -> Place {
    let mut hash = Sha256::new();
    for part in [tenant.as_bytes(), key.scope.as_bytes(), key.key.as_bytes()] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let mut row = [0; 16];
    row.copy_from_slice(&hash.finalize()[..16]);
    Place { table: "idempotency_keys", column, row: Uuid::from_bytes(row) }
}

async fn claim(
    conn: &impl ConnectionTrait,
    tools: &Tools,
    now: Instant,
    tenant: Uuid,
    key: &Key,
) -> Result<Claim, KeyError> {
    let asked = sealed_in("request_hash", tenant, key);
    let values = [
        tenant.into(),
        key.scope.clone().into(),
        key.key.clone().into(),
        // Sealed: a request may hold a password, and this hash is far cheaper to guess against than
        // the one in `users`.
        tools.seal(&asked, &key.request_hash)?.into(),
        now.into(),
        (now - KEPT).into(),
    ];
    let claimed = conn
        .execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, CLAIM, values))
        .await?;
    if claimed.rows_affected() == 1 {
        return Ok(Claim::Fresh);
    }
    let values = [tenant.into(), key.scope.clone().into(), key.key.clone().into()];
    let row =
        Row::find_by_statement(Statement::from_sql_and_values(DbBackend::Postgres, LOOK, values))
            .one(conn)
            .await?;
    let unreadable = |what: &str| StoreError::Unreadable(format!("idempotency key: {what}"));
    let row = row.ok_or_else(|| unreadable("gone"))?;
    if tools.open(&asked, &row.request_hash)? != key.request_hash {
        return Err(KeyError::OtherRequest);
    }
    let (Some(status), Some(answer)) = (row.status, row.answer) else {
        return Err(unreadable(&format!("claimed at {} without an answer", row.created_at)).into());
    };
    let body = tools.open(&sealed_in("answer", tenant, key), &answer)?;
    Ok(Claim::Answered { status: u16::try_from(status).unwrap_or(200), body })
}

/// Writes the answer in `answer` to its key.
pub(crate) const REMEMBERED: &str = "
    remembered as (
        update idempotency_keys k set status = a.status, answer = decode(a.answer, 'base64')
        from jsonb_to_record($2::jsonb->'answer') as a (
            scope text, key text, status smallint, answer text)
        where k.tenant_id = $1 and k.scope = a.scope and k.key = a.key
        returning 1
    )";

/// An answer as it is kept under its key.
#[derive(Debug, Serialize)]
pub(crate) struct Sealed {
    scope: String,
    key: String,
    status: i16,
    answer: String,
}

impl Sealed {
    fn of(
        tools: &Tools,
        tenant: Uuid,
        key: &Key,
        status: u16,
        body: &[u8],
    ) -> Result<Self, StoreError> {
        let answer = tools.seal(&sealed_in("answer", tenant, key), body)?;
        Ok(Self {
            scope: key.scope.clone(),
            key: key.key.clone(),
            status: i16::try_from(status).unwrap_or(200),
            answer: BASE64.encode(&answer),
        })
    }
}

/// Forgets the answers that are past their time, and says how many.
pub async fn sweep(db: &Db) -> Result<u64, StoreError> {
    let sql = "delete from idempotency_keys where (tenant_id, scope, key) in (
                   select tenant_id, scope, key from idempotency_keys where created_at < $1
                   order by created_at limit 1000 for update skip locked
               )";
    jobs::delete_in_steps(db, SystemReason::Jobs, sql, KEPT).await
}
