use openchair_domain::catalog::ServiceFacts;
use openchair_domain::ids::{Location, Service};
use openchair_domain::locations::LocationFacts;
use openchair_domain::tenants::PublicPage;
use poem_openapi::Object;

use crate::ids::Ref;
use crate::locations::OpeningHours;

/// What anybody may see of a location.
#[derive(Debug, Clone, Object)]
struct PublicLocationView {
    id: Ref<Location>,
    name: String,
    address: String,
    time_zone: String,
    /// From Monday on
    hours: Vec<OpeningHours>,
}

impl From<LocationFacts> for PublicLocationView {
    fn from(location: LocationFacts) -> Self {
        Self {
            id: location.id.into(),
            name: location.name,
            address: location.address,
            time_zone: location.time_zone,
            hours: location.hours.into_iter().map(OpeningHours::from).collect(),
        }
    }
}

/// What anybody may see of a service.
#[derive(Debug, Clone, Object)]
struct PublicServiceView {
    id: Ref<Service>,
    /// What the category is called
    category: String,
    name: String,
    duration_minutes: i32,
    /// In the minor unit of the shop's currency
    price_minor: i64,
}

impl From<ServiceFacts> for PublicServiceView {
    fn from(service: ServiceFacts) -> Self {
        Self {
            id: service.id.into(),
            category: service.category_name,
            name: service.name,
            duration_minutes: service.duration_minutes,
            price_minor: service.price_minor,
        }
    }
}

/// What anybody may see of a shop.
#[derive(Debug, Clone, Object)]
pub(super) struct PublicPageView {
    slug: String,
    name: String,
    kind: String,
    locale: String,
    time_zone: String,
    /// ISO 4217: what its prices are in
    currency: String,
    /// Its colour, as an angle
    hue: i16,
    locations: Vec<PublicLocationView>,
    services: Vec<PublicServiceView>,
}

impl From<PublicPage> for PublicPageView {
    fn from(page: PublicPage) -> Self {
        Self {
            slug: page.slug,
            name: page.name,
            kind: page.kind,
            locale: page.locale,
            time_zone: page.time_zone,
            currency: page.currency,
            hue: page.hue,
            locations: page.locations.into_iter().map(PublicLocationView::from).collect(),
            services: page.services.into_iter().map(PublicServiceView::from).collect(),
        }
    }
}
