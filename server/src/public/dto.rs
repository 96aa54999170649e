use std::collections::HashMap;

use openchair_domain::ids::{Id, Location};
use openchair_domain::images::Facts;
use openchair_domain::locations::{DayFacts, LocationFacts};
use openchair_domain::tenants::PublicPage;
use poem_openapi::Object;

use super::menu::{
    PublicAddonView, PublicFormView, PublicPackageView, PublicPlanView, PublicServiceView,
    PublicStaffView,
};
use crate::ids::Ref;
use crate::images::ImageView;
use crate::locations::{LocationDayView, OpeningHours};

/// What anybody may see of a location.
#[derive(Debug, Clone, Object)]
struct PublicLocationView {
    id: Ref<Location>,
    name: String,
    address: String,
    time_zone: String,
    /// From Monday on
    hours: Vec<OpeningHours>,
    /// Which of the next 60 days have hours of their own; without windows it is closed
    days: Vec<LocationDayView>,
}

impl PublicLocationView {
    fn of(location: LocationFacts, ahead: &mut HashMap<Id<Location>, Vec<DayFacts>>) -> Self {
        let days = ahead.remove(&location.id).unwrap_or_default();
        Self {
            days: days.into_iter().map(LocationDayView::from).collect(),
            id: location.id.into(),
            name: location.name,
            address: location.address,
            time_zone: location.time_zone,
            hours: location.hours.into_iter().map(OpeningHours::from).collect(),
        }
    }
}

/// What anybody may see of a shop.
#[derive(Debug, Clone, Object)]
pub(crate) struct PublicPageView {
    slug: String,
    name: String,
    kind: String,
    locale: String,
    time_zone: String,
    /// ISO 4217: what its prices are in
    currency: String,
    /// Its colour, as an angle
    hue: i16,
    /// Whether it takes nothing new at the moment
    paused: bool,
    logo: Option<ImageView>,
    photo: Option<ImageView>,
    locations: Vec<PublicLocationView>,
    /// What customers can book themselves, in the order of the menu
    services: Vec<PublicServiceView>,
    addons: Vec<PublicAddonView>,
    packages: Vec<PublicPackageView>,
    membership_plans: Vec<PublicPlanView>,
    /// What is asked before services and packages
    forms: Vec<PublicFormView>,
    /// Whom customers can choose
    staff: Vec<PublicStaffView>,
    /// Whether gift vouchers can be bought online
    sells_vouchers: bool,
}

impl From<PublicPage> for PublicPageView {
    fn from(mut page: PublicPage) -> Self {
        let mut place = |location| PublicLocationView::of(location, &mut page.ahead);
        let locations = page.locations.into_iter().map(&mut place).collect();
        let menu = page.menu;
        let image = |facts: Option<&Facts>| facts.map(|it| ImageView::of(it, &page.slug));
        Self {
            logo: image(page.images.logo.as_ref()),
            photo: image(page.images.photo.as_ref()),
            slug: page.slug,
            name: page.name,
            kind: page.kind,
            locale: page.locale,
            time_zone: page.time_zone,
            currency: page.currency,
            hue: page.hue,
            paused: page.paused,
            locations,
            services: menu.services.into_iter().map(PublicServiceView::from).collect(),
            addons: menu.addons.into_iter().map(PublicAddonView::from).collect(),
            packages: menu.packages.into_iter().map(PublicPackageView::from).collect(),
            membership_plans: menu.plans.into_iter().map(PublicPlanView::from).collect(),
            forms: menu.forms.into_iter().map(PublicFormView::from).collect(),
            sells_vouchers: page.sells_vouchers,
            staff: page.staff.into_iter().map(PublicStaffView::from).collect(),
        }
    }
}
