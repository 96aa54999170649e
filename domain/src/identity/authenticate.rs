//! Who asks? A cookie, an access token or an API key becomes a [`SignedIn`] or a [`Caller`], in one
//! transaction with one query.

use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::{Identity, IdentityError};
use crate::authz::{BuiltIn, Right, Rights, Role};
use crate::ids::{ApiKey, Id, Membership, Session, SupportGrant, Tenant, User};
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::{
    Caller, Principal, RequestFacts, StoreError, SystemReason, SystemTx, TenantFacts,
};
use crate::time::Instant;

/// What somebody shows to say who they are.
#[derive(Debug, Clone)]
pub enum Proof {
    /// The secret in the browser's cookie.
    Cookie(String),
    /// `Authorization: Bearer …`: an access token, or an API key.
    Bearer(String),
}

/// A person who is signed in, not yet in any tenant.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The login.
    pub user: Id<User>,
    /// The browser session, or the API client's token family.
    pub session: Id<Session>,
    /// The name, as others see it.
    pub name: String,
    /// Whether this is somebody who looks after the deployment.
    pub platform_admin: bool,
    /// Whether a second factor is set up.
    pub two_factor: bool,
    /// Where the session stands.
    pub current_tenant: Option<Id<Tenant>>,
    /// What is known of the request.
    pub request: RequestFacts,
    place: Option<Place>,
}

/// What the login has to do with the tenant that it asked for.
#[derive(Debug, Clone)]
struct Place {
    tenant: TenantFacts,
    member: Option<(Id<Membership>, Role, Vec<String>)>,
    grant: Option<Id<SupportGrant>>,
}

/// Whoever was recognised.
#[derive(Debug, Clone)]
pub enum Recognised {
    /// A person.
    Person(Box<SignedIn>),
    /// A program with an API key: always inside its tenant.
    Key(Box<Caller>),
}

#[derive(FromQueryResult)]
struct PersonRow {
    session_id: Uuid,
    user_id: Uuid,
    name: String,
    platform_admin: bool,
    two_factor: bool,
    current_tenant_id: Option<Uuid>,
    last_seen_at: Instant,
    tenant_id: Option<Uuid>,
    plan: Option<String>,
    require_two_factor: Option<bool>,
    read_only: Option<bool>,
    membership_id: Option<Uuid>,
    member_seen_at: Option<Instant>,
    role: Option<String>,
    custom_role_id: Option<Uuid>,
    permissions: Option<Vec<String>>,
    grant_id: Option<Uuid>,
}

/// The session, its login, and what that login has to do with the tenant that is asked for.
macro_rules! person_by {
    ($condition:literal) => {
        concat!(
            "select s.id as session_id, u.id as user_id, u.name, u.platform_admin,
                    u.totp_confirmed_at is not null as two_factor,
                    s.current_tenant_id, s.last_seen_at,
                    t.id as tenant_id, t.plan, t.require_two_factor, t.read_only,
                    m.id as membership_id, m.last_seen_at as member_seen_at, m.role, m.custom_role_id, r.permissions, g.id as grant_id
             from sessions s
             join users u on u.id = s.user_id
             left join tenants t on t.id = coalesce($2, s.current_tenant_id)
             left join memberships m on m.tenant_id = t.id and m.user_id = u.id
             left join roles r on r.tenant_id = m.tenant_id and r.id = m.custom_role_id
             left join lateral (
                 select id from support_grants
                 where u.platform_admin and tenant_id = t.id and user_id = u.id
                   and revoked_at is null and expires_at > $3
                 limit 1
             ) g on true
             where s.revoked_at is null and s.expires_at > $3 and s.last_seen_at > $4 and ",
            $condition
        )
    };
}

#[derive(FromQueryResult)]
struct KeyRow {
    id: Uuid,
    name: String,
    scopes: Vec<String>,
    last_used_at: Option<Instant>,
    tenant_id: Uuid,
    plan: String,
    require_two_factor: bool,
    read_only: bool,
}

const KEY: &str = "
    select k.id, k.name, k.scopes, k.last_used_at, t.id as tenant_id, t.plan, t.require_two_factor,
           t.read_only
    from api_keys k join tenants t on t.id = k.tenant_id
    where k.secret_hash = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2)";

/// "Last seen" is written at most this often: a read stays a read.
const SEEN_EVERY: Duration = Duration::minutes(1);

