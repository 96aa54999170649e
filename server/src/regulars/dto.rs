use chrono::{DateTime, Utc};
use openchair_domain::regulars::{RegularVisit, RegularVisits};
use poem_openapi::Object;

/// The address that a link to one's visits is to be sent to.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct RegularLinkWanted {
    #[oai(validator(min_length = 3, max_length = 254))]
    pub(super) email: String,
    /// In which language the mail is; left out: English
    #[oai(validator(min_length = 2, max_length = 35))]
    pub(super) locale: Option<String>,
}

/// An answer that says no more than it may.
#[derive(Debug, Clone, Object)]
pub(super) struct RegularPromise {
    /// The same whether or not anybody knows the address
    pub(super) detail: String,
}

/// The token of a link.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct RegularLinkToken {
    #[oai(validator(min_length = 1, max_length = 128))]
    pub(super) token: String,
}

/// Whose device this is.
#[derive(Debug, Clone, Object)]
pub(super) struct RegularView {
    pub(super) email: String,
}

/// One of the visits of somebody who comes back.
#[derive(Debug, Clone, Object)]
struct RegularVisitView {
    /// The shop's web address
    shop: String,
    shop_name: String,
    /// Its colour, as an angle
    hue: i16,
    location_name: String,
    time_zone: String,
    title: String,
    /// `pending_approval`, `pending_payment`, `confirmed`, …
    status: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    /// Its link, `/b/{token}`, where it has one
    token: Option<String>,
}

/// All visits of somebody who comes back.
#[derive(Debug, Clone, Object)]
pub(super) struct OwnVisitsView {
    /// Whose they are
    email: String,
    /// Those to come, the next one first
    coming: Vec<RegularVisitView>,
    /// Those that were, the last one first
    past: Vec<RegularVisitView>,
}

impl OwnVisitsView {
    pub(super) fn of(email: String, visits: RegularVisits) -> Self {
        let views = |visits: Vec<RegularVisit>| visits.into_iter().map(Into::into).collect();
        Self { email, coming: views(visits.coming), past: views(visits.past) }
    }
}

impl From<RegularVisit> for RegularVisitView {
    fn from(visit: RegularVisit) -> Self {
        let (shop, shop_name) = visit.shop;
        Self {
            shop,
            shop_name,
            hue: visit.hue,
            location_name: visit.location,
            time_zone: visit.time_zone,
            title: visit.title,
            status: visit.status,
            starts_at: visit.starts_at,
            ends_at: visit.ends_at,
            token: visit.link,
        }
    }
}
