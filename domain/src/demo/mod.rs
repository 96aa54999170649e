//! Businesses to look around in: put in once, by the same path as any business that signs up, with a
//! menu, a team, customers and weeks of visits. What is in them is told by `config/demo`.

mod book;
mod data;
mod dice;
mod fill;
mod forms;
mod house;
mod life;
mod line;
mod money;
mod offer;
mod people;
mod regulars;
#[cfg(test)]
mod tests;
mod visits;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::audit::{self, Actor, NewEntry};
use crate::fault::refusals;
use crate::identity::{self, Identity, IdentityError, NewUser, UserFacts};
use crate::ids::{Id, Tenant, User};
use crate::outbox::{self, NewEvent};
use crate::secrets::PasswordContext;
use crate::tenancy::{RequestFacts, StoreError, SystemReason, SystemTx};
use crate::tenants::{self, SignUpError, Starter};
use crate::text::Email;

use data::{Shop, shops};

/// Who looks after the deployment: address and name.
const ADMIN: (&str, &str) = ("admin@openchair.demo", "Ada Admin");

/// The password of every demo login. Public on purpose: demo data are refused in production.
pub const PASSWORD: &str = "please-take-a-seat";

refusals! {
    /// Why demo data can't be put in.
    DemoError {}
}

impl From<SignUpError> for DemoError {
    fn from(error: SignUpError) -> Self {
        match error {
            SignUpError::Store(store) => store.into(),
            SignUpError::Invalid(fields) => Self::Invalid(fields),
            other => StoreError::Unreadable(format!("demo data: {other}")).into(),
        }
    }
}

impl From<IdentityError> for DemoError {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Store(store) => store.into(),
            IdentityError::Invalid(fields) => Self::Invalid(fields),
            other => StoreError::Unreadable(format!("demo data: {other}")).into(),
        }
    }
}

/// A login to look around with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoLogin {
    /// The address to sign in with.
    pub email: String,
    /// Whose it is.
    pub name: String,
    /// `owner`, `manager`, `receptionist`, `provider`, or `platform_admin`.
    pub role: &'static str,
    /// The business, by name; none for who looks after the deployment.
    pub business: Option<String>,
    /// Its web address.
    pub slug: Option<String>,
}

/// Puts the demo businesses in that aren't there yet, each whole or not at all, and says every
/// login. What people changed since stays as it is.
pub async fn load(identity: &Identity, password: &str) -> Result<Vec<DemoLogin>, DemoError> {
    for shop in shops() {
        put_in(identity, shop, password).await?;
    }
    put_in_admin(identity, password).await?;
    Ok(logins(shops()))
}

/// Every login, whether it was put in now or before.
fn logins(shops: &[Shop]) -> Vec<DemoLogin> {
    let of = |shop: &Shop, role: &'static str, name: &str| DemoLogin {
        email: shop.email(role),
        name: name.to_owned(),
        role,
        business: Some(shop.business.name.clone()),
        slug: Some(shop.business.slug.clone()),
    };
    let admin = DemoLogin {
        email: ADMIN.0.to_owned(),
        name: ADMIN.1.to_owned(),
        role: "platform_admin",
        business: None,
        slug: None,
    };
    let team = |shop: &Shop| shop.team.people().map(|(role, name)| of(shop, role, name));
    shops.iter().flat_map(team).chain([admin]).collect()
}

async fn put_in(identity: &Identity, shop: &Shop, password: &str) -> Result<(), DemoError> {
    let tx = identity.db().system(SystemReason::Demo).await?;
    let there = tenants::exists(&tx, &shop.business.slug).await?;
    // Nothing is held while passwords are hashed: that takes a while on purpose.
    tx.commit().await?;
    if there {
        return Ok(());
    }
    let mut team = Vec::new();
    for (role, name) in shop.team.people() {
        team.push((role, name, hash(identity, name, &shop.email(role), password).await?));
    }
    let tx = identity.db().system(SystemReason::Demo).await?;
    match write(&tx, shop, team).await {
        // Another process was faster.
        Err(SignUpError::EmailInUse | SignUpError::SlugTaken) => Ok(tx.rollback().await?),
        Err(error) => Err(error.into()),
        Ok(()) => Ok(tx.commit().await?),
    }
}

