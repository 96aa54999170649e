//! A business signs itself up: login, business, place in it and starter kit, all or nothing.

use chrono::Duration;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, Statement};

use super::{Business, choice, entity, kit, slugs};
use crate::audit::{self, Actor, NewEntry};
use crate::config::{Countries, Kind, Plans, Secret};
use crate::fault::{Faults, ValueFault, refusals};
use crate::identity::{
    self, Identity, IdentityError, NewSession, NewUser, Purpose, SignedIn, UserFacts,
};
use crate::ids::{Id, Membership, Session, Tenant, User};
use crate::images::Images;
use crate::outbox::{self, NewEvent};
use crate::secrets::{PasswordContext, PasswordRule};
use crate::tenancy::{RequestFacts, StoreError, SystemTx};
use crate::text::{self, Email};

refusals! {
    /// Why a business can't sign up.
    SignUpError {
        EmailInUse = Conflict "email_in_use" "There is a login with this address already. Sign in first, then add the business." on "/owner/email",
        SlugTaken = Conflict "slug_taken" "Another business has this web address already." on "/business/slug",
    }
}

/// The business, as it is typed.
#[derive(Debug, Clone)]
pub struct NewBusiness {
    /// Its name.
    pub name: String,
    /// What kind of business it is.
    pub kind: Kind,
    /// Its country's code.
    pub country: String,
    /// Its web address; made from the name when left out, like all that follows from the country.
    pub slug: Option<String>,
    /// Its time zone.
    pub time_zone: Option<String>,
    /// What its prices are in.
    pub currency: Option<String>,
    /// Its language.
    pub locale: Option<String>,
}

/// Whoever signs it up, as they type it.
#[derive(Debug, Clone)]
pub struct NewOwner {
    /// The name, as others see it.
    pub name: String,
    /// Where mails go.
    pub email: String,
    /// Without one, links by mail sign in.
    pub password: Option<Secret>,
}

/// A sign-up, as it is typed.
#[derive(Debug, Clone)]
pub struct NewSignUp {
    /// The business.
    pub business: NewBusiness,
    /// Its owner; left out by somebody who is signed in.
    pub owner: Option<NewOwner>,
}

/// What a business begins with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Starter {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) country: String,
    pub(crate) slug: Option<String>,
    pub(crate) time_zone: String,
    pub(crate) currency: String,
    pub(crate) locale: String,
    pub(crate) hue: i16,
    pub(crate) plan: String,
    pub(crate) places: Vec<StarterPlace>,
}

/// A location to begin with. Its hours are the kit's.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StarterPlace {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) time_zone: String,
}

/// A sign-up that was checked, its password hashed: what is left is to write it.
#[derive(Debug)]
pub struct ReadyToSignUp {
    starter: Starter,
    owner: Owner,
}

#[derive(Debug)]
enum Owner {
    New { name: String, email: Email, password_hash: Option<String> },
    SignedIn { user: Id<User>, session: Id<Session> },
}

/// What came of a sign-up.
#[derive(Debug)]
pub struct SignedUp {
    /// The business.
    pub business: Business,
    /// Its owner's login.
    pub user: UserFacts,
    /// Whether the owner is signed in now.
    pub signed_in: bool,
    /// The session to hand to the browser, if it is a new one.
    pub session: Option<NewSession>,
}

/// Checks a sign-up, and hashes its password. Outside any transaction: hashing takes a while on
/// purpose.
pub async fn prepare(
    identity: &Identity,
    new: NewSignUp,
    signed_in: Option<&SignedIn>,
) -> Result<ReadyToSignUp, SignUpError> {
    let (starter, owner) = check(&new, signed_in.is_some())?;
    let owner = match (owner, signed_in) {
        (Some((name, email)), _) => {
            let password = new.owner.and_then(|owner| owner.password);
            let password_hash = match password {
                Some(password) => Some(hash(identity, &password, &name, &email).await?),
                None => None,
            };
            Owner::New { name, email, password_hash }
        }
        (None, Some(person)) => Owner::SignedIn { user: person.user, session: person.session },
        (None, None) => return Err(SignUpError::NotFound),
    };
    Ok(ReadyToSignUp { starter, owner })
}

