use chrono::{DateTime, Utc};
use openchair_domain::ids::Tenant;
use openchair_domain::images::Facts;
use openchair_domain::tenants::{Business, BusinessChange, Step, StepKey};
use poem_openapi::{Enum, Object};

use crate::conditional::Versioned;
use crate::ids::Ref;
use crate::images::ImageView;

/// A business, as its team sees it.
#[derive(Debug, Clone, Object)]
pub(crate) struct TenantView {
    id: Ref<Tenant>,
    /// Its web address
    slug: String,
    name: String,
    kind: String,
    /// ISO 3166
    country: String,
    /// Each location has its own, too
    time_zone: String,
    /// ISO 4217: what its prices are in
    currency: String,
    locale: String,
    /// Its colour, as an angle
    hue: i16,
    logo: Option<ImageView>,
    photo: Option<ImageView>,
    plan: String,
    /// When the trial is over, on a plan that has an end
    trial_ends_at: Option<DateTime<Utc>>,
    /// Whether every login needs a second factor here
    require_two_factor: bool,
    /// Its plan isn't paid: what is there can be seen and taken out, and nothing new begins
    read_only: bool,
    created_at: DateTime<Utc>,
    version: i32,
}

impl From<Business> for TenantView {
    fn from(business: Business) -> Self {
        let image = |facts: Option<&Facts>| facts.map(|it| ImageView::of(it, &business.slug));
        Self {
            id: business.id.into(),
            logo: image(business.images.logo.as_ref()),
            photo: image(business.images.photo.as_ref()),
            slug: business.slug,
            name: business.name,
            kind: business.kind,
            country: business.country,
            time_zone: business.time_zone,
            currency: business.currency,
            locale: business.locale,
            hue: business.hue,
            plan: business.plan,
            trial_ends_at: business.trial_ends_at,
            require_two_factor: business.require_two_factor,
            read_only: business.read_only,
            created_at: business.created_at,
            version: business.version,
        }
    }
}

/// The view with its version.
pub(crate) fn versioned(business: Business) -> Versioned<TenantView> {
    Versioned::new(business.version.into(), business.into())
}

/// What to change; what is left out stays.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct TenantChange {
    #[oai(validator(min_length = 1, max_length = 80))]
    name: Option<String>,
    /// The web address; the old one leads nowhere then
    #[oai(validator(min_length = 3, max_length = 40))]
    slug: Option<String>,
    /// The colour, as an angle
    #[oai(validator(minimum(value = "0"), maximum(value = "359")))]
    hue: Option<i16>,
    #[oai(validator(max_length = 16))]
    locale: Option<String>,
    /// As in the tz database
    #[oai(validator(max_length = 64))]
    time_zone: Option<String>,
    /// ISO 4217; prices keep their numbers
    #[oai(validator(max_length = 8))]
    currency: Option<String>,
}

impl From<TenantChange> for BusinessChange {
    fn from(change: TenantChange) -> Self {
        Self {
            name: change.name,
            slug: change.slug,
            hue: change.hue,
            locale: change.locale,
            time_zone: change.time_zone,
            currency: change.currency,
        }
    }
}

/// How well the team's logins are guarded.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct TenantSecurity {
    /// Whether everybody on the team needs a second factor
    pub(super) require_two_factor: bool,
}

/// A step of setting up.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum SetupStepKey {
    VerifyEmail,
    Services,
    Hours,
    Team,
    TwoFactor,
}

impl From<StepKey> for SetupStepKey {
    fn from(key: StepKey) -> Self {
        match key {
            StepKey::VerifyEmail => Self::VerifyEmail,
            StepKey::Services => Self::Services,
            StepKey::Hours => Self::Hours,
            StepKey::Team => Self::Team,
            StepKey::TwoFactor => Self::TwoFactor,
        }
    }
}

/// A step of setting up, and whether it is done.
#[derive(Debug, Clone, Object)]
struct SetupStepView {
    key: SetupStepKey,
    done: bool,
    title: String,
    detail: String,
}

/// What the business has left to do.
#[derive(Debug, Clone, Object)]
pub(super) struct SetupView {
    steps: Vec<SetupStepView>,
    /// How many are done
    done: u32,
    /// How many there are
    total: u32,
}

impl From<Vec<Step>> for SetupView {
    fn from(steps: Vec<Step>) -> Self {
        let count = |steps: usize| u32::try_from(steps).unwrap_or(u32::MAX);
        let view = |step: Step| SetupStepView {
            key: step.key.into(),
            done: step.done,
            title: step.title.to_owned(),
            detail: step.detail.to_owned(),
        };
        Self {
            done: count(steps.iter().filter(|step| step.done).count()),
            total: count(steps.len()),
            steps: steps.into_iter().map(view).collect(),
        }
    }
}
