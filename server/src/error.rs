//! Every refusal of the domain becomes a problem here, and nowhere else.

use openchair_domain::fault::{Explain, Kind};

use crate::problem::{ApiError, FieldFault};

impl<E: Explain> From<E> for ApiError {
    fn from(error: E) -> Self {
        let refusal = match error.kind() {
            Kind::Unauthenticated => Self::unauthorized(error.code(), error.to_string()),
            Kind::NotAllowed => Self::forbidden(error.code(), error.to_string()),
            // Which field named nothing, where it wasn't the address.
            Kind::NotFound => Self { fields: faults(&error), ..Self::not_found() },
            Kind::NotOffered => Self::not_offered(error.code(), error.to_string()),
            Kind::Conflict => Self::conflict(error.code(), error.to_string()),
            Kind::Stale => Self::version_conflict(),
            Kind::Invalid if error.fields().is_empty() => {
                Self::unprocessable(error.code(), error.to_string())
            }
            Kind::Invalid => Self::validation(faults(&error)),
            Kind::TooMany => Self::rate_limited(std::time::Duration::from_mins(1)),
            Kind::Unavailable => {
                tracing::warn!(error = chain(&error), "a request met a store that is away");
                Self::unavailable(error.code(), std::time::Duration::from_secs(2))
            }
            Kind::Internal => Self::internal(&error),
        };
        let refusal = Self { particulars: error.particulars().cloned().map(Box::new), ..refusal };
        match error.field() {
            Some(field) => refusal.on_field(field),
            None => refusal,
        }
    }
}

fn faults(error: &impl Explain) -> Vec<FieldFault> {
    let fault = |fault: &openchair_domain::fault::FieldFault| {
        FieldFault::new(&*fault.field, fault.code, &*fault.detail)
    };
    error.fields().iter().map(fault).collect()
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
