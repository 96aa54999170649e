//! API clients: a short access token, and a refresh token that is good once. Who shows a refresh
//! token a second time has it from somebody else: the whole family is revoked.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
};

use super::entities::{refresh, session};
use super::people::{audit_everywhere, audit_in, by_id};
use super::sessions::{self, Which};
use super::sign_in::unchanged;
use super::{Identity, IdentityError};
use crate::ids::{Id, RefreshToken, Session, Tenant, User};
use crate::secrets::{Access, OpaqueToken, TokenKind};
use crate::tenancy::{RequestFacts, StoreError, SystemReason, SystemTx};
use crate::text::Email;
use crate::time::Instant;

/// What an API client goes on with.
#[derive(Debug)]
pub struct TokenPair {
    /// For the `Authorization` header.
    pub access_token: String,
    /// When the access token ends.
    pub access_expires_at: Instant,
    /// Good once, for the next pair.
    pub refresh_token: OpaqueToken,
    /// When the refresh token ends.
    pub refresh_expires_at: Instant,
}

/// What an API client shows to get its first pair.
#[derive(Debug)]
pub struct ClientSignIn {
    /// The login's address.
    pub email: Email,
    /// Its password.
    pub password: String,
    /// Its second factor, if it has one.
    pub code: Option<String>,
    /// The tenant to stand in.
    pub tenant: Option<Id<Tenant>>,
    /// What the client calls itself.
    pub client_name: String,
}

impl Identity {
    /// An API client signs in.
    pub async fn client_sign_in(
        &self,
        client: ClientSignIn,
        request: &RequestFacts,
    ) -> Result<TokenPair, IdentityError> {
        let user = self.with_password(&client.email, client.password).await?;
        let code = match (user.totp_confirmed_at, &client.code) {
            (None, _) => None,
            (Some(_), None) => return Err(IdentityError::SecondFactorRequired),
            (Some(_), Some(code)) => Some(self.shown_code(user.id, code).await?),
        };
        let tx = self.db().system(SystemReason::Identity).await?;
        let user = unchanged(&tx, &user).await?;
        if let Some(code) = code
            && !self.accepts(&tx, &user, &code).await?
        {
            tx.rollback().await?;
            return Err(IdentityError::BadCode);
        }
        let id = Id::<User>::from_uuid(user.id);
        let me = self.me_in(&tx, id, client.tenant).await?;
        if let Some(wanted) = client.tenant
            && me.places.iter().all(|place| place.tenant != wanted)
        {
            tx.rollback().await?;
            return Err(IdentityError::NotFound);
        }
        let tenant = client.tenant.or(me.current_tenant);
        let family = session::ActiveModel {
            id: Set(tx.new_id::<Session>().uuid()),
            user_id: Set(user.id),
            kind: Set("api_client".to_owned()),
            secret_hash: Set(None),
            current_tenant_id: Set(tenant.map(Id::uuid)),
            client_name: Set(Some(client.client_name)),
            user_agent: Set(request.user_agent.clone()),
            ip: Set(request.ip.clone()),
            created_at: Set(tx.now()),
            last_seen_at: Set(tx.now()),
            expires_at: Set(tx.now() + self.rules().absolute),
            revoked_at: Set(None),
            revoked_because: Set(None),
        }
        .insert(tx.conn())
        .await?;
        if let Some(tenant) = tenant {
            audit_in(&tx, tenant, &user, request, "identity.client_signed_in").await?;
        }
        let pair = self.next_pair(&tx, &family).await?;
        tx.commit().await?;
        Ok(pair)
    }

    /// The next pair for a refresh token, which is thereby used up.
    pub async fn refresh(&self, refresh_token: &str) -> Result<TokenPair, IdentityError> {
        let tx = self.db().system(SystemReason::Identity).await?;
        let Some((token, family)) = self.family(&tx, refresh_token).await? else {
            tx.rollback().await?;
            return Err(IdentityError::BadToken);
        };
        let user = Id::<User>::from_uuid(family.user_id);
        if token.used_at.is_some() {
            let id = Id::from_uuid(family.id);
            sessions::revoke(&tx, user, Which::One(id), "refresh_token_reused").await?;
            if let Some(user) = by_id(&tx, user).await? {
                audit_everywhere(&tx, &user, "identity.refresh_token_reused").await?;
            }
            tx.commit().await?;
            return Err(IdentityError::TokenReused);
        }
        let idle = family.last_seen_at <= tx.now() - self.rules().idle;
        let ended = idle || family.revoked_at.is_some() || family.expires_at <= tx.now();
        if ended || token.expires_at <= tx.now() {
            tx.rollback().await?;
            return Err(IdentityError::BadToken);
        }
        let mut used: refresh::ActiveModel = token.into();
        used.used_at = Set(Some(tx.now()));
        used.update(tx.conn()).await?;
        let mut seen: session::ActiveModel = family.into();
        seen.last_seen_at = Set(tx.now());
        let family = seen.update(tx.conn()).await?;
        let pair = self.next_pair(&tx, &family).await?;
        tx.commit().await?;
        Ok(pair)
    }

    /// An API client signs out. An unknown token is as good as revoked.
    pub async fn revoke_refresh(&self, refresh_token: &str) -> Result<(), IdentityError> {
        let tx = self.db().system(SystemReason::Identity).await?;
        if let Some((_, family)) = self.family(&tx, refresh_token).await? {
            let (user, id) = (Id::from_uuid(family.user_id), Id::from_uuid(family.id));
            sessions::revoke(&tx, user, Which::One(id), "signed_out").await?;
        }
        Ok(tx.commit().await?)
    }

    async fn family(
        &self,
        tx: &SystemTx,
        refresh_token: &str,
    ) -> Result<Option<(refresh::Model, session::Model)>, StoreError> {
        let Some(shown) = OpaqueToken::parse(TokenKind::Refresh, refresh_token) else {
            return Ok(None);
        };
        let token = refresh::Entity::find()
            .filter(refresh::Column::TokenHash.eq(shown.hash().to_vec()))
            .lock_exclusive()
            .one(tx.conn())
            .await?;
        let Some(token) = token else { return Ok(None) };
        let family = session::Entity::find_by_id(token.session_id).one(tx.conn()).await?;
        Ok(family.map(|family| (token, family)))
    }

    async fn next_pair(
        &self,
        tx: &SystemTx,
        family: &session::Model,
    ) -> Result<TokenPair, StoreError> {
        let access_expires_at = tx.now() + self.access_tokens().life();
        let refresh_expires_at = (tx.now() + self.rules().refresh).min(family.expires_at);
        let refresh_token = OpaqueToken::generate(TokenKind::Refresh, tx.entropy());
        let row = refresh::ActiveModel {
            id: Set(tx.new_id::<RefreshToken>().uuid()),
            session_id: Set(family.id),
            token_hash: Set(refresh_token.hash().to_vec()),
            created_at: Set(tx.now()),
            expires_at: Set(refresh_expires_at),
            used_at: Set(None),
        };
        row.insert(tx.conn()).await?;
        let access =
            Access { user: family.user_id, session: family.id, tenant: family.current_tenant_id };
        let access_token = self.access_tokens().issue(access, tx.now());
        Ok(TokenPair { access_token, access_expires_at, refresh_token, refresh_expires_at })
    }
}