async fn hash(
    identity: &Identity,
    name: &str,
    email: &str,
    password: &str,
) -> Result<String, IdentityError> {
    identity.new_password("/password", password, PasswordContext { email, name }).await
}

/// Somebody of the team, who can sign in.
#[derive(Debug)]
struct Login {
    role: &'static str,
    user: UserFacts,
}

/// The business as it is founded: empty.
fn starter(shop: &Shop) -> Starter {
    let business = &shop.business;
    Starter {
        name: business.name.clone(),
        kind: business.kind(),
        country: business.country.clone(),
        slug: Some(business.slug.clone()),
        time_zone: business.time_zone.clone(),
        currency: business.currency.clone(),
        locale: business.locale.clone(),
        hue: business.hue,
        plan: business.plan.clone(),
        places: Vec::new(),
    }
}

async fn write(
    tx: &SystemTx,
    shop: &Shop,
    team: Vec<(&'static str, &str, String)>,
) -> Result<(), SignUpError> {
    let mut logins = Vec::new();
    for (role, name, password_hash) in team {
        let user = login(tx, &shop.email(role), name, &shop.business.locale, password_hash).await?;
        logins.push(Login { role, user });
    }
    let Some((owner, others)) = logins.split_first() else { return Ok(()) };
    let request = RequestFacts::default();
    let founded = tenants::found_empty(tx, &starter(shop), &owner.user, &request).await?;
    for other in others {
        join(tx, founded.id, &owner.user, &other.user, other.role).await?;
    }
    Ok(fill::fill(tx, founded.id, shop, &logins).await?)
}

async fn login(
    tx: &SystemTx,
    email: &str,
    name: &str,
    locale: &str,
    password_hash: String,
) -> Result<UserFacts, SignUpError> {
    let email = Email::parse(email).map_err(|_| StoreError::Unreadable(email.to_owned()))?;
    let password_hash = Some(password_hash);
    let new = NewUser { email: &email, name, locale, password_hash, email_verified: true };
    let user = identity::create(tx, new, SignUpError::EmailInUse).await?;
    Ok(UserFacts::from(&user))
}

async fn join(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    owner: &UserFacts,
    user: &UserFacts,
    role: &str,
) -> Result<(), StoreError> {
    tenants::join(tx, tenant, user.id, role).await?;
    let actor = Actor::user(owner.id, &owner.name);
    let entry = NewEntry::new("team.member_joined", "user").on(user.id, user.name.clone());
    audit::write_from_outside(tx, tenant, &actor, &RequestFacts::default(), entry).await?;
    let event = NewEvent::new("team.member_joined", &serde_json::json!({ "user": user.id }));
    outbox::write_from_outside(tx, tenant, event).await
}

async fn put_in_admin(identity: &Identity, password: &str) -> Result<(), DemoError> {
    let (email, name) = ADMIN;
    let address = Email::parse(email).map_err(|_| StoreError::Unreadable(email.to_owned()))?;
    let tx = identity.db().system(SystemReason::Demo).await?;
    let there = identity::by_email(&tx, &address).await?.is_some();
    tx.commit().await?;
    if there {
        return Ok(());
    }
    let password_hash = hash(identity, name, email, password).await?;
    let tx = identity.db().system(SystemReason::Demo).await?;
    match login(&tx, email, name, "en", password_hash).await {
        Err(SignUpError::EmailInUse) => Ok(tx.rollback().await?),
        Err(error) => Err(error.into()),
        Ok(user) => {
            let sql = "update users set platform_admin = true where id = $1";
            let values = [Id::<User>::uuid(user.id).into()];
            let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
            tx.conn().execute_raw(statement).await?;
            Ok(tx.commit().await?)
        }
    }
}
