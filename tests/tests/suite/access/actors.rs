use std::sync::Arc;

use chrono::Duration;
use openchair_domain::authz::BuiltIn;
use openchair_domain::ids::{
    ApiKey, CustomRole, Id, Invitation, Location, Membership, SupportGrant,
};
use openchair_tests::{Browser, Business, Login, Role, TestApp};

use super::guests::Guests;
use super::matrix::Needs;
use super::samples::Menu;
use super::samples::bookings::Visits;
use super::samples::later::Later;
use super::samples::messages::Said;
use super::samples::money::Money;
use super::samples::queue::Line;
use super::samples::sequences::Composed;
use super::samples::shop::Things;
use super::samples::webhooks::Hooks;

/// Who might call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Nobody in particular.
    Anonymous,
    Owner,
    Manager,
    Receptionist,
    Provider,
    /// A member whose composed role allows something else.
    Custom,
    /// The owner of another business, from there, with this one's ids.
    Outsider,
    /// The owner of another business, who says that this one is theirs.
    Stranger,
    /// The owner, with a session that was revoked.
    Revoked,
    /// A program whose key allows something else.
    KeyWithout,
    /// A program whose key allows just this.
    KeyWith,
    /// A platform administrator whom nobody let in.
    Admin,
    /// A platform administrator whom a grant let in.
    Support,
}

impl Column {
    pub const ALL: [Self; 13] = [
        Self::Anonymous,
        Self::Owner,
        Self::Manager,
        Self::Receptionist,
        Self::Provider,
        Self::Custom,
        Self::Outsider,
        Self::Stranger,
        Self::Revoked,
        Self::KeyWithout,
        Self::KeyWith,
        Self::Admin,
        Self::Support,
    ];
}

/// What the composed role and the wrong key allow: no operation needs it yet.
const SOMETHING_ELSE: &str = "analytics:read";
/// What the roles allow that are given and taken. Nobody gives more than they have.
const LITTLE: &str = "location:read";

/// Somebody at the door.
#[derive(Debug)]
pub struct Actor {
    pub browser: Browser,
    /// Not for programs, nor for nobody.
    pub login: Option<Login>,
}

/// Two businesses. Everything that an operation may name is there, twice.
#[derive(Debug)]
pub struct World {
    pub app: Arc<TestApp>,
    pub here: Place,
    pub there: Place,
    admin: Login,
}

/// A business and one of everything in it.
#[derive(Debug)]
pub struct Place {
    pub business: Business,
    /// Somebody to be changed or removed, who may do little.
    pub mate: Login,
    /// A role that nobody has, and that allows little.
    pub role: Id<CustomRole>,
    pub key: Id<ApiKey>,
    pub invitation: Id<Invitation>,
    pub invitation_token: String,
    pub location: Id<Location>,
    pub grant: Id<SupportGrant>,
    /// Staff and rooms.
    pub things: Things,
    pub menu: Menu,
    pub guests: Guests,
    pub visits: Visits,
    pub money: Money,
    pub later: Later,
    pub line: Line,
    pub hooks: Hooks,
    pub said: Said,
    pub composed: Composed,
}

impl Place {
    async fn new(app: &TestApp, name: &str, admin: &Login) -> Self {
        let business = app.business(name).await;
        let guest = format!("guest-of-{}@example.com", business.slug);
        let little = Role::Custom(app.custom_role(&business, &[LITTLE]).await);
        let guests = Guests::new(app, &business).await;
        let visits = Visits::new(app, &business).await;
        let (invitation, invitation_token) = app.invitation(&business, &guest, little).await;
        Self {
            mate: app.member(&business, little).await,
            role: app.custom_role(&business, &[LITTLE]).await,
            key: app.api_key(&business, &[LITTLE]).await.id,
            invitation,
            invitation_token,
            location: app.location(&business).await,
            grant: app.support_grant(&business, admin).await,
            things: Things::new(app, &business).await,
            menu: Menu::new(app, &business).await,
            composed: Composed::new(app, &business, guests.customer).await,
            guests,
            money: Money::new(app, &business, &visits).await,
            visits,
            later: Later::new(app, &business).await,
            line: Line::new(app, &business).await,
            hooks: Hooks::new(app, &business).await,
            said: Said::new(app, &business).await,
            business,
        }
    }

    pub fn mate_id(&self) -> Id<Membership> {
        self.mate.membership.expect("the mate is a member")
    }

