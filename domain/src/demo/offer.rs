//! What a demo business offers.

use serde_json::json;

use super::book::{Book, Names};
use super::data::{Category, Form, Service, Shop};
use crate::config::Countries;
use crate::forms::{FormBody, Question};
use crate::ids;
use crate::tenancy::{StoreError, SystemTx};

/// What its parts are called.
#[derive(Debug, Default)]
pub(super) struct Offered {
    pub(super) services: Names,
    pub(super) addons: Names,
    pub(super) packages: Names,
    pub(super) plans: Names,
    pub(super) forms: Names,
}

/// The minor units of a price in whole ones.
fn minor(shop: &Shop, price: i64) -> i64 {
    let digits = Countries::shipped().currency(&shop.business.currency).map_or(2, |one| one.digits);
    price * 10_i64.pow(digits.into())
}

/// The menu, the forms that go with it, and the rules under which it is booked.
pub(super) fn write(tx: &SystemTx, shop: &Shop, book: &mut Book) -> Result<Offered, StoreError> {
    let mut offered = Offered::default();
    policy(tx, shop, book);
    for form in &shop.forms {
        write_form(tx, form, book, &mut offered);
    }
    for (position, addon) in shop.addons.iter().enumerate() {
        let id = offered.addons.put(&addon.name, tx.new_id::<ids::Addon>());
        book.add(
            "addons",
            json!({
                "id": id, "name": addon.name, "duration_minutes": addon.minutes,
                "price_minor": minor(shop, addon.price), "position": position, "version": 1,
                "created_at": tx.now(), "updated_at": tx.now(),
            }),
        );
    }
    let mut categories = Names::default();
    for (position, category) in shop.categories.iter().enumerate() {
        let id = categories.put(&category.name, tx.new_id::<ids::Category>());
        book.add(
            "service_categories",
            json!({
                "id": id, "name": category.name, "position": position, "version": 1,
                "created_at": tx.now(), "updated_at": tx.now(),
            }),
        );
    }
    for category in &shop.categories {
        for (position, service) in category.services.iter().enumerate() {
            let place = (categories.get(&category.name)?, position);
            write_service(tx, shop, place, (category, service), book, &mut offered)?;
        }
    }
    write_packages(tx, shop, &categories, book, &mut offered)?;
    write_plans(tx, shop, &categories, book, &mut offered)?;
    Ok(offered)
}

fn policy(tx: &SystemTx, shop: &Shop, book: &mut Book) {
    let policy = &shop.policy;
    book.add(
        "booking_policies",
        json!({
            "slot_step_minutes": policy.step,
            "alignment": policy.alignment,
            "notice_minutes": policy.notice,
            "horizon_days": policy.horizon_days,
            "cancel_notice_minutes": policy.cancel_notice,
            "move_notice_minutes": policy.move_notice,
            "late_cancel_fee_percent": policy.late_cancel_fee_percent,
            "no_show_fee_percent": policy.no_show_fee_percent,
            "needs_approval": policy.needs_approval,
            // Nobody who looks around has the mailboxes.
            "verify_contact": false,
            "ask_card": false,
            "risk_from": null,
            "risk_asks": "approval",
            "risk_deposit_percent": 50,
            "ask_email": policy.ask_email,
            "ask_phone": policy.ask_phone,
            "ask_note": true,
            "waitlist_order": policy.waitlist_order,
            "version": 1,
            "updated_at": tx.now(),
        }),
    );
}

/// What a form asks.
pub(super) fn body(form: &Form) -> FormBody {
    match &form.text {
        Some(text) => FormBody::Consent { text: text.clone() },
        None => FormBody::Intake {
            questions: (form.questions.iter().cloned())
                .map(|asked| Question {
                    key: asked.key,
                    kind: asked.kind,
                    label: asked.label,
                    required: asked.required,
                    choices: asked.choices,
                })
                .collect(),
        },
    }
}

fn write_form(tx: &SystemTx, form: &Form, book: &mut Book, offered: &mut Offered) {
    let id = offered.forms.put(&form.name, tx.new_id::<ids::Form>());
    book.add(
        "forms",
        json!({
            "id": id, "kind": form.kind, "name": form.name, "version": 1,
            "created_at": tx.now(), "updated_at": tx.now(),
        }),
    );
    book.add(
        "form_versions",
        json!({
            "form_id": id, "version": 1, "name": form.name, "body": body(form),
            "created_at": tx.now(),
        }),
    );
}

