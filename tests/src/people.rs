//! Businesses and people to test with. A business signs itself up; whoever else is needed is put
//! into the tables directly: the tests of invitations show that the product makes the same.

use openchair_domain::authz::BuiltIn;
use openchair_domain::ids::{
    ApiKey, CustomRole, Event, Id, Invitation, Kind, Location, Membership, SupportGrant, Tenant,
    User,
};
use openchair_domain::secrets::{KeyRing, OpaqueToken, Passwords, Place, TokenKind, TotpSecret};
use serde_json::json;
use sqlx::PgPool;
use tokio::sync::OnceCell;

use crate::app::TestApp;
use crate::browser::Browser;
use crate::run;

/// Everybody's password.
pub const PASSWORD: &str = "seven quiet herons at dusk";

/// What somebody is in a business.
#[derive(Debug, Clone, Copy)]
pub enum Role {
    /// A role that every business has.
    BuiltIn(BuiltIn),
    /// One that it composed.
    Custom(Id<CustomRole>),
}

impl From<BuiltIn> for Role {
    fn from(role: BuiltIn) -> Self {
        Self::BuiltIn(role)
    }
}

/// Somebody who can sign in with [`PASSWORD`].
#[derive(Debug, Clone)]
pub struct Login {
    /// The login's id.
    pub id: Id<User>,
    /// Its address.
    pub email: String,
    /// Its name.
    pub name: String,
    /// The place in the business that it was made for.
    pub membership: Option<Id<Membership>>,
}

/// A business with its owner.
#[derive(Debug, Clone)]
pub struct Business {
    /// Its id.
    pub id: Id<Tenant>,
    /// Its web address.
    pub slug: String,
    /// Its name. No other business of this run has it, and everything of this business carries it:
    /// where it shows, something of this business shows.
    pub name: String,
    /// Its owner.
    pub owner: Login,
}

/// An API key with its secret.
#[derive(Debug, Clone)]
pub struct KeyMade {
    /// The key's id.
    pub id: Id<ApiKey>,
    /// What a program shows.
    pub secret: String,
}

impl TestApp {
    pub fn new_id<K: Kind>(&self) -> Id<K> {
        Id::new(self.now(), &*self.entropy)
    }

    pub(crate) fn pool(&self) -> &PgPool {
        self.database.owner()
    }

    /// A business that signed itself up, with a starter kit; its owner's address is verified.
    pub async fn business(&self, name: &str) -> Business {
        let number = run::next();
        let name = format!("{name} {number}x");
        let (owner, email) = (format!("Owner of {name}"), format!("owner.{number}x@example.com"));
        let body = json!({
            "business": { "name": name, "kind": "spa", "country": "US" },
            "owner": { "name": owner, "email": email, "password": PASSWORD },
        });
        let made = self.browser().post("/v1/signup", &body).await.expect(201);
        let text = |pointer: &str| made.pointer(pointer).and_then(|value| value.as_str());
        let id: Id<Tenant> = text("/tenant/id").and_then(|id| id.parse().ok()).expect("an id");
        let user: Id<User> = text("/user/id").and_then(|id| id.parse().ok()).expect("an id");
        let verified = "update users set email_verified_at = created_at where id = $1";
        sqlx::query(verified).bind(user.uuid()).execute(self.pool()).await.expect("verified");
        let place = "select id from memberships where user_id = $1";
        let place = sqlx::query_scalar(place).bind(user.uuid()).fetch_one(self.pool()).await;
        Business {
            id,
            slug: text("/tenant/slug").unwrap_or_default().to_owned(),
            name,
            owner: Login {
                id: user,
                email,
                name: owner,
                membership: Some(Id::from_uuid(place.expect("the owner's place"))),
            },
        }
    }

