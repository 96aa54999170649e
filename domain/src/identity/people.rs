use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbBackend, EntityTrait, FromQueryResult,
    QueryFilter, QuerySelect, Statement,
};
use uuid::Uuid;

use super::entities::user;
use super::{Identity, IdentityError, SignedIn, stored_role};
use crate::audit::{self, Actor, NewEntry};
use crate::authz::{Rights, Role};
use crate::ids::{Id, Membership, Tenant, User};
use crate::images;
use crate::tenancy::{Outcome, RequestFacts, StoreError, SystemReason, SystemTx};
use crate::text::Email;

/// A login, as its owner sees it.
#[derive(Debug, Clone)]
pub struct UserFacts {
    /// Its id.
    pub id: Id<User>,
    /// The name, as others see it.
    pub name: String,
    /// Where mails go.
    pub email: String,
    /// Whether that address was proved.
    pub email_verified: bool,
    /// The language of mails and screens.
    pub locale: String,
    /// Whether a second factor is set up.
    pub two_factor: bool,
    /// Whether there is a password, or only links by mail.
    pub has_password: bool,
    /// Grows with each change.
    pub version: i32,
}

impl From<&user::Model> for UserFacts {
    fn from(row: &user::Model) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            name: row.name.clone(),
            email: row.email.clone(),
            email_verified: row.email_verified_at.is_some(),
            locale: row.locale.clone(),
            two_factor: row.totp_confirmed_at.is_some(),
            has_password: row.password_hash.is_some(),
            version: row.version,
        }
    }
}

/// A place that the login has in a tenant.
#[derive(Debug, Clone)]
pub struct Place {
    /// The place's id.
    pub id: Id<Membership>,
    /// The tenant.
    pub tenant: Id<Tenant>,
    /// Its web address.
    pub slug: String,
    /// Its name.
    pub tenant_name: String,
    /// What kind of business it is.
    pub kind: String,
    /// Its colour.
    pub hue: i16,
    /// Its mark.
    pub logo: Option<images::Facts>,
    /// Its language.
    pub locale: String,
    /// Its time zone.
    pub time_zone: String,
    /// The role.
    pub role: Role,
    /// What people call the role.
    pub role_name: String,
    /// What the role allows.
    pub rights: Rights,
}

/// Everything that a client wants to know after signing in.
#[derive(Debug, Clone)]
pub struct Me {
    /// The login.
    pub user: UserFacts,
    /// Its places, by name.
    pub places: Vec<Place>,
    /// Where the session stands.
    pub current_tenant: Option<Id<Tenant>>,
    /// Whether this is somebody who looks after the deployment.
    pub platform_admin: bool,
}

#[derive(FromQueryResult)]
struct PlaceRow {
    id: Uuid,
    tenant_id: Uuid,
    slug: String,
    tenant_name: String,
    kind: String,
    hue: i16,
    logo: Option<serde_json::Value>,
    locale: String,
    time_zone: String,
    role: String,
    custom_role_id: Option<Uuid>,
    custom_role_name: Option<String>,
    permissions: Option<Vec<String>>,
}

const PLACES: &str = "
    select m.id, m.tenant_id, t.slug, t.name as tenant_name, t.kind, t.hue, t.locale, t.time_zone,
           m.role, m.custom_role_id, r.name as custom_role_name, r.permissions,
           (select jsonb_build_object('hash', i.hash, 'format', i.format, 'width', i.width,
                                      'height', i.height)
            from images i where i.tenant_id = t.id and i.kind = 'logo') as logo
    from memberships m
    join tenants t on t.id = m.tenant_id
    left join roles r on r.tenant_id = m.tenant_id and r.id = m.custom_role_id
    where m.user_id = $1
    order by lower(t.name), t.id";

impl Identity {
    /// Who am I, and where do I belong?
    pub async fn me(&self, person: &SignedIn) -> Result<Me, IdentityError> {
        let tx = self.db().system(SystemReason::Identity).await?;
        let me = self.me_in(&tx, person.user, person.current_tenant).await?;
        tx.commit().await?;
        Ok(me)
    }