fn write_service(
    tx: &SystemTx,
    shop: &Shop,
    (category_id, position): (uuid::Uuid, usize),
    (category, service): (&Category, &Service),
    book: &mut Book,
    offered: &mut Offered,
) -> Result<(), StoreError> {
    let id = offered.services.put(&service.name, tx.new_id::<ids::Service>());
    let for_two: &[&str] = if service.party == 2 { &["couples"] } else { &[] };
    let deposit = service.deposit_percent.unwrap_or(category.deposit_percent);
    book.add(
        "services",
        json!({
            "id": id,
            "category_id": category_id,
            "name": service.name,
            "description": service.description,
            "duration_minutes": service.minutes,
            "buffer_before_minutes": category.buffer_before,
            "buffer_after_minutes": category.buffer_after,
            "price_minor": minor(shop, service.price),
            "price_for": "customer",
            "online": true,
            "members_only": service.members_only,
            "min_customers": service.party,
            "max_customers": service.party,
            "staff_per_customer": 1,
            "needs_room": category.room,
            "room_features": service.features.as_ref().unwrap_or(&category.features),
            "room_features_for_two": for_two,
            "deposit_kind": if deposit > 0 { "percent" } else { "none" },
            "deposit_value": deposit,
            "position": position,
            "version": 1,
            "created_at": tx.now(),
            "updated_at": tx.now(),
        }),
    );
    if category.step.is_some() || service.needs_approval.is_some() || service.notice.is_some() {
        book.add(
            "service_policies",
            json!({
                "service_id": id, "slot_step_minutes": category.step,
                "needs_approval": service.needs_approval, "notice_minutes": service.notice,
            }),
        );
    }
    for addon in &category.addons {
        let addon = offered.addons.get(addon)?;
        book.add("service_addons", json!({ "service_id": id, "addon_id": addon }));
    }
    for form in &category.forms {
        let form = offered.forms.get(form)?;
        book.add("service_forms", json!({ "service_id": id, "form_id": form }));
    }
    Ok(())
}

fn write_packages(
    tx: &SystemTx,
    shop: &Shop,
    categories: &Names,
    book: &mut Book,
    offered: &mut Offered,
) -> Result<(), StoreError> {
    for (position, package) in shop.packages.iter().enumerate() {
        let id = offered.packages.put(&package.name, tx.new_id::<ids::Package>());
        book.add(
            "packages",
            json!({
                "id": id, "category_id": categories.get(&package.category)?,
                "name": package.name, "description": package.description, "mode": "sequence",
                "price_minor": minor(shop, package.price), "online": true, "position": position,
                "version": 1, "created_at": tx.now(), "updated_at": tx.now(),
            }),
        );
        for (position, item) in package.items.iter().enumerate() {
            let service = offered.services.get(item)?;
            book.add(
                "package_items",
                json!({ "package_id": id, "position": position, "service_id": service }),
            );
        }
    }
    Ok(())
}

fn write_plans(
    tx: &SystemTx,
    shop: &Shop,
    categories: &Names,
    book: &mut Book,
    offered: &mut Offered,
) -> Result<(), StoreError> {
    for (position, plan) in shop.plans.iter().enumerate() {
        let id = offered.plans.put(&plan.name, tx.new_id::<ids::MembershipPlan>());
        book.add(
            "membership_plans",
            json!({
                "id": id, "category_id": categories.get(&plan.category)?, "name": plan.name,
                "description": plan.description, "benefits": plan.benefits,
                "price_minor": minor(shop, plan.price), "period": plan.period,
                "discount_percent": plan.discount_percent, "position": position, "version": 1,
                "created_at": tx.now(), "updated_at": tx.now(),
            }),
        );
        for service in &plan.opens {
            let service = offered.services.get(service)?;
            book.add("membership_plan_services", json!({ "plan_id": id, "service_id": service }));
        }
    }
    Ok(())
}

/// What this one costs with somebody.
pub(super) fn own_price(shop: &Shop, price: Option<i64>) -> Option<i64> {
    price.map(|price| minor(shop, price))
}
