use openchair_domain::catalog::ServiceFacts;
use openchair_domain::ids::{Category, Service};
use poem_openapi::Object;

use crate::ids::Ref;

/// The category that a service is in.
#[derive(Debug, Clone, Object)]
struct CategoryRef {
    id: Ref<Category>,
    name: String,
}

/// A service, as people choose it.
#[derive(Debug, Clone, Object)]
pub(super) struct ServiceView {
    id: Ref<Service>,
    category: CategoryRef,
    name: String,
    duration_minutes: i32,
    /// In the currency's minor unit
    price_minor: i64,
    /// ISO 4217
    currency: String,
}

impl From<ServiceFacts> for ServiceView {
    fn from(service: ServiceFacts) -> Self {
        Self {
            id: service.id.into(),
            category: CategoryRef { id: service.category.into(), name: service.category_name },
            name: service.name,
            duration_minutes: service.duration_minutes,
            price_minor: service.price_minor,
            currency: service.currency,
        }
    }
}
