//! The whole API as one document.

use poem_openapi::{ApiResponse, OpenApi, OpenApiService, Tags as DeriveTags};

use crate::app::App;
use crate::audit::AuditApi;
use crate::identity::{AuthApi, MeApi, TokensApi};
use crate::keys::ApiKeysApi;
use crate::platform::PlatformApi;
use crate::roles::RolesApi;
use crate::team::{InvitationsApi, JoiningApi, MembersApi, OwnershipApi};

/// How the operations are grouped.
#[derive(Debug, DeriveTags)]
pub enum Tags {
    /// A business signs itself up.
    SignUp,
    /// Signing in and out, links, second factors, tokens.
    Auth,
    /// One's own login.
    Me,
    /// The business.
    Tenant,
    /// Who is on the team, and who is invited.
    Team,
    /// What the roles allow.
    Roles,
    /// Programs' ways into a tenant.
    ApiKeys,
    /// Who did what.
    Audit,
    /// What anybody may see of a shop.
    Public,
    /// Looking after the deployment.
    Platform,
}

/// 204: done, and there is nothing to say.
#[derive(Debug, ApiResponse)]
pub enum NoContent {
    /// Done.
    #[oai(status = 204)]
    Done,
}

/// Every operation. Tuples stop at 16 and nest.
fn operations(app: &App) -> impl OpenApi + 'static {
    let app = || app.clone();
    let people = (AuthApi(app()), TokensApi(app()), MeApi(app()));
    let house = (ApiKeysApi(app()), AuditApi(app()), PlatformApi(app()));
    let team = (MembersApi(app()), InvitationsApi(app()), JoiningApi(app()), OwnershipApi(app()));
    (people, house, team, RolesApi(app()))
}

/// The service that answers and documents every operation.
pub fn service(app: &App) -> OpenApiService<impl OpenApi + 'static, ()> {
    OpenApiService::new(operations(app), "Openchair", env!("CARGO_PKG_VERSION"))
        .description("Bookings, queues and live days for many businesses on one deployment.")
        .server("/")
}
