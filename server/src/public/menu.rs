//! What anybody may see of a menu.

use openchair_domain::catalog::addons::AddonFacts;
use openchair_domain::catalog::services::ServiceFacts;
use openchair_domain::catalog::{MenuItem, MenuPackage, MenuPlan};
use openchair_domain::forms::FormFacts;
use openchair_domain::ids::{
    Addon, Category, Form, Location, MembershipPlan, Package, Service, StaffMember,
};
use openchair_domain::staff::{PublicSkill, PublicStaff};
use poem_openapi::Object;

use crate::catalog::{PackageModeWord, PlanPeriodWord, PriceForWord, ServiceDeposit};
use crate::forms::{FormKindWord, QuestionView, asked};
use crate::ids::Ref;

/// What anybody may see of a service.
#[derive(Debug, Clone, Object)]
pub(super) struct PublicServiceView {
    id: Ref<Service>,
    category_id: Ref<Category>,
    /// What the category is called
    category: String,
    name: String,
    description: String,
    duration_minutes: i32,
    /// In the minor unit of the shop's currency
    price_minor: i64,
    price_for: PriceForWord,
    deposit: ServiceDeposit,
    /// Whether only members get it
    members_only: bool,
    min_customers: i16,
    max_customers: i16,
    /// What can be had with it, of the page's add-ons
    addon_ids: Vec<Ref<Addon>>,
    /// What is asked before it, of the page's forms
    form_ids: Vec<Ref<Form>>,
}

impl From<ServiceFacts> for PublicServiceView {
    fn from(service: ServiceFacts) -> Self {
        let terms = service.terms;
        Self {
            id: service.id.into(),
            category_id: terms.category.into(),
            category: service.category_name,
            name: terms.name,
            description: terms.description,
            duration_minutes: terms.duration_minutes,
            price_minor: terms.price_minor,
            price_for: terms.price_for.into(),
            deposit: terms.deposit.into(),
            members_only: terms.members_only,
            min_customers: terms.min_customers,
            max_customers: terms.max_customers,
            addon_ids: terms.addons.into_iter().map(Ref).collect(),
            form_ids: terms.forms.into_iter().map(Ref).collect(),
        }
    }
}

/// What anybody may see of an add-on.
#[derive(Debug, Clone, Object)]
pub(super) struct PublicAddonView {
    id: Ref<Addon>,
    name: String,
    /// How much longer the visit is with it
    duration_minutes: i32,
    /// How much more it costs, in the minor unit of the shop's currency
    price_minor: i64,
}

impl From<AddonFacts> for PublicAddonView {
    fn from(addon: AddonFacts) -> Self {
        Self {
            id: addon.id.into(),
            name: addon.terms.name,
            duration_minutes: addon.terms.duration_minutes,
            price_minor: addon.terms.price_minor,
        }
    }
}

/// A service of a package.
#[derive(Debug, Clone, Object)]
struct PublicPackageItemView {
    service_id: Ref<Service>,
    name: String,
    duration_minutes: i32,
}

impl From<MenuItem> for PublicPackageItemView {
    fn from(item: MenuItem) -> Self {
        Self {
            service_id: item.service.into(),
            name: item.name,
            duration_minutes: item.duration_minutes,
        }
    }
}

/// What anybody may see of a package.
#[derive(Debug, Clone, Object)]
pub(super) struct PublicPackageView {
    id: Ref<Package>,
    category_id: Ref<Category>,
    /// What the category is called
    category: String,
    name: String,
    description: String,
    mode: PackageModeWord,
    duration_minutes: i32,
    /// In the minor unit of the shop's currency
    price_minor: i64,
    /// Whether only members get it
    members_only: bool,
    /// Its services, in their order
    items: Vec<PublicPackageItemView>,
    /// What is asked before it, of the page's forms
    form_ids: Vec<Ref<Form>>,
}

impl From<MenuPackage> for PublicPackageView {
    fn from(menu: MenuPackage) -> Self {
        let terms = menu.package.terms;
        Self {
            id: menu.package.id.into(),
            category_id: terms.category.into(),
            category: menu.category_name,
            name: terms.name,
            description: terms.description,
            mode: terms.mode.into(),
            duration_minutes: menu.duration_minutes,
            price_minor: terms.price_minor,
            members_only: menu.members_only,
            items: menu.items.into_iter().map(PublicPackageItemView::from).collect(),
            form_ids: menu.forms.into_iter().map(Ref).collect(),
        }
    }
}

/// What anybody may see of a membership plan.
#[derive(Debug, Clone, Object)]
pub(super) struct PublicPlanView {
    id: Ref<MembershipPlan>,
    category_id: Ref<Category>,
    /// What the category is called
    category: String,
    name: String,
    description: String,
    /// What members get, in sentences
    benefits: Vec<String>,
    /// What a period costs, in the minor unit of the shop's currency
    price_minor: i64,
    period: PlanPeriodWord,
    /// What members pay less
    discount_percent: i16,
    /// The members-only services that it opens
    service_ids: Vec<Ref<Service>>,
}

impl From<MenuPlan> for PublicPlanView {
    fn from(menu: MenuPlan) -> Self {
        let terms = menu.plan.terms;
        Self {
            id: menu.plan.id.into(),
            category_id: terms.category.into(),
            category: menu.category_name,
            name: terms.name,
            description: terms.description,
            benefits: terms.benefits,
            price_minor: terms.price_minor,
            period: terms.period.into(),
            discount_percent: terms.discount_percent,
            service_ids: terms.services.into_iter().map(Ref).collect(),
        }
    }
}

/// What is asked before a visit.
#[derive(Debug, Clone, Object)]
pub(super) struct PublicFormView {
    id: Ref<Form>,
    kind: FormKindWord,
    name: String,
    /// What is agreed to, if it is a consent
    text: Option<String>,
    /// What is asked, if it is an intake form
    questions: Vec<QuestionView>,
    /// Which version this is; answers name it
    version: i32,
}

impl From<FormFacts> for PublicFormView {
    fn from(form: FormFacts) -> Self {
        let kind = form.body.kind().into();
        let (text, questions) = asked(form.body);
        Self { id: form.id.into(), kind, name: form.name, text, questions, version: form.version }
    }
}

/// A service with one of the staff.
#[derive(Debug, Clone, Object)]
struct PublicSkillView {
    service_id: Ref<Service>,
    /// How long it takes with them, if not as usual
    #[oai(skip_serializing_if_is_none)]
    duration_minutes: Option<i32>,
    /// What it costs with them, if not as usual, in the minor unit of the shop's currency
    #[oai(skip_serializing_if_is_none)]
    price_minor: Option<i64>,
}

impl From<PublicSkill> for PublicSkillView {
    fn from(skill: PublicSkill) -> Self {
        let PublicSkill { service, duration_minutes, price_minor } = skill;
        Self { service_id: service.into(), duration_minutes, price_minor }
    }
}

/// What anybody may see of one of the staff.
#[derive(Debug, Clone, Object)]
pub(super) struct PublicStaffView {
    id: Ref<StaffMember>,
    name: String,
    /// Where they work
    location_ids: Vec<Ref<Location>>,
    /// What they do of what is on the menu, in packages or alone
    services: Vec<PublicSkillView>,
}

impl From<PublicStaff> for PublicStaffView {
    fn from(staff: PublicStaff) -> Self {
        Self {
            id: staff.id.into(),
            name: staff.name,
            location_ids: staff.locations.into_iter().map(Ref).collect(),
            services: staff.services.into_iter().map(PublicSkillView::from).collect(),
        }
    }
}