    pub(crate) async fn me_in(
        &self,
        tx: &SystemTx,
        id: Id<User>,
        current: Option<Id<Tenant>>,
    ) -> Result<Me, IdentityError> {
        let row = by_id(tx, id).await?.ok_or(IdentityError::SessionExpired)?;
        let values = [id.uuid().into()];
        let rows = PlaceRow::find_by_statement(Statement::from_sql_and_values(
            DbBackend::Postgres,
            PLACES,
            values,
        ))
        .all(tx.conn())
        .await?;
        let mut places = Vec::with_capacity(rows.len());
        for row in rows {
            let role = stored_role(&row.role, row.custom_role_id)?;
            let (role_name, rights) = match role {
                Role::BuiltIn(role) => (role.name().to_owned(), self.authz().rights(role)),
                Role::Custom(_) => {
                    let rights = self.composed(row.permissions.unwrap_or_default()).await?;
                    (row.custom_role_name.unwrap_or_default(), rights)
                }
            };
            places.push(Place {
                id: Id::from_uuid(row.id),
                tenant: Id::from_uuid(row.tenant_id),
                slug: row.slug,
                tenant_name: row.tenant_name,
                kind: row.kind,
                hue: row.hue,
                logo: row.logo.map(images::logo_of).transpose()?,
                locale: row.locale,
                time_zone: row.time_zone,
                role,
                role_name,
                rights,
            });
        }
        // A session may stand in a tenant that its login has left: then it stands nowhere.
        let current_tenant = current
            .filter(|current| places.iter().any(|place| place.tenant == *current))
            .or(if let [only] = &*places { Some(only.tenant) } else { None });
        Ok(Me {
            user: UserFacts::from(&row),
            places,
            current_tenant,
            platform_admin: row.platform_admin,
        })
    }
}

/// A login to be made.
pub(crate) struct NewUser<'a> {
    pub(crate) email: &'a Email,
    pub(crate) name: &'a str,
    pub(crate) locale: &'a str,
    pub(crate) password_hash: Option<String>,
    pub(crate) email_verified: bool,
}

/// Makes a login; `taken` is what it means if the address has one already.
pub(crate) async fn create<E: From<StoreError>>(
    tx: &SystemTx,
    new: NewUser<'_>,
    taken: E,
) -> Result<user::Model, E> {
    let row = user::ActiveModel {
        id: Set(tx.new_id::<User>().uuid()),
        email: Set(new.email.shown().to_owned()),
        email_key: Set(new.email.key().to_owned()),
        name: Set(new.name.to_owned()),
        locale: Set(new.locale.to_owned()),
        email_verified_at: Set(new.email_verified.then(|| tx.now())),
        password_hash: Set(new.password_hash),
        totp_secret: Set(None),
        totp_confirmed_at: Set(None),
        totp_last_step: Set(None),
        platform_admin: Set(false),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    row.insert(tx.conn()).await.on_constraint("users_email_taken", taken)
}

pub(crate) async fn by_email(
    tx: &SystemTx,
    email: &Email,
) -> Result<Option<user::Model>, StoreError> {
    let found = user::Entity::find().filter(user::Column::EmailKey.eq(email.key()));
    Ok(found.one(tx.conn()).await?)
}

pub(crate) async fn by_id(tx: &SystemTx, id: Id<User>) -> Result<Option<user::Model>, StoreError> {
    Ok(user::Entity::find_by_id(id.uuid()).one(tx.conn()).await?)
}

/// One's own login, held until the transaction ends: whoever changes it saw its newest state.
pub(super) async fn own(tx: &SystemTx, person: &SignedIn) -> Result<user::Model, IdentityError> {
    let found = user::Entity::find_by_id(person.user.uuid()).lock_exclusive();
    found.one(tx.conn()).await?.ok_or(IdentityError::SessionExpired)
}

/// A login, held until the transaction ends.
pub(super) async fn held(tx: &SystemTx, id: Uuid) -> Result<Option<user::Model>, StoreError> {
    Ok(user::Entity::find_by_id(id).lock_exclusive().one(tx.conn()).await?)
}

/// What concerns the safety of a login concerns every business that it can enter: each reads of it in
/// its log. From where is nobody's business but its own.
pub(crate) async fn audit_everywhere(
    tx: &SystemTx,
    user: &user::Model,
    action: &'static str,
) -> Result<(), StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        tenant_id: Uuid,
    }
    let rows = Row::find_by_statement(Statement::from_sql_and_values(
        DbBackend::Postgres,
        "select tenant_id from memberships where user_id = $1",
        [user.id.into()],
    ))
    .all(tx.conn())
    .await?;
    for row in rows {
        audit_in(tx, Id::from_uuid(row.tenant_id), user, &RequestFacts::default(), action).await?;
    }
    Ok(())
}

/// What a login did in one business.
pub(super) async fn audit_in(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    user: &user::Model,
    request: &RequestFacts,
    action: &'static str,
) -> Result<(), StoreError> {
    let id = Id::<User>::from_uuid(user.id);
    let entry = NewEntry::new(action, "user").on(id, user.name.clone());
    audit::write_from_outside(tx, tenant, &Actor::user(id, &user.name), request, entry).await
}
