//! Who may call: extractors that stand first in an operation's arguments, so that 401 and 403 come
//! before anything is said about the rest of the request.
//!
//! * [`Visitor`]: anybody; knows who it is if they are signed in.
//! * [`Person`]: somebody who is signed in, in no particular tenant.
//! * [`Admin`]: somebody who looks after the deployment.
//! * [`Can`]: a caller inside a tenant who holds a permission.

pub(crate) mod cookie;
mod origin;
mod proof;

use std::marker::PhantomData;
use std::ops::Deref;

use openchair_domain::authz::Permission;
use openchair_domain::identity::{IdentityError, Proof, Recognised, SignedIn};
use openchair_domain::ids::{Id, Tenant};
use openchair_domain::live::Watch;
use openchair_domain::tenancy::{Caller, Principal, RequestFacts};
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use crate::app::App;
use crate::problem::ApiError;

pub use cookie::{Cookie, SESSION, SetCookie};

/// A caller inside a tenant who may do `P`.
#[derive(Debug)]
pub struct Can<P>(Caller, PhantomData<fn() -> P>);

impl<P> Deref for Can<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

/// Somebody who is signed in.
#[derive(Debug)]
pub struct Person(pub SignedIn);

/// Somebody who looks after the deployment.
#[derive(Debug)]
pub struct Admin(pub SignedIn);

/// Anybody.
#[derive(Debug)]
pub struct Visitor {
    /// What is known of the request.
    pub request: RequestFacts,
    /// Who it is, if they are signed in.
    pub person: Option<SignedIn>,
}

pub(crate) fn app(request: &Request) -> Result<&App, ApiError> {
    request.data::<App>().ok_or_else(|| {
        tracing::error!("the app is not mounted");
        ApiError::internal_logged()
    })
}

async fn recognised(request: &Request) -> Result<Recognised, ApiError> {
    let app = app(request)?;
    let proof = proof::of(request)?.ok_or(IdentityError::NotSignedIn)?;
    origin::check(request, &proof, &app.public_url)?;
    let wanted = proof::wanted_tenant(request)?;
    let recognised = app.identity.recognise(&proof, wanted, proof::facts(request)).await?;
    Ok(recognised)
}

async fn person(request: &Request) -> Result<SignedIn, ApiError> {
    match recognised(request).await? {
        Recognised::Person(person) => {
            app(request)?.limits.person(person.user).await?;
            Ok(*person)
        }
        Recognised::Key(_) => Err(IdentityError::PersonsOnly.into()),
    }
}

async fn caller<P: Permission>(request: &Request) -> Result<Caller, ApiError> {
    let caller = match recognised(request).await? {
        Recognised::Person(person) => app(request)?.identity.enter(*person).await?,
        Recognised::Key(caller) => *caller,
    };
    app(request)?.limits.caller(&caller).await?;
    if !caller.may(P::VALUE) {
        return Err(ApiError::not_allowed(P::VALUE.sentence()));
    }
    if caller.facts().read_only && !P::VALUE.stays() {
        let detail = "Your business's plan isn't paid: everything can be seen and taken out, and nothing changed.";
        return Err(ApiError::forbidden("read_only", detail));
    }
    Ok(caller)
}

/// Somebody in a business, and by what they are watched from then on.
pub(crate) async fn who(
    app: &App,
    proof: &Proof,
    wanted: Option<Id<Tenant>>,
    request: RequestFacts,
) -> Result<(Caller, Watch), ApiError> {
    match app.identity.recognise(proof, wanted, request).await? {
        Recognised::Person(person) => {
            let session = person.session;
            let caller = app.identity.enter(*person).await?;
            let watch = Watch::Session { session, tenant: caller.tenant() };
            Ok((caller, watch))
        }
        Recognised::Key(caller) => match caller.principal() {
            Principal::ApiKey { key, .. } => {
                let watch = Watch::Key { key: *key };
                Ok((*caller, watch))
            }
            _ => Err(IdentityError::BadKey.into()),
        },
    }
}