    /// What only this business knows of itself. (Its slug and name are on its public page.)
    fn secrets(&self) -> Vec<String> {
        let mut secrets = vec![
            self.business.owner.email.clone(),
            self.business.owner.id.to_string(),
            self.mate.email.clone(),
            self.mate_id().to_string(),
            self.role.to_string(),
            self.key.to_string(),
            self.invitation.to_string(),
            self.grant.to_string(),
        ];
        secrets.extend(self.menu.secrets());
        secrets.extend(self.guests.secrets());
        secrets.extend(self.later.secrets());
        secrets.extend(self.money.secrets());
        secrets.extend(self.line.secrets());
        secrets.extend(self.hooks.secrets());
        secrets.extend(self.said.secrets());
        secrets.extend(self.composed.secrets());
        secrets.extend([self.visits.visit.to_string(), self.visits.hold.clone()]);
        secrets
    }
}

impl World {
    pub async fn new(app: &Arc<TestApp>) -> Self {
        let admin = app.login("Ada Platform").await;
        app.promote(&admin).await;
        Self {
            here: Place::new(app, "Here", &admin).await,
            there: Place::new(app, "There", &admin).await,
            admin,
            app: Arc::clone(app),
        }
    }

    /// Support is let in for an hour, and time goes by.
    pub async fn let_support_in(&self) {
        let until = self.app.now() + Duration::hours(1);
        let sql = format!("update support_grants set expires_at = '{until}'");
        self.app.database.run(&sql).await;
    }

    /// Everything that both businesses have, but for who was seen when.
    pub async fn fingerprint(&self) -> Vec<String> {
        let database = &self.app.database;
        let (here, there) = (self.here.business.id.uuid(), self.there.business.id.uuid());
        let of_tenants = database.tenant_tables().await;
        let condition = |table: &str| match table {
            "tenants" => format!("id in ('{here}', '{there}')"),
            table if of_tenants.iter().any(|name| name == table) => {
                format!("tenant_id in ('{here}', '{there}')")
            }
            _ => "false".to_owned(),
        };
        database.fingerprint_where(condition).await
    }

    /// What must not show in an answer to this column: the other business is nobody's here, and
    /// whoever is not on the team learns nothing of it at all.
    pub fn secrets_from(&self, column: Column) -> Vec<String> {
        match column {
            Column::Outsider | Column::Stranger => self.here.secrets(),
            Column::Anonymous | Column::Revoked | Column::Admin | Column::Custom => {
                [self.here.secrets(), self.there.secrets()].concat()
            }
            _ => self.there.secrets(),
        }
    }

    pub async fn actor(&self, column: Column, needs: &Needs) -> Actor {
        let app = &self.app;
        let (here, there) = (&self.here.business, &self.there.business);
        let member = async |role: Role| {
            let login = app.member(here, role).await;
            Actor { browser: app.sign_in(&login).await.in_tenant(here), login: Some(login) }
        };
        let key = async |scopes: &[&str]| Actor {
            browser: app.browser().with_bearer(&app.api_key(here, scopes).await.secret),
            login: None,
        };
        let owner_of = async |business: &Business| Actor {
            browser: app.sign_in(&business.owner).await.in_tenant(business),
            login: Some(business.owner.clone()),
        };
        match column {
            Column::Anonymous => Actor { browser: app.browser(), login: None },
            Column::Owner => owner_of(here).await,
            Column::Manager => member(BuiltIn::Manager.into()).await,
            Column::Receptionist => member(BuiltIn::Receptionist.into()).await,
            Column::Provider => {
                let actor = member(BuiltIn::Provider.into()).await;
                if let Some(login) = &actor.login {
                    app.visit(here, self.here.guests.customer, login, 2).await;
                    app.help_with(here, self.here.visits.visit, login).await;
                }
                actor
            }
            Column::Custom => {
                let role = app.custom_role(here, &[SOMETHING_ELSE]).await;
                member(Role::Custom(role)).await
            }
            Column::Outsider => owner_of(there).await,
            Column::Stranger => {
                let owner = owner_of(there).await;
                Actor { browser: owner.browser.in_tenant(here), ..owner }
            }
            Column::Revoked => {
                let owner = owner_of(here).await;
                let secret = owner.browser.cookie();
                owner.browser.post_empty("/v1/auth/sign-out").await.expect(204);
                owner.browser.set_cookie(secret.as_deref());
                owner
            }
            Column::KeyWithout => key(&[SOMETHING_ELSE]).await,
            Column::KeyWith => match needs {
                Needs::Right(right) => key(&[right, LITTLE]).await,
                _ => key(&[SOMETHING_ELSE]).await,
            },
            Column::Admin => {
                let login = app.login("Ann Platform").await;
                app.promote(&login).await;
                let browser = app.sign_in(&login).await;
                let inside = matches!(needs, Needs::Right(_));
                let browser = if inside { browser.in_tenant(here) } else { browser };
                Actor { browser, login: Some(login) }
            }
            Column::Support => Actor {
                browser: app.sign_in(&self.admin).await.in_tenant(here),
                login: Some(self.admin.clone()),
            },
        }
    }
}