async fn hash(
    identity: &Identity,
    password: &Secret,
    name: &str,
    email: &Email,
) -> Result<String, SignUpError> {
    let about = PasswordContext { email: email.shown(), name };
    let hashed = identity.new_password("/owner/password", password.expose(), about);
    hashed.await.map_err(|error| match error {
        IdentityError::Invalid(fields) => SignUpError::Invalid(fields),
        IdentityError::Store(store) => store.into(),
        other => StoreError::Unreadable(other.to_string()).into(),
    })
}

/// Writes a sign-up.
pub async fn sign_up(
    tx: &SystemTx,
    identity: &Identity,
    ready: ReadyToSignUp,
    request: &RequestFacts,
) -> Result<SignedUp, SignUpError> {
    let ReadyToSignUp { starter, owner } = ready;
    match owner {
        Owner::New { name, email, password_hash } => {
            let with_password = password_hash.is_some();
            let new = NewUser {
                email: &email,
                name: &name,
                locale: &starter.locale,
                password_hash,
                email_verified: false,
            };
            let user = identity::create(tx, new, SignUpError::EmailInUse).await?;
            let facts = UserFacts::from(&user);
            let business = found(tx, &starter, &facts, request).await?;
            let session = if with_password {
                identity::mail_link(tx, identity, &user, Purpose::VerifyEmail).await?;
                let tenant = Some(business.id);
                Some(identity::open_session(tx, identity, facts.id, tenant, request).await?)
            } else {
                // It proves the address, too.
                identity::mail_link(tx, identity, &user, Purpose::MagicLink).await?;
                None
            };
            Ok(SignedUp { business, user: facts, signed_in: session.is_some(), session })
        }
        Owner::SignedIn { user, session } => {
            let user = identity::by_id(tx, user).await?.ok_or(SignUpError::NotFound)?;
            let user = UserFacts::from(&user);
            let business = found(tx, &starter, &user, request).await?;
            identity::move_to(tx, session, business.id).await?;
            Ok(SignedUp { business, user, signed_in: true, session: None })
        }
    }
}

/// Writes the business, its owner's place in it, and its starter kit.
pub(crate) async fn found(
    tx: &SystemTx,
    starter: &Starter,
    owner: &UserFacts,
    request: &RequestFacts,
) -> Result<Business, SignUpError> {
    let business = found_empty(tx, starter, owner, request).await?;
    kit::put_in_place(tx, business.id, starter, owner).await?;
    Ok(business)
}

/// Writes the business and its owner's place in it, and nothing that could be booked.
pub(crate) async fn found_empty(
    tx: &SystemTx,
    starter: &Starter,
    owner: &UserFacts,
    request: &RequestFacts,
) -> Result<Business, SignUpError> {
    let business = insert(tx, starter).await?;
    let counter = "insert into event_counters (tenant_id, last_seq) values ($1, 0)";
    execute(tx, counter, [business.id.uuid().into()]).await?;
    join(tx, business.id, owner.id, "owner").await?;
    let entry = NewEntry::new("tenant.signed_up", "tenant").on(business.id, business.name.clone());
    let actor = Actor::user(owner.id, &owner.name);
    audit::write_from_outside(tx, business.id, &actor, request, entry).await?;
    let event = NewEvent::new("tenant.created", &serde_json::json!({ "id": business.id }));
    outbox::write_from_outside(tx, business.id, event).await?;
    Ok(business)
}

