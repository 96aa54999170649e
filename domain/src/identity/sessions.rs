//! What keeps somebody signed in, and how to end it.

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait,
    QueryFilter, QueryOrder, Statement,
};

use super::entities::session;
use super::{Identity, IdentityError, Me, SignedIn};
use crate::ids::{Id, Session, Tenant, User};
use crate::jobs;
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::{Db, RequestFacts, StoreError, SystemReason, SystemTx};
use crate::time::Instant;

/// A browser session that was just opened. The secret goes into the cookie and nowhere else.
#[derive(Debug)]
pub struct NewSession {
    /// What the cookie holds.
    pub secret: OpaqueToken,
    /// When the session ends at the latest.
    pub expires_at: Instant,
}

/// A session, as its owner sees it.
#[derive(Debug, Clone)]
pub struct SessionFacts {
    /// Its id.
    pub id: Id<Session>,
    /// Whether it is the one that asks.
    pub current: bool,
    /// `browser` or `api_client`.
    pub kind: String,
    /// What an API client calls itself.
    pub client_name: Option<String>,
    /// What the browser says it is.
    pub user_agent: Option<String>,
    /// Where it was opened from.
    pub ip: Option<String>,
    /// When it was opened.
    pub created_at: Instant,
    /// When it was last used, to the minute.
    pub last_seen_at: Instant,
}

/// Opens a browser session.
pub(crate) async fn open(
    tx: &SystemTx,
    identity: &Identity,
    user: Id<User>,
    tenant: Option<Id<Tenant>>,
    request: &RequestFacts,
) -> Result<NewSession, StoreError> {
    let secret = OpaqueToken::generate(TokenKind::Session, tx.entropy());
    let expires_at = tx.now() + identity.rules().absolute;
    let row = session::ActiveModel {
        id: Set(tx.new_id::<Session>().uuid()),
        user_id: Set(user.uuid()),
        kind: Set("browser".to_owned()),
        secret_hash: Set(Some(secret.hash().to_vec())),
        current_tenant_id: Set(tenant.map(Id::uuid)),
        client_name: Set(None),
        user_agent: Set(request.user_agent.clone()),
        ip: Set(request.ip.clone()),
        created_at: Set(tx.now()),
        last_seen_at: Set(tx.now()),
        expires_at: Set(expires_at),
        revoked_at: Set(None),
        revoked_because: Set(None),
    };
    row.insert(tx.conn()).await?;
    Ok(NewSession { secret, expires_at })
}

/// Gives a session a new secret: after a change of what it may do, a stolen cookie is worth nothing.
pub(super) async fn rotate(
    tx: &SystemTx,
    session: Id<Session>,
) -> Result<Option<NewSession>, StoreError> {
    let found = session::Entity::find_by_id(session.uuid()).one(tx.conn()).await?;
    let Some(found) = found.filter(|row| row.kind == "browser") else { return Ok(None) };
    let expires_at = found.expires_at;
    let secret = OpaqueToken::generate(TokenKind::Session, tx.entropy());
    let mut row: session::ActiveModel = found.into();
    row.secret_hash = Set(Some(secret.hash().to_vec()));
    row.update(tx.conn()).await?;
    Ok(Some(NewSession { secret, expires_at }))
}

/// Which sessions are to be ended.
#[derive(Clone, Copy)]
pub(super) enum Which {
    All,
    One(Id<Session>),
    AllBut(Id<Session>),
}

const REVOKE: &str = "
    update sessions set revoked_at = $2, revoked_because = $3
    where user_id = $1 and revoked_at is null
      and ($4::uuid is null or id = $4) and ($5::uuid is null or id <> $5)";

pub(super) async fn revoke(
    tx: &SystemTx,
    user: Id<User>,
    which: Which,
    because: &str,
) -> Result<u64, StoreError> {
    let (one, but) = match which {
        Which::All => (None, None),
        Which::One(id) => (Some(id.uuid()), None),
        Which::AllBut(id) => (None, Some(id.uuid())),
    };
    let values = [user.uuid().into(), tx.now().into(), because.into(), one.into(), but.into()];
    let done = tx
        .conn()
        .execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, REVOKE, values))
        .await?;
    Ok(done.rows_affected())
}

