use chrono::{DateTime, Utc};
use openchair_domain::identity::{Me, NewTotp, Place, SessionFacts, SignIn, UserFacts};
use openchair_domain::ids::{Membership, Session, Tenant, User};
use openchair_domain::team::Joined;
use openchair_domain::time::Instant;
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object};

use super::device::device;
use crate::auth::{SetCookie, cookie};
use crate::ids::Ref;
use crate::images::ImageView;
use crate::roles::RoleRef;

/// An address and its password.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct PasswordSignIn {
    #[oai(validator(min_length = 3, max_length = 254))]
    pub(super) email: String,
    #[oai(validator(min_length = 1, max_length = 200))]
    pub(super) password: String,
}

/// The code that finishes a sign-in.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct SecondFactorCode {
    /// What the first half of the sign-in answered
    #[oai(validator(min_length = 1, max_length = 128))]
    pub(super) challenge: String,
    /// Six digits of the authenticator app, or a recovery code
    #[oai(validator(min_length = 1, max_length = 32))]
    pub(super) code: String,
}

/// The address that a link is to be sent to.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct LinkWanted {
    #[oai(validator(min_length = 3, max_length = 254))]
    pub(super) email: String,
}

/// The token of a link.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct LinkToken {
    #[oai(validator(min_length = 1, max_length = 128))]
    pub(super) token: String,
}

/// The token of a link, and the password that it sets.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct PasswordByLink {
    #[oai(validator(min_length = 1, max_length = 128))]
    pub(super) token: String,
    #[oai(validator(min_length = 1, max_length = 200))]
    pub(super) password: String,
}

/// An answer that says no more than it may.
#[derive(Debug, Clone, Object)]
pub(super) struct LinkPromise {
    /// The same whether or not the address has a login
    pub(super) detail: String,
}

/// How a sign-in went on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum SignInStatus {
    /// There is a session now.
    SignedIn,
    /// The second factor is asked for.
    SecondFactorRequired,
}

/// How a sign-in went on.
#[derive(Debug, Clone, Object)]
pub(crate) struct SignInView {
    pub(crate) status: SignInStatus,
    /// To be sent with the second factor's code
    pub(crate) challenge: Option<String>,
    pub(crate) me: Option<MeView>,
}

/// The answer to a sign-in, with the browser's session if there is one now.
pub(crate) fn signed_in(outcome: SignIn, now: Instant) -> SetCookie<Json<SignInView>> {
    match outcome {
        SignIn::Done(session, me) => {
            let view = SignInView {
                status: SignInStatus::SignedIn,
                challenge: None,
                me: Some(MeView::from(*me)),
            };
            cookie::session(Json(view), Some(&session), now)
        }
        SignIn::SecondFactor(challenge) => {
            let view = SignInView {
                status: SignInStatus::SecondFactorRequired,
                challenge: Some(challenge.0.text().to_owned()),
                me: None,
            };
            cookie::session(Json(view), None, now)
        }
    }
}

/// The answer to joining a team: a new login has a session now, an existing one keeps its own.
pub(crate) fn joined(done: Joined, now: Instant) -> SetCookie<Json<SignInView>> {
    let me = Some(MeView::from(*done.me));
    let view = SignInView { status: SignInStatus::SignedIn, challenge: None, me };
    cookie::session(Json(view), done.session.as_ref(), now)
}

/// A login, as its owner sees it.
#[derive(Debug, Clone, Object)]
pub(crate) struct UserView {
    id: Ref<User>,
    name: String,
    email: String,
    email_verified: bool,
    locale: String,
    /// Whether a second factor is set up
    two_factor: bool,
    /// Whether there is a password, or only links by mail
    has_password: bool,
    version: i32,
}

impl From<UserFacts> for UserView {
    fn from(user: UserFacts) -> Self {
        Self {
            id: user.id.into(),
            name: user.name,
            email: user.email,
            email_verified: user.email_verified,
            locale: user.locale,
            two_factor: user.two_factor,
            has_password: user.has_password,
            version: user.version,
        }
    }
}

/// A business, as far as a list of one's places shows it.
#[derive(Debug, Clone, Object)]
struct PlaceTenantView {
    id: Ref<Tenant>,
    slug: String,
    name: String,
    kind: String,
    hue: i16,
    logo: Option<ImageView>,
    locale: String,
    time_zone: String,
}

/// A place that the login has in a business.
#[derive(Debug, Clone, Object)]
struct PlaceView {
    id: Ref<Membership>,
    tenant: PlaceTenantView,
    role: RoleRef,
    /// What the role allows
    permissions: Vec<String>,
}

impl From<Place> for PlaceView {
    fn from(place: Place) -> Self {
        Self {
            id: place.id.into(),
            role: RoleRef { key: place.role.to_string(), name: place.role_name },
            permissions: place.rights.keys(),
            tenant: PlaceTenantView {
                id: place.tenant.into(),
                name: place.tenant_name,
                kind: place.kind,
                hue: place.hue,
                logo: place.logo.map(|logo| ImageView::of(&logo, &place.slug)),
                slug: place.slug,
                locale: place.locale,
                time_zone: place.time_zone,
            },
        }
    }
}