impl Identity {
    /// Recognises whoever shows `proof`; `wanted` is the tenant that the request names, if it does.
    pub async fn recognise(
        &self,
        proof: &Proof,
        wanted: Option<Id<Tenant>>,
        request: RequestFacts,
    ) -> Result<Recognised, IdentityError> {
        match proof {
            Proof::Cookie(secret) => {
                let token = OpaqueToken::parse(TokenKind::Session, secret);
                let hash = token.ok_or(IdentityError::SessionExpired)?.hash().to_vec();
                let sql = person_by!("s.secret_hash = $1 and s.kind = 'browser'");
                self.person(sql, hash.into(), wanted, None, request).await
            }
            Proof::Bearer(text) if text.starts_with(TokenKind::ApiKey.prefix()) => {
                self.key(text, wanted, request).await
            }
            Proof::Bearer(text) => {
                let now = self.db().clock().now();
                let access = self.access_tokens().verify(text, now);
                let access = access.map_err(|_| IdentityError::BadToken)?;
                let sql = person_by!("s.id = $1 and s.kind = 'api_client'");
                let claimed = access.tenant.map(Id::from_uuid);
                self.person(sql, access.session.into(), wanted, claimed, request).await
            }
        }
    }

    /// `wanted` is the tenant that the request names, `claimed` the one that an access token was
    /// made for: who has lost the latter stands nowhere, who names the former is told that it isn't
    /// there.
    async fn person(
        &self,
        sql: &str,
        by: sea_orm::Value,
        wanted: Option<Id<Tenant>>,
        claimed: Option<Id<Tenant>>,
        request: RequestFacts,
    ) -> Result<Recognised, IdentityError> {
        let tx = self.db().system(SystemReason::Authenticate).await?;
        let idle_since = tx.now() - self.rules().idle;
        let find = async |tenant: Option<Id<Tenant>>| {
            let tenant = tenant.map(Id::uuid);
            let values = [by.clone(), tenant.into(), tx.now().into(), idle_since.into()];
            let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
            let row = PersonRow::find_by_statement(statement).one(tx.conn()).await?;
            row.ok_or(IdentityError::SessionExpired)
        };
        let mut row = find(wanted.or(claimed)).await?;
        // A token that was made for one tenant must not act in another: its holder stands nowhere.
        if wanted.is_none() && claimed.is_none() && row.is_astray() {
            fall_back(&tx, row.session_id, row.user_id).await?;
            row = find(None).await?;
        }
        if tx.now() - row.last_seen_at > SEEN_EVERY {
            seen(&tx, "sessions set last_seen_at", row.session_id).await?;
        }
        if let (Some(tenant), Some(membership)) = (row.tenant_id, row.membership_id)
            && row.member_seen_at.is_none_or(|at| tx.now() - at > SEEN_EVERY)
        {
            member_seen(&tx, tenant, membership).await?;
        }
        tx.commit().await?;
        let place = row.place(wanted)?;
        Ok(Recognised::Person(Box::new(SignedIn {
            user: Id::from_uuid(row.user_id),
            session: Id::from_uuid(row.session_id),
            name: row.name,
            platform_admin: row.platform_admin,
            two_factor: row.two_factor,
            current_tenant: row.current_tenant_id.map(Id::from_uuid),
            request,
            place,
        })))
    }

    async fn key(
        &self,
        text: &str,
        wanted: Option<Id<Tenant>>,
        request: RequestFacts,
    ) -> Result<Recognised, IdentityError> {
        let token = OpaqueToken::parse(TokenKind::ApiKey, text).ok_or(IdentityError::BadKey)?;
        let tx = self.db().system(SystemReason::Authenticate).await?;
        let values = [token.hash().to_vec().into(), tx.now().into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, KEY, values);
        let Some(row) = KeyRow::find_by_statement(statement).one(tx.conn()).await? else {
            tx.rollback().await?;
            return Err(IdentityError::BadKey);
        };
        if row.last_used_at.is_none_or(|at| tx.now() - at > SEEN_EVERY) {
            seen(&tx, "api_keys set last_used_at", row.id).await?;
        }
        tx.commit().await?;
        if wanted.is_some_and(|wanted| wanted.uuid() != row.tenant_id) {
            return Err(IdentityError::NotFound);
        }
        let rights: Rights = row.scopes.iter().filter_map(|key| Right::from_key(key)).collect();
        let tenant = TenantFacts {
            id: Id::from_uuid(row.tenant_id),
            plan: row.plan,
            require_two_factor: row.require_two_factor,
            read_only: row.read_only,
        };
        let principal =
            Principal::ApiKey { key: Id::<ApiKey>::from_uuid(row.id), name: row.name.into() };
        Ok(Recognised::Key(Box::new(Caller::new(tenant, principal, rights, request))))
    }

