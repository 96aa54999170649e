//! Businesses to look around in: put in once, by the same path as any business that signs up.

mod shops;
#[cfg(test)]
mod tests;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::audit::{self, Actor, NewEntry};
use crate::fault::refusals;
use crate::identity::{self, Identity, IdentityError, NewUser, UserFacts};
use crate::ids::{Id, Tenant, User};
use crate::outbox::{self, NewEvent};
use crate::secrets::PasswordContext;
use crate::tenancy::{RequestFacts, StoreError, SystemReason, SystemTx};
use crate::tenants::{self, SignUpError};
use crate::text::Email;

use shops::{ADMIN, Person, Shop, shops};

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
    let shops = shops();
    for shop in &shops {
        put_in(identity, shop, password).await?;
    }
    put_in_admin(identity, password).await?;
    Ok(logins(&shops))
}

/// Every login, whether it was put in now or before.
fn logins(shops: &[Shop]) -> Vec<DemoLogin> {
    let of = |shop: &Shop, person: &Person| DemoLogin {
        email: shop.email(person),
        name: person.name.to_owned(),
        role: person.role,
        business: Some(shop.starter.name.clone()),
        slug: shop.starter.slug.clone(),
    };
    let admin = DemoLogin {
        email: ADMIN.0.to_owned(),
        name: ADMIN.1.to_owned(),
        role: "platform_admin",
        business: None,
        slug: None,
    };
    let team = |shop: &Shop| shop.team.iter().map(|one| of(shop, one)).collect::<Vec<_>>();
    shops.iter().flat_map(team).chain([admin]).collect()
}

async fn put_in(identity: &Identity, shop: &Shop, password: &str) -> Result<(), DemoError> {
    let tx = identity.db().system(SystemReason::Demo).await?;
    let there = tenants::exists(&tx, shop.slug()).await?;
    // Nothing is held while passwords are hashed: that takes a while on purpose.
    tx.commit().await?;
    if there {
        return Ok(());
    }
    let mut team = Vec::new();
    for person in &shop.team {
        team.push((person, hash(identity, person.name, &shop.email(person), password).await?));
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

async fn write(
    tx: &SystemTx,
    shop: &Shop,
    team: Vec<(&Person, String)>,
) -> Result<(), SignUpError> {
    let mut business: Option<(Id<Tenant>, UserFacts)> = None;
    for (person, password_hash) in team {
        let (email, locale) = (shop.email(person), &shop.starter.locale);
        let user = login(tx, &email, person.name, locale, password_hash).await?;
        match &business {
            // The first of the team is the owner, who founds it.
            None => {
                let founded =
                    tenants::found(tx, &shop.starter, &user, &RequestFacts::default()).await?;
                business = Some((founded.id, user));
            }
            Some((tenant, owner)) => join(tx, *tenant, owner, &user, person.role).await?,
        }
    }
    Ok(())
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