/// Everything that a client wants to know after signing in.
#[derive(Debug, Clone, Object)]
pub(crate) struct MeView {
    user: UserView,
    memberships: Vec<PlaceView>,
    /// Where the session stands
    current_tenant: Option<Ref<Tenant>>,
    /// Whether this is somebody who looks after the deployment
    platform_admin: bool,
}

impl From<Me> for MeView {
    fn from(me: Me) -> Self {
        Self {
            user: me.user.into(),
            memberships: me.places.into_iter().map(PlaceView::from).collect(),
            current_tenant: me.current_tenant.map(Ref::from),
            platform_admin: me.platform_admin,
        }
    }
}

/// What may be changed of one's own login.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct MeChange {
    #[oai(validator(min_length = 1, max_length = 80))]
    pub(super) name: Option<String>,
    /// `en`, `es`, `fr`, `ar`, `de`
    #[oai(validator(min_length = 2, max_length = 10))]
    pub(super) locale: Option<String>,
}

/// A new password, and the present one where there is one.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct PasswordChange {
    #[oai(validator(max_length = 200))]
    pub(super) current: Option<String>,
    #[oai(validator(min_length = 1, max_length = 200))]
    pub(super) new: String,
}

/// Where the session is to stand.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct CurrentTenant {
    pub(super) tenant_id: Ref<Tenant>,
}

/// A session, as its owner sees it.
#[derive(Debug, Clone, Object)]
pub(super) struct SessionView {
    id: Ref<Session>,
    /// Whether it is the one that asks
    current: bool,
    /// `browser` or `api_client`
    kind: String,
    /// `Chrome on Android`
    device: String,
    client_name: Option<String>,
    ip: Option<String>,
    created_at: DateTime<Utc>,
    /// To the minute
    last_seen_at: DateTime<Utc>,
}

impl From<SessionFacts> for SessionView {
    fn from(session: SessionFacts) -> Self {
        Self {
            id: session.id.into(),
            current: session.current,
            device: device(session.user_agent.as_deref()),
            kind: session.kind,
            client_name: session.client_name,
            ip: session.ip,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
        }
    }
}

/// One's sessions, the newest first.
#[derive(Debug, Clone, Object)]
pub(super) struct SessionList {
    pub(super) items: Vec<SessionView>,
}

/// How many sessions were ended.
#[derive(Debug, Clone, Object)]
pub(super) struct RevokedSessions {
    pub(super) revoked: u64,
}

/// What an authenticator app needs to be told.
#[derive(Debug, Clone, Object)]
pub(super) struct TotpView {
    /// For typing
    secret: String,
    /// The same for a QR code
    otpauth_url: String,
}

impl From<NewTotp> for TotpView {
    fn from(totp: NewTotp) -> Self {
        Self { secret: totp.secret, otpauth_url: totp.otpauth_url }
    }
}

/// A code of the second factor.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct FactorCode {
    #[oai(validator(min_length = 1, max_length = 32))]
    pub(super) code: String,
}

/// What it takes to confirm the second factor.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct FactorConfirmation {
    /// Needed where there is a password
    #[oai(validator(max_length = 200))]
    pub(super) password: Option<String>,
    #[oai(validator(min_length = 1, max_length = 32))]
    pub(super) code: String,
}

/// What it takes to remove the second factor.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct FactorRemoval {
    /// Needed where there is a password
    #[oai(validator(max_length = 200))]
    pub(super) password: Option<String>,
    #[oai(validator(min_length = 1, max_length = 32))]
    pub(super) code: String,
}

/// Codes for the day that the phone is lost; shown once.
#[derive(Debug, Clone, Object)]
pub(super) struct RecoveryCodesView {
    pub(super) recovery_codes: Vec<String>,
}

/// What an API client shows to get its first tokens.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewTokens {
    #[oai(validator(min_length = 3, max_length = 254))]
    pub(super) email: String,
    #[oai(validator(min_length = 1, max_length = 200))]
    pub(super) password: String,
    /// The second factor's code, where there is one
    #[oai(validator(max_length = 32))]
    pub(super) code: Option<String>,
    /// The business to stand in
    pub(super) tenant: Option<Ref<Tenant>>,
    /// What the client calls itself
    #[oai(validator(min_length = 1, max_length = 80))]
    pub(super) client_name: String,
}

/// A refresh token.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct RefreshToken {
    #[oai(validator(min_length = 1, max_length = 128))]
    pub(super) refresh_token: String,
}

/// What an API client goes on with.
#[derive(Debug, Clone, Object)]
pub(super) struct TokensView {
    /// For the header `Authorization: Bearer …`
    pub(super) access_token: String,
    /// Always `Bearer`
    pub(super) token_type: String,
    /// Seconds
    pub(super) expires_in: i64,
    /// Good once
    pub(super) refresh_token: String,
    pub(super) refresh_expires_at: DateTime<Utc>,
}