impl Identity {
    /// Ends the session that asks.
    pub async fn sign_out(&self, person: &SignedIn) -> Result<(), IdentityError> {
        let tx = self.db().system(SystemReason::Identity).await?;
        revoke(&tx, person.user, Which::One(person.session), "signed_out").await?;
        Ok(tx.commit().await?)
    }

    /// Everything that keeps this login signed in, the newest first.
    pub async fn sessions(&self, person: &SignedIn) -> Result<Vec<SessionFacts>, IdentityError> {
        let tx = self.db().system(SystemReason::Identity).await?;
        let rows = session::Entity::find()
            .filter(session::Column::UserId.eq(person.user.uuid()))
            .filter(session::Column::RevokedAt.is_null())
            .filter(session::Column::ExpiresAt.gt(tx.now()))
            .filter(session::Column::LastSeenAt.gt(tx.now() - self.rules().idle))
            .order_by_desc(session::Column::LastSeenAt)
            .all(tx.conn())
            .await?;
        tx.commit().await?;
        Ok(rows
            .into_iter()
            .map(|row| SessionFacts {
                id: Id::from_uuid(row.id),
                current: row.id == person.session.uuid(),
                kind: row.kind,
                client_name: row.client_name,
                user_agent: row.user_agent,
                ip: row.ip,
                created_at: row.created_at,
                last_seen_at: row.last_seen_at,
            })
            .collect())
    }

    /// Ends one of one's own sessions.
    pub async fn revoke_session(
        &self,
        person: &SignedIn,
        id: Id<Session>,
    ) -> Result<(), IdentityError> {
        let tx = self.db().system(SystemReason::Identity).await?;
        if revoke(&tx, person.user, Which::One(id), "revoked").await? == 0 {
            tx.rollback().await?;
            return Err(IdentityError::NotFound);
        }
        Ok(tx.commit().await?)
    }

    /// Ends all of one's sessions but the one that asks, and says how many.
    pub async fn revoke_other_sessions(&self, person: &SignedIn) -> Result<u64, IdentityError> {
        let tx = self.db().system(SystemReason::Identity).await?;
        let count = revoke(&tx, person.user, Which::AllBut(person.session), "revoked").await?;
        tx.commit().await?;
        Ok(count)
    }

    /// Moves the session to another tenant that the login belongs to.
    pub async fn stand_in(
        &self,
        person: &SignedIn,
        tenant: Id<Tenant>,
    ) -> Result<Me, IdentityError> {
        let tx = self.db().system(SystemReason::Identity).await?;
        let me = self.me_in(&tx, person.user, Some(tenant)).await?;
        if me.places.iter().all(|place| place.tenant != tenant) {
            tx.rollback().await?;
            return Err(IdentityError::NotFound);
        }
        move_to(&tx, person.session, tenant).await?;
        tx.commit().await?;
        Ok(me)
    }
}

/// The session stands in this tenant from now on.
pub(crate) async fn move_to(
    tx: &SystemTx,
    session: Id<Session>,
    tenant: Id<Tenant>,
) -> Result<(), StoreError> {
    let row = session::ActiveModel {
        id: Set(session.uuid()),
        current_tenant_id: Set(Some(tenant.uuid())),
        ..Default::default()
    };
    row.update(tx.conn()).await?;
    Ok(())
}

/// How long a session that has ended is kept, and a refresh token beyond its own end. Until then a
/// token that is shown a second time still gives away that it was stolen.
const KEPT: Duration = Duration::days(30);

/// Deletes refresh tokens and sessions that ended a while ago, and says how many.
pub(super) async fn sweep(db: &Db) -> Result<u64, StoreError> {
    let tokens = "delete from refresh_tokens where id in (
                      select id from refresh_tokens where expires_at < $1
                      order by expires_at limit 1000 for update skip locked
                  )";
    // A session that was revoked may have tokens that are not so old.
    let sessions = "with ended as (
                        select id from sessions where least(revoked_at, expires_at) < $1
                        order by least(revoked_at, expires_at) limit 1000 for update skip locked
                    ), tokens as (
                        delete from refresh_tokens where session_id in (select id from ended)
                    )
                    delete from sessions where id in (select id from ended)";
    Ok(jobs::delete_in_steps(db, SystemReason::Jobs, tokens, KEPT).await?
        + jobs::delete_in_steps(db, SystemReason::Jobs, sessions, KEPT).await?)
}
