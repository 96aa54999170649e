//! What a business offers, and valid requests about it.

use openchair_domain::ids::{
    Addon, Category, Form, Id, Kind, MembershipPlan, Package, PassKind, Service,
};
use openchair_tests::{Business, TestApp};
use serde_json::{Value, json};

use super::{Operation, Sample, World};

/// One of everything that a menu has.
#[derive(Debug)]
pub struct Menu {
    pub category: Id<Category>,
    /// The only one of its category.
    pub service: Id<Service>,
    /// No service has it: it shows nowhere.
    pub addon: Id<Addon>,
    pub package: Id<Package>,
    pub plan: Id<MembershipPlan>,
    /// Nobody ever bought one.
    pub pass_kind: Id<PassKind>,
    /// No service asks it: it shows nowhere.
    pub form: Id<Form>,
}

fn new_id<K: Kind>(app: &TestApp) -> Id<K> {
    Id::new(app.now(), &*app.entropy)
}

impl Menu {
    pub async fn new(app: &TestApp, of: &Business) -> Self {
        let menu = Self {
            category: new_id(app),
            service: new_id(app),
            addon: new_id(app),
            package: new_id(app),
            plan: new_id(app),
            pass_kind: new_id(app),
            form: new_id(app),
        };
        let (tenant, name, now) = (of.id.uuid(), &of.name, app.now().to_rfc3339());
        let (category, service, addon) =
            (menu.category.uuid(), menu.service.uuid(), menu.addon.uuid());
        let (package, plan, form) = (menu.package.uuid(), menu.plan.uuid(), menu.form.uuid());
        let kind = menu.pass_kind.uuid();
        let sql = format!(
            "insert into service_categories (tenant_id, id, name, position, created_at)
             values ('{tenant}', '{category}', 'Rites of {name}', 90, '{now}');
             insert into services (tenant_id, id, category_id, name, duration_minutes, price_minor,
                                   position, created_at, updated_at)
             values ('{tenant}', '{service}', '{category}', 'Rite of {name}', 60, 9000, 90, '{now}',
                     '{now}');
             insert into addons (tenant_id, id, name, duration_minutes, price_minor, position,
                                 created_at, updated_at)
             values ('{tenant}', '{addon}', 'Oil of {name}', 10, 500, 0, '{now}', '{now}');
             insert into packages (tenant_id, id, category_id, name, description, mode, price_minor,
                                   online, position, created_at, updated_at)
             values ('{tenant}', '{package}', '{category}', 'Day of {name}', '', 'sequence', 15000,
                     true, 0, '{now}', '{now}');
             insert into package_items (tenant_id, package_id, position, service_id)
             values ('{tenant}', '{package}', 0, '{service}');
             insert into membership_plans (tenant_id, id, category_id, name, description, benefits,
                                           price_minor, period, position, created_at, updated_at)
             values ('{tenant}', '{plan}', '{category}', 'Club of {name}', '', '{{}}', 5000, 'year',
                     0, '{now}', '{now}');
             insert into pass_kinds (tenant_id, id, name, description, uses, price_minor, valid_days,
                                     created_at, updated_at)
             values ('{tenant}', '{kind}', 'Rites of {name}', '', 10, 9000, 365, '{now}', '{now}');
             insert into pass_kind_services (tenant_id, kind_id, service_id)
             values ('{tenant}', '{kind}', '{service}');
             insert into forms (tenant_id, id, kind, name, created_at, updated_at)
             values ('{tenant}', '{form}', 'consent', 'Terms of {name}', '{now}', '{now}');
             insert into form_versions (tenant_id, form_id, version, name, body, created_at)
             values ('{tenant}', '{form}', 1, 'Terms of {name}', '{{\"text\": \"I agree.\"}}',
                     '{now}')"
        );
        app.database.run(&sql).await;
        menu
    }

    /// What only the business knows of itself.
    pub fn secrets(&self) -> [String; 2] {
        [self.addon.to_string(), self.form.to_string()]
    }

    fn service(&self) -> Value {
        json!({
            "category_id": self.category,
            "name": "Moonlight rite",
            "description": "By candlelight.\nWith tea.",
            "duration_minutes": 75,
            "price_minor": 12_000,
            "price_for": "visit",
            "deposit": { "kind": "percent", "value": 20 },
            "max_customers": 2,
            "needs_room": true,
            "room_features": ["couples"],
            "policy": { "notice_minutes": 60, "needs_approval": true, "alignment": "packed" },
            "addon_ids": [self.addon],
            "form_ids": [self.form],
        })
    }

