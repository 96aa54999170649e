//! Whether whoever looks on may still do so, and sees the same as when they began.

use std::collections::HashMap;

use data_encoding::HEXLOWER;
use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use crate::authz::{Right, Rights, Role};
use crate::identity::{Identity, stored_role};
use crate::ids::{ApiKey, Id, Session, StaffMember, Tenant};
use crate::tenancy::{StoreError, SystemReason, SystemTx};

/// By what somebody looks on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Watch {
    /// A person, in a tenant.
    Session {
        /// Their session.
        session: Id<Session>,
        /// Where they are.
        tenant: Id<Tenant>,
    },
    /// A program.
    Key {
        /// Its key.
        key: Id<ApiKey>,
    },
    /// Somebody who waits.
    Ticket {
        /// Of their ticket.
        hash: [u8; 32],
    },
}

/// What somebody may do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Their rights.
    pub rights: Rights,
    /// Whose column is theirs.
    pub staff: Option<Id<StaffMember>>,
}

#[derive(FromQueryResult)]
struct PersonRow {
    session: Uuid,
    tenant: Uuid,
    two_factor: bool,
    require_two_factor: bool,
    role: Option<String>,
    custom_role_id: Option<Uuid>,
    permissions: Option<Vec<String>>,
    staff: Option<Uuid>,
}

/// As authentication asks, but for many at once, and nobody is seen by it.
const PEOPLE: &str = "
    select s.id as session, t.id as tenant, u.totp_confirmed_at is not null as two_factor,
           t.require_two_factor, m.role, m.custom_role_id, r.permissions, st.id as staff
    from unnest($1::uuid[], $2::uuid[]) as w (session, tenant)
    join sessions s on s.id = w.session and s.revoked_at is null and s.expires_at > $3
                       and s.last_seen_at > $4
    join users u on u.id = s.user_id
    join tenants t on t.id = w.tenant
    left join memberships m on m.tenant_id = t.id and m.user_id = u.id
    left join roles r on r.tenant_id = m.tenant_id and r.id = m.custom_role_id
    left join staff st on st.tenant_id = t.id and st.user_id = u.id and st.archived_at is null
    where m.id is not null or exists (
        select 1 from support_grants g
        where u.platform_admin and g.tenant_id = t.id and g.user_id = u.id
          and g.revoked_at is null and g.expires_at > $3)";

#[derive(FromQueryResult)]
struct KeyRow {
    id: Uuid,
    scopes: Vec<String>,
    staff: Option<Uuid>,
}

const KEYS: &str = "
    select k.id, k.scopes, st.id as staff
    from api_keys k
    left join staff st on st.tenant_id = k.tenant_id and st.user_id = k.created_by_user_id
                          and st.archived_at is null
    where k.id = any($1) and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2)";

impl Identity {
    /// What each of them may do now. Who isn't among the answers may do nothing any more.
    pub async fn standing(
        &self,
        watches: &[Watch],
    ) -> Result<HashMap<Watch, Standing>, StoreError> {
        let tx = self.db().system(SystemReason::Live).await?;
        let mut found = self.people(&tx, watches).await?;
        found.extend(keys(&tx, watches).await?);
        found.extend(tickets(&tx, watches).await?);
        Ok(found)
    }

    async fn people(
        &self,
        tx: &SystemTx,
        watches: &[Watch],
    ) -> Result<HashMap<Watch, Standing>, StoreError> {
        let both = |watch: &Watch| match watch {
            Watch::Session { session, tenant } => Some((session.uuid(), tenant.uuid())),
            Watch::Key { .. } | Watch::Ticket { .. } => None,
        };
        let (sessions, tenants): (Vec<_>, Vec<_>) = watches.iter().filter_map(both).unzip();
        if sessions.is_empty() {
            return Ok(HashMap::new());
        }
        let idle_since = tx.now() - self.rules().idle;
        let values = [sessions.into(), tenants.into(), tx.now().into(), idle_since.into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, PEOPLE, values);
        let rows = PersonRow::find_by_statement(statement).all(tx.conn()).await?;
        let mut standing = HashMap::with_capacity(rows.len());
        for row in rows {
            let rights = match row.role.as_deref() {
                // Members where everybody needs a second factor, and support everywhere.
                Some(_) if row.require_two_factor && !row.two_factor => continue,
                None if !row.two_factor => continue,
                None => self.authz().support(),
                Some(role) => match stored_role(role, row.custom_role_id)? {
                    Role::BuiltIn(role) => self.authz().rights(role),
                    Role::Custom(_) => self.composed(row.permissions.unwrap_or_default()).await?,
                },
            };
            let (session, tenant) = (Id::from_uuid(row.session), Id::from_uuid(row.tenant));
            // Support has no column anywhere.
            let staff = row.staff.filter(|_| row.role.is_some()).map(Id::from_uuid);
            standing.insert(Watch::Session { session, tenant }, Standing { rights, staff });
        }
        Ok(standing)
    }
}

async fn keys(tx: &SystemTx, watches: &[Watch]) -> Result<HashMap<Watch, Standing>, StoreError> {
    let key = |watch: &Watch| match watch {
        Watch::Key { key } => Some(key.uuid()),
        Watch::Session { .. } | Watch::Ticket { .. } => None,
    };
    let ids: Vec<_> = watches.iter().filter_map(key).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let values = [ids.into(), tx.now().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, KEYS, values);
    let rows = KeyRow::find_by_statement(statement).all(tx.conn()).await?;
    let one = |row: KeyRow| {
        let rights = row.scopes.iter().filter_map(|key| Right::from_key(key)).collect();
        let standing = Standing { rights, staff: row.staff.map(Id::from_uuid) };
        (Watch::Key { key: Id::from_uuid(row.id) }, standing)
    };
    Ok(rows.into_iter().map(one).collect())
}

#[derive(FromQueryResult)]
struct TicketRow {
    token_hash: Vec<u8>,
}

/// A ticket that was shown again is another one; that of long ago is none.
const TICKETS: &str = "
    select e.token_hash from unnest($1::text[]) as w (hash)
    join queue_entries e on e.token_hash = decode(w.hash, 'hex')";

async fn tickets(tx: &SystemTx, watches: &[Watch]) -> Result<HashMap<Watch, Standing>, StoreError> {
    let hash = |watch: &Watch| match watch {
        Watch::Ticket { hash } => Some(HEXLOWER.encode(hash)),
        Watch::Session { .. } | Watch::Key { .. } => None,
    };
    let hashes: Vec<_> = watches.iter().filter_map(hash).collect();
    if hashes.is_empty() {
        return Ok(HashMap::new());
    }
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, TICKETS, [hashes.into()]);
    let rows = TicketRow::find_by_statement(statement).all(tx.conn()).await?;
    let nothing = Standing { rights: Rights::NONE, staff: None };
    let one = |row: TicketRow| {
        let hash = row.token_hash.try_into().ok()?;
        Some((Watch::Ticket { hash }, nothing))
    };
    Ok(rows.into_iter().filter_map(one).collect())
}