/// Writes the business under the first address that it can have. An address that it asked for by
/// name is the only one.
async fn insert(tx: &SystemTx, starter: &Starter) -> Result<Business, SignUpError> {
    let slugs = match &starter.slug {
        Some(slug) => vec![slug.clone()],
        None => slugs::candidates(&text::slug_from_name(&starter.name), tx.entropy()),
    };
    let trial = Plans::shipped().get(&starter.plan).and_then(|plan| plan.days);
    let mut row = entity::Model {
        id: tx.new_id::<Tenant>().uuid(),
        slug: String::new(),
        name: starter.name.clone(),
        kind: starter.kind.key().to_owned(),
        country: starter.country.clone(),
        time_zone: starter.time_zone.clone(),
        currency: starter.currency.clone(),
        locale: starter.locale.clone(),
        hue: starter.hue,
        plan: starter.plan.clone(),
        trial_ends_at: trial.map(|days| tx.now() + Duration::days(days.into())),
        require_two_factor: false,
        read_only: false,
        plan_due_at: Some(tx.now()),
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    for slug in slugs {
        row.slug = slug;
        // A refusal would end the transaction; doing nothing leaves it open for the next address.
        // Of two sign-ups with one address at once, the second waits here for the first's end.
        let unless_taken = OnConflict::column(entity::Column::Slug).do_nothing().to_owned();
        let written = entity::Entity::insert(entity::ActiveModel::from(row.clone()).reset_all())
            .on_conflict(unless_taken)
            .exec_without_returning(tx.conn())
            .await?;
        if written == 1 {
            return Ok(Business::new(row, Images::default()));
        }
    }
    Err(SignUpError::SlugTaken)
}

/// Gives a login a place in a business.
pub(crate) async fn join(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    user: Id<User>,
    role: &str,
) -> Result<(), StoreError> {
    let sql = "insert into memberships (tenant_id, id, user_id, role, created_at, updated_at)
               values ($1, $2, $3, $4, $5, $5)";
    let place = tx.new_id::<Membership>().uuid();
    let values =
        [tenant.uuid().into(), place.into(), user.uuid().into(), role.into(), tx.now().into()];
    execute(tx, sql, values).await
}

async fn execute<const N: usize>(
    tx: &SystemTx,
    sql: &str,
    values: [sea_orm::Value; N],
) -> Result<(), StoreError> {
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

type Checked = (Starter, Option<(String, Email)>);

/// Which sign-ups can be meant.
pub(super) fn check(new: &NewSignUp, signed_in: bool) -> Result<Checked, SignUpError> {
    let mut faults = Faults::new();
    let starter = check_business(&new.business, &mut faults);
    let owner = match &new.owner {
        Some(owner) => check_owner(owner, &mut faults),
        None if signed_in => None,
        None => {
            faults.note("/owner", ValueFault::new("required", "Say who owns the business."));
            None
        }
    };
    match starter {
        Some(starter) if faults.is_empty() => Ok((starter, owner)),
        _ => Err(faults.into()),
    }
}

fn check_business(new: &NewBusiness, faults: &mut Faults) -> Option<Starter> {
    let name = faults.take("/business/name", text::line(&new.name, 1, 80));
    let slug = faults.given("/business/slug", new.slug.as_deref(), slugs::check);
    let zone = faults.given("/business/time_zone", new.time_zone.as_deref(), choice::time_zone);
    let currency = faults.given("/business/currency", new.currency.as_deref(), choice::currency);
    let locale = faults.given("/business/locale", new.locale.as_deref(), choice::locale);
    let country = faults.take("/business/country", choice::country(&new.country))?;
    let proposal = Countries::shipped().propose(&country)?;
    let time_zone = zone.unwrap_or(proposal.time_zone);
    let name = name?;
    Some(Starter {
        places: vec![StarterPlace {
            name: name.clone(),
            address: String::new(),
            time_zone: time_zone.clone(),
        }],
        name,
        kind: new.kind,
        country,
        slug,
        time_zone,
        currency: currency.unwrap_or(proposal.currency),
        locale: locale.unwrap_or(proposal.locale),
        hue: kit::first_hue(new.kind),
        plan: Plans::FIRST.to_owned(),
    })
}

fn check_owner(new: &NewOwner, faults: &mut Faults) -> Option<(String, Email)> {
    let name = faults.take("/owner/name", text::line(&new.name, 1, 80));
    let email = faults.take("/owner/email", Email::parse(&new.email));
    if let Some(password) = &new.password {
        let about = PasswordContext { email: &new.email, name: &new.name };
        for fault in PasswordRule::check(password.expose(), about).err().unwrap_or_default() {
            faults.note("/owner/password", ValueFault::new(fault.code(), fault.sentence()));
        }
    }
    Some((name?, email?))
}
