use openchair_domain::config::{Kind, Secret};
use openchair_domain::identity::NewSession;
use openchair_domain::tenants::{self, Availability, Obstacle, Offer, SignedUp};
use poem_openapi::{Enum, Object};

use crate::identity::UserView;
use crate::tenants::TenantView;

/// What kind of business it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub(crate) enum KindOfBusiness {
    Clinic,
    Spa,
    Barbershop,
    Salon,
}

impl From<KindOfBusiness> for Kind {
    fn from(kind: KindOfBusiness) -> Self {
        match kind {
            KindOfBusiness::Clinic => Self::Clinic,
            KindOfBusiness::Spa => Self::Spa,
            KindOfBusiness::Barbershop => Self::Barbershop,
            KindOfBusiness::Salon => Self::Salon,
        }
    }
}

/// The business that signs up.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewBusiness {
    #[oai(validator(min_length = 1, max_length = 80))]
    name: String,
    kind: KindOfBusiness,
    /// ISO 3166
    #[oai(validator(pattern = "^[A-Za-z]{2}$"))]
    country: String,
    /// Its web address; made from the name when left out
    #[oai(validator(min_length = 3, max_length = 40))]
    slug: Option<String>,
    /// As in the tz database; the country's first when left out
    #[oai(validator(max_length = 64))]
    time_zone: Option<String>,
    /// ISO 4217; the country's when left out
    #[oai(validator(max_length = 8))]
    currency: Option<String>,
    /// The country's when left out
    #[oai(validator(max_length = 16))]
    locale: Option<String>,
}

/// Whoever signs the business up.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewOwner {
    #[oai(validator(min_length = 1, max_length = 80))]
    name: String,
    #[oai(validator(min_length = 1, max_length = 254))]
    email: String,
    /// Without one, links by mail sign in
    #[oai(validator(max_length = 200))]
    password: Option<String>,
}

/// A sign-up.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewSignUp {
    business: NewBusiness,
    /// Left out by whoever is signed in: then the business is added to that login
    owner: Option<NewOwner>,
}

impl NewSignUp {
    pub(super) fn names_an_owner(&self) -> bool {
        self.owner.is_some()
    }

    pub(super) fn to_domain(&self) -> tenants::NewSignUp {
        let business = &self.business;
        tenants::NewSignUp {
            business: tenants::NewBusiness {
                name: business.name.clone(),
                kind: business.kind.into(),
                country: business.country.clone(),
                slug: business.slug.clone(),
                time_zone: business.time_zone.clone(),
                currency: business.currency.clone(),
                locale: business.locale.clone(),
            },
            owner: self.owner.as_ref().map(|owner| tenants::NewOwner {
                name: owner.name.clone(),
                email: owner.email.clone(),
                password: owner.password.clone().map(Secret::new),
            }),
        }
    }
}

/// What came of a sign-up.
#[derive(Debug, Clone, Object)]
pub(super) struct SignedUpView {
    tenant: TenantView,
    user: UserView,
    /// Whether the owner is signed in now; otherwise a link was mailed
    signed_in: bool,
}

impl SignedUpView {
    pub(super) fn and_session(done: SignedUp) -> (Self, Option<NewSession>) {
        let view = Self {
            tenant: done.business.into(),
            user: done.user.into(),
            signed_in: done.signed_in,
        };
        (view, done.session)
    }
}

/// A country to choose.
#[derive(Debug, Clone, Object)]
struct CountryView {
    /// ISO 3166
    code: String,
    name: String,
}

/// A kind of business to choose, in the country's language.
#[derive(Debug, Clone, Object)]
struct KindView {
    key: String,
    name: String,
    /// What it is, in a sentence
    blurb: String,
}

/// What to fill the sign-up form in with.
#[derive(Debug, Clone, Object)]
pub(super) struct ProposalView {
    /// A free web address; empty as long as there is no name
    slug: String,
    time_zone: String,
    /// All zones of the country, the proposed one first
    time_zones: Vec<String>,
    currency: String,
    locale: String,
    /// All languages of the product, the proposed one first
    locales: Vec<String>,
    /// The colour that a business of this kind begins with, as an angle
    hue: Option<i16>,
    countries: Vec<CountryView>,
    kinds: Vec<KindView>,
}

impl ProposalView {
    pub(super) fn new(offer: Offer, kind: Option<KindOfBusiness>) -> Self {
        let country = |(code, name): (&str, &str)| CountryView {
            code: code.to_owned(),
            name: name.to_owned(),
        };
        let one = |(kind, name, blurb): (Kind, &str, &str)| KindView {
            key: kind.key().to_owned(),
            name: name.to_owned(),
            blurb: blurb.to_owned(),
        };
        Self {
            slug: offer.slug,
            time_zone: offer.proposal.time_zone,
            time_zones: offer.proposal.time_zones,
            currency: offer.proposal.currency,
            locale: offer.proposal.locale,
            locales: offer.proposal.locales,
            hue: kind.map(|kind| tenants::first_hue(kind.into())),
            countries: offer.countries.into_iter().map(country).collect(),
            kinds: offer.kinds.into_iter().map(one).collect(),
        }
    }
}

/// Why a web address can't be had.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "lowercase")]
enum SlugObstacle {
    /// Another business has it
    Taken,
    /// The product needs it itself
    Reserved,
    /// It isn't written like one
    Invalid,
}

impl From<Obstacle> for SlugObstacle {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::Taken => Self::Taken,
            Obstacle::Reserved => Self::Reserved,
            Obstacle::Invalid => Self::Invalid,
        }
    }
}

/// Whether a web address can be had.
#[derive(Debug, Clone, Object)]
pub(super) struct SlugView {
    slug: String,
    available: bool,
    reason: Option<SlugObstacle>,
    /// A free one that looks like it
    suggestion: Option<String>,
}

impl From<Availability> for SlugView {
    fn from(found: Availability) -> Self {
        Self {
            available: found.obstacle.is_none(),
            slug: found.slug,
            reason: found.obstacle.map(SlugObstacle::from),
            suggestion: found.suggestion,
        }
    }
}