/// Who is at the door of a socket. A browser asks for a socket with its cookie whoever wrote the page:
/// it must be ours. Whoever shows nothing, or a cookie that is good no longer, may still say who they
/// are.
pub(crate) async fn at_the_door(
    app: &App,
    request: &Request,
    wanted: Option<Id<Tenant>>,
) -> Result<Option<(Caller, Watch)>, ApiError> {
    let proof = proof::of(request)?;
    origin::check_socket(request, proof.as_ref(), &app.public_url)?;
    let Some(proof) = proof else { return Ok(None) };
    let wanted = proof::wanted_tenant(request)?.or(wanted);
    let known = who(app, &proof, wanted, proof::facts(request)).await;
    match known {
        Err(error) if matches!(proof, Proof::Cookie(_)) && error.status.is_client_error() => {
            Ok(None)
        }
        known => known.map(Some),
    }
}

/// Whoever isn't signed in may not be sent here by somebody else's page either, to change anything.
pub(crate) fn check_visitor(request: &Request, app: &App) -> Result<(), ApiError> {
    origin::check_visitor(request, &app.public_url)
}

/// What is known of a request.
pub(crate) fn facts(request: &Request) -> RequestFacts {
    proof::facts(request)
}

const SCHEMES: [(&str, MetaSecurityScheme); 2] = [
    (
        "session",
        MetaSecurityScheme {
            ty: "apiKey",
            description: Some("A browser's session; unsafe methods need a matching Origin"),
            name: Some(SESSION.name),
            key_in: Some("cookie"),
            scheme: None,
            bearer_format: None,
            flows: None,
            openid_connect_url: None,
        },
    ),
    (
        "bearer",
        MetaSecurityScheme {
            ty: "http",
            description: Some("An access token, or an API key (`oc_live_…`)"),
            name: None,
            key_in: None,
            scheme: Some("bearer"),
            bearer_format: None,
            flows: None,
            openid_connect_url: None,
        },
    ),
];

macro_rules! extractor {
    ([$($generics:tt)*] $name:ty, $request:ident => $extract:expr) => {
        impl<'a, $($generics)*> ApiExtractor<'a> for $name {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
            type ParamType = ();
            type ParamRawType = ();

            fn register(registry: &mut Registry) {
                for (name, scheme) in SCHEMES {
                    registry.create_security_scheme(name, scheme);
                }
            }

            fn security_schemes() -> Vec<&'static str> {
                SCHEMES.iter().map(|(name, _)| *name).collect()
            }

            async fn from_request(
                $request: &'a Request,
                _body: &mut RequestBody,
                _options: ExtractParamOptions<()>,
            ) -> poem::Result<Self> {
                Ok($extract)
            }
        }
    };
}

extractor!([P: Permission] Can<P>, request => Self(caller::<P>(request).await?, PhantomData));
extractor!([] Person, request => Self(person(request).await?));
extractor!([] Admin, request => {
    let person = person(request).await?;
    // What is only for the platform isn't there for anybody else.
    if !person.platform_admin {
        return Err(ApiError::not_found().into());
    }
    if !person.two_factor {
        return Err(ApiError::from(IdentityError::SupportNeedsSecondFactor).into());
    }
    Self(person)
});

impl<'a> ApiExtractor<'a> for Visitor {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::PoemExtractor];
    type ParamType = ();
    type ParamRawType = ();

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let app = app(request)?;
        origin::check_visitor(request, &app.public_url)?;
        let facts = proof::facts(request);
        let person = match proof::of(request)? {
            // A stale cookie is no reason to refuse a visitor.
            Some(proof) => match app.identity.recognise(&proof, None, facts.clone()).await {
                Ok(Recognised::Person(person)) => Some(*person),
                Err(IdentityError::Store(store)) => {
                    return Err(ApiError::from(IdentityError::Store(store)).into());
                }
                Ok(Recognised::Key(_)) | Err(_) => None,
            },
            None => None,
        };
        Ok(Self { request: facts, person })
    }
}