    /// Takes a person into the tenant that the request named, or where their session stands.
    pub async fn enter(&self, person: SignedIn) -> Result<Caller, IdentityError> {
        let Some(place) = person.place else { return Err(IdentityError::NoBusiness) };
        let name: std::sync::Arc<str> = person.name.into();
        if let Some((membership, role, permissions)) = place.member {
            if place.tenant.require_two_factor && !person.two_factor {
                return Err(IdentityError::SecondFactorSetUpRequired);
            }
            let rights = match role {
                Role::BuiltIn(role) => self.authz().rights(role),
                Role::Custom(_) => self.composed(permissions).await?,
            };
            let (user, session) = (person.user, person.session);
            let principal = Principal::Member { user, membership, session, role, name };
            return Ok(Caller::new(place.tenant, principal, rights, person.request));
        }
        let Some(grant) = place.grant else { return Err(IdentityError::NoBusiness) };
        if !person.two_factor {
            return Err(IdentityError::SupportNeedsSecondFactor);
        }
        let principal = Principal::Support { user: person.user, grant, name };
        Ok(Caller::new(place.tenant, principal, self.authz().support(), person.request))
    }
}

impl PersonRow {
    /// Whether the session stands in a tenant where its login has no business any more.
    fn is_astray(&self) -> bool {
        self.current_tenant_id.is_some() && self.membership_id.is_none() && self.grant_id.is_none()
    }

    fn place(&self, wanted: Option<Id<Tenant>>) -> Result<Option<Place>, IdentityError> {
        let belongs = self.membership_id.is_some() || self.grant_id.is_some();
        let (Some(tenant), true) = (self.tenant_id, belongs) else {
            // A tenant that was named and isn't theirs is answered like one that doesn't exist.
            return if wanted.is_some() { Err(IdentityError::NotFound) } else { Ok(None) };
        };
        let member = match (self.membership_id, self.role.as_deref()) {
            (Some(membership), Some(role)) => {
                let role = stored_role(role, self.custom_role_id)?;
                Some((
                    Id::from_uuid(membership),
                    role,
                    self.permissions.clone().unwrap_or_default(),
                ))
            }
            _ => None,
        };
        Ok(Some(Place {
            tenant: TenantFacts {
                id: Id::from_uuid(tenant),
                plan: self.plan.clone().unwrap_or_default(),
                require_two_factor: self.require_two_factor.unwrap_or_default(),
                read_only: self.read_only.unwrap_or_default(),
            },
            member,
            grant: self.grant_id.map(Id::from_uuid),
        }))
    }
}

/// The role as the tables keep it: a name, and the id of a composed one.
pub(crate) fn stored_role(role: &str, custom: Option<Uuid>) -> Result<Role, StoreError> {
    match (BuiltIn::from_key(role), custom) {
        (Some(role), None) => Ok(Role::BuiltIn(role)),
        (None, Some(id)) => Ok(Role::Custom(Id::from_uuid(id))),
        _ => Err(StoreError::Unreadable(format!("a membership with the role {role:?}"))),
    }
}

/// How [`stored_role`] finds it again.
pub(crate) fn role_to_store(role: Role) -> (String, Option<Uuid>) {
    match role {
        Role::BuiltIn(role) => (role.key().to_owned(), None),
        Role::Custom(id) => ("custom".to_owned(), Some(id.uuid())),
    }
}

async fn seen(tx: &SystemTx, what: &str, id: Uuid) -> Result<(), StoreError> {
    // Skips a row that another request is just touching: being seen twice at once is being seen.
    let (table, _) = what.split_once(' ').unwrap_or((what, ""));
    let sql = format!(
        "update {what} = $1 where id = (select id from {table} where id = $2 for update skip locked)"
    );
    let values = [tx.now().into(), id.into()];
    tx.conn()
        .execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, &sql, values))
        .await?;
    Ok(())
}

/// Being seen in a tenant. Skips a row that another request is just touching, or that is being
/// changed.
const MEMBER_SEEN: &str = "
    update memberships set last_seen_at = $1
    where (tenant_id, id) = (
        select tenant_id, id from memberships
        where tenant_id = $2 and id = $3 for no key update skip locked
    )";

async fn member_seen(tx: &SystemTx, tenant: Uuid, membership: Uuid) -> Result<(), StoreError> {
    let values = [tx.now().into(), tenant.into(), membership.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, MEMBER_SEEN, values);
    tx.conn().execute_raw(statement).await?;
    Ok(())
}

/// Who was taken off a team, or left it, stands in the one tenant that is left, or nowhere.
const FALL_BACK: &str = "
    update sessions
    set current_tenant_id = (
        select case when count(*) = 1 then (array_agg(tenant_id))[1] end
        from memberships where user_id = $2
    )
    where id = $1";

async fn fall_back(tx: &SystemTx, session: Uuid, user: Uuid) -> Result<(), StoreError> {
    let values = [session.into(), user.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, FALL_BACK, values);
    tx.conn().execute_raw(statement).await?;
    Ok(())
}