    fn package(&self) -> Value {
        json!({ "category_id": self.category, "name": "Two rites", "mode": "parallel",
                "price_minor": 17_000, "service_ids": [self.service, self.service] })
    }

    fn pass_kind(&self) -> Value {
        json!({ "name": "Ten rites", "uses": 10, "price_minor": 90_000, "valid_days": 365,
                "service_ids": [self.service] })
    }

    fn plan(&self) -> Value {
        json!({ "category_id": self.category, "name": "Circle", "price_minor": 900,
                "period": "month", "benefits": ["A rite a month"], "discount_percent": 10,
                "service_ids": [self.service] })
    }
}

/// What is sent about a menu; nothing if it is about something else.
pub(super) async fn sample(operation: &Operation, world: &World) -> Option<Sample> {
    let (here, menu) = (&world.here, &world.here.menu);
    let whole = |list: &str| Sample::at(format!("/v1/{list}"));
    let one = |list: &str, id: String| Sample::at(format!("/v1/{list}/{id}"));
    let restore = |list: &str, id: String| Sample::at(format!("/v1/{list}/{id}/restore"));
    let order = |list: &str, ids: Value| {
        Sample::at(format!("/v1/{list}/order")).with(json!({ "ids": ids }))
    };
    let name = json!({ "name": "Another name" });
    let [category, service, addon] =
        [menu.category.to_string(), menu.service.to_string(), menu.addon.to_string()];
    let [package, plan, form] =
        [menu.package.to_string(), menu.plan.to_string(), menu.form.to_string()];
    Some(match operation.id.as_str() {
        "create_category" => whole("categories").with(name),
        "update_category" => one("categories", category).with(name).seen(1),
        "delete_category" => one("categories", category),
        "restore_category" => restore("categories", category),
        "order_categories" => {
            let sql = "select id from service_categories where tenant_id = $1 order by id desc";
            let ids = sqlx::query_scalar(sql).bind(here.business.id.uuid());
            let ids: Vec<_> = ids.fetch_all(world.app.database.owner()).await.unwrap();
            order(
                "categories",
                ids.into_iter().map(|id| Id::<Category>::from_uuid(id).to_string()).collect(),
            )
        }
        "order_services" => order(&format!("categories/{category}"), json!([menu.service])),
        "create_service" => whole("services").with(menu.service()),
        "read_service" | "delete_service" => one("services", service),
        "update_service" => one("services", service).with(menu.service()).seen(1),
        "restore_service" => restore("services", service),
        "create_addon" => {
            let body = json!({ "name": "Tea", "duration_minutes": 0, "price_minor": 300 });
            whole("addons").with(body)
        }
        "update_addon" => one("addons", addon).with(name).seen(1),
        "delete_addon" => one("addons", addon),
        "restore_addon" => restore("addons", addon),
        "order_addons" => order("addons", json!([menu.addon])),
        "create_package" => whole("packages").with(menu.package()),
        "read_package" | "delete_package" => one("packages", package),
        "update_package" => one("packages", package).with(menu.package()).seen(1),
        "restore_package" => restore("packages", package),
        "order_packages" => order("packages", json!([menu.package])),
        "list_pass_kinds" => whole("pass-kinds"),
        "create_pass_kind" => whole("pass-kinds").with(menu.pass_kind()),
        "read_pass_kind" | "delete_pass_kind" => one("pass-kinds", menu.pass_kind.to_string()),
        "update_pass_kind" => {
            one("pass-kinds", menu.pass_kind.to_string()).with(menu.pass_kind()).seen(1)
        }
        "restore_pass_kind" => restore("pass-kinds", menu.pass_kind.to_string()),
        "create_membership_plan" => whole("membership-plans").with(menu.plan()),
        "read_membership_plan" | "delete_membership_plan" => one("membership-plans", plan),
        "update_membership_plan" => one("membership-plans", plan).with(menu.plan()).seen(1),
        "restore_membership_plan" => restore("membership-plans", plan),
        "order_membership_plans" => {
            order("membership-plans", json!([menu.plan, world.here.guests.plan]))
        }
        "create_form" => whole("forms").with(json!({
            "kind": "intake",
            "name": "Health",
            "questions": [
                { "kind": "yes_no", "label": "Are you pregnant?", "required": true },
                { "key": "pressure", "kind": "choice", "label": "Pressure?",
                  "choices": ["Light", "Firm"] },
            ],
        })),
        "read_form" | "delete_form" => one("forms", form),
        "list_form_versions" => one("forms", format!("{form}/versions")),
        "update_form" => one("forms", form).with(json!({ "text": "I do agree." })).seen(1),
        "restore_form" => restore("forms", form),
        _ => return None,
    })
}