    /// A login that belongs nowhere.
    pub async fn login(&self, name: &str) -> Login {
        let (id, number) = (self.new_id::<User>(), run::next());
        let email = format!("{}.{number}x@example.com", name.to_lowercase().replace(' ', "."));
        sqlx::query(
            "insert into users (id, email, email_key, name, locale, email_verified_at,
                                password_hash, created_at, updated_at)
             values ($1, $2, $2, $3, 'en', $4, $5, $4, $4)",
        )
        .bind(id.uuid())
        .bind(&email)
        .bind(name)
        .bind(self.now())
        .bind(self.password_hash().await)
        .execute(self.pool())
        .await
        .expect("a login");
        Login { id, email, name: name.to_owned(), membership: None }
    }

    /// Somebody on a business's team.
    pub async fn member(&self, of: &Business, role: impl Into<Role>) -> Login {
        self.join(of.id, &format!("Member of {}", of.name), role).await
    }

    async fn join(&self, tenant: Id<Tenant>, name: &str, role: impl Into<Role>) -> Login {
        let login = self.login(name).await;
        self.add(tenant, login, role).await
    }

    /// Puts somebody on another team, too.
    pub async fn add(&self, to: Id<Tenant>, login: Login, role: impl Into<Role>) -> Login {
        let membership = self.new_id::<Membership>();
        let (role, custom) = stored(role.into());
        sqlx::query(
            "insert into memberships (tenant_id, id, user_id, role, custom_role_id, created_at,
                                      updated_at)
             values ($1, $2, $3, $4, $5, $6, $6)",
        )
        .bind(to.uuid())
        .bind(membership.uuid())
        .bind(login.id.uuid())
        .bind(role)
        .bind(custom)
        .bind(self.now())
        .execute(self.pool())
        .await
        .expect("a membership");
        Login { membership: Some(membership), ..login }
    }

    /// A role that the business composed.
    pub async fn custom_role(&self, of: &Business, permissions: &[&str]) -> Id<CustomRole> {
        let (id, number) = (self.new_id::<CustomRole>(), run::next());
        let name = format!("role {number} of {}", of.name);
        sqlx::query(
            "insert into roles (tenant_id, id, name, name_key, permissions, created_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, $6)",
        )
        .bind(of.id.uuid())
        .bind(id.uuid())
        .bind(&name)
        .bind(name.to_lowercase())
        .bind(permissions)
        .bind(self.now())
        .execute(self.pool())
        .await
        .expect("a role");
        id
    }

    /// A program's key.
    pub async fn api_key(&self, of: &Business, scopes: &[&str]) -> KeyMade {
        let id = self.new_id::<ApiKey>();
        let secret = OpaqueToken::generate(TokenKind::ApiKey, &*self.entropy);
        sqlx::query(
            "insert into api_keys (tenant_id, id, name, prefix, secret_hash, scopes, created_by,
                                   created_by_user_id, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(of.id.uuid())
        .bind(id.uuid())
        .bind(format!("key of {}", of.name))
        .bind(secret.preview())
        .bind(secret.hash().to_vec())
        .bind(scopes)
        .bind(&of.owner.name)
        .bind(of.owner.id.uuid())
        .bind(self.now())
        .execute(self.pool())
        .await
        .expect("a key");
        KeyMade { id, secret: secret.text().to_owned() }
    }

    /// The token of a link that was mailed to somebody, without the mail.
    pub async fn link(&self, to: &Login, kind: TokenKind) -> String {
        let purpose = match kind {
            TokenKind::MagicLink => "magic_link",
            TokenKind::PasswordReset => "password_reset",
            TokenKind::VerifyEmail => "verify_email",
            other => panic!("{other:?} is no link"),
        };
        let token = OpaqueToken::generate(kind, &*self.entropy);
        sqlx::query(
            "insert into one_time_tokens (id, user_id, purpose, token_hash, email_key, created_at,
                                          expires_at)
             values ($1, $2, $3, $4, $5, $6, $6 + interval '10 minutes')",
        )
        .bind(self.new_id::<Event>().uuid())
        .bind(to.id.uuid())
        .bind(purpose)
        .bind(token.hash().to_vec())
        .bind(to.email.to_lowercase())
        .bind(self.now())
        .execute(self.pool())
        .await
        .expect("a link");
        token.text().to_owned()
    }

    /// What a customer who comes back shows, without the mail: a `link`, or the pass of a `device`.
    pub async fn regular(&self, kind: &str, email: &str) -> String {
        let sort = if kind == "link" { TokenKind::RegularLink } else { TokenKind::RegularPass };
        let token = OpaqueToken::generate(sort, &*self.entropy);
        sqlx::query(
            "insert into regular_passes (id, kind, token_hash, email, email_key, created_at,
                                         expires_at)
             values ($1, $2, $3, $4, lower($4), $5, $5 + interval '10 minutes')",
        )
        .bind(self.new_id::<Event>().uuid())
        .bind(kind)
        .bind(token.hash().to_vec())
        .bind(email)
        .bind(self.now())
        .execute(self.pool())
        .await
        .expect("a pass");
        token.text().to_owned()
    }

    /// An invitation to a business's team, and the token of its link.
    pub async fn invitation(
        &self,
        to: &Business,
        email: &str,
        role: impl Into<Role>,
    ) -> (Id<Invitation>, String) {
        let (role, custom) = stored(role.into());
        let id = self.new_id::<Invitation>();
        let token = OpaqueToken::generate(TokenKind::Invitation, &*self.entropy);
        sqlx::query(
            "insert into invitations (tenant_id, id, email, email_key, token_hash, invited_by,
                                      created_at, expires_at, role, custom_role_id)
             values ($1, $2, $3, $4, $5, $6, $7, $7 + interval '7 days', $8, $9)",
        )
        .bind(to.id.uuid())
        .bind(id.uuid())
        .bind(email)
        .bind(email.to_lowercase())
        .bind(token.hash().to_vec())
        .bind(&to.owner.name)
        .bind(self.now())
        .bind(role)
        .bind(custom)
        .execute(self.pool())
        .await
        .expect("an invitation");
        (id, token.text().to_owned())
    }

    /// Lets a platform administrator into a business for an hour.
    pub async fn support_grant(&self, to: &Business, admin: &Login) -> Id<SupportGrant> {
        let id = self.new_id::<SupportGrant>();
        sqlx::query(
            "insert into support_grants (tenant_id, id, user_id, admin_name, reason, created_at,
                                         expires_at)
             values ($1, $2, $3, $4, $5, $6, $6 + interval '1 hour')",
        )
        .bind(to.id.uuid())
        .bind(id.uuid())
        .bind(admin.id.uuid())
        .bind(&admin.name)
        .bind(format!("a question of {}", to.name))
        .bind(self.now())
        .execute(self.pool())
        .await
        .expect("a grant");
        id
    }

    /// The location that a business began with.
    pub async fn location(&self, of: &Business) -> Id<Location> {
        let sql = "select id from locations where tenant_id = $1 order by position limit 1";
        let found = sqlx::query_scalar(sql).bind(of.id.uuid()).fetch_one(self.pool()).await;
        Id::from_uuid(found.expect("a location"))
    }

    /// Makes somebody a platform administrator, who must have a second factor.
    pub async fn promote(&self, login: &Login) {
        self.give_factor(login).await;
        let sql = "update users set platform_admin = true where id = $1";
        let done = sqlx::query(sql).bind(login.id.uuid()).execute(self.pool()).await;
        done.expect("a platform administrator");
    }

    /// Sets up a second factor, which [`TestApp::sign_in`] then shows.
    pub async fn give_factor(&self, login: &Login) {
        let secret = TotpSecret::generate(&*self.entropy);
        let keys = KeyRing::new(&self.settings.security.column_keys).expect("the columns' keys");
        let place = Place { table: "users", column: "totp_secret", row: login.id.uuid() };
        let sealed = keys.seal(&place, secret.as_bytes(), &*self.entropy).expect("sealed");
        let sql = "update users set totp_secret = $2, totp_confirmed_at = $3 where id = $1";
        let done = sqlx::query(sql).bind(login.id.uuid()).bind(sealed).bind(self.now());
        done.execute(self.pool()).await.expect("a second factor");
        self.factors().insert(login.id, secret);
    }

    /// A code that is good now, of somebody with [`TestApp::give_factor`]. Two at the same time are
    /// the same: the clock stands still, so what was used is forgotten.
    pub async fn factor_code(&self, login: &Login) -> Option<String> {
        let code = self.factors().get(&login.id)?.code_at(self.now()).expect("a code");
        let sql = "update users set totp_last_step = null where id = $1";
        let done = sqlx::query(sql).bind(login.id.uuid()).execute(self.pool()).await;
        done.expect("a second factor");
        Some(code)
    }

    /// A browser in which somebody has signed in with [`PASSWORD`].
    pub async fn sign_in(&self, login: &Login) -> Browser {
        let browser = self.browser();
        let body = json!({ "email": login.email, "password": PASSWORD });
        let mut answer = browser.post("/v1/auth/sign-in", &body).await.expect(200);
        if let Some(code) = self.factor_code(login).await {
            let body = json!({ "challenge": answer["challenge"], "code": code });
            answer = browser.post("/v1/auth/second-factor", &body).await.expect(200);
        }
        assert_eq!(answer["status"], "signed_in", "{answer}");
        browser
    }

    async fn password_hash(&self) -> &'static str {
        static HASH: OnceCell<String> = OnceCell::const_new();
        HASH.get_or_init(|| async {
            let passwords = Passwords::new(&self.settings.security, self.entropy.clone());
            passwords.expect("a cost").hash(PASSWORD).await.expect("a hash")
        })
        .await
    }
}

fn stored(role: Role) -> (&'static str, Option<uuid::Uuid>) {
    match role {
        Role::BuiltIn(role) => (role.key(), None),
        Role::Custom(id) => ("custom", Some(id.uuid())),
    }
}
