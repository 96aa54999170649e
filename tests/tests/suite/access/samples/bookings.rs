//! Requests about visits.

use chrono::Duration;
use data_encoding::BASE64URL_NOPAD;
use openchair_domain::ids::{Appointment, Id, PushSubscription};
use openchair_domain::secrets::{OpaqueToken, TokenKind};
use openchair_tests::{Business, TestApp};
use serde_json::json;

use super::{Operation, Sample};
use crate::access::actors::{Actor, World};

/// A Tuesday at noon in New York.
const NOON: &str = "2026-03-10T16:00:00Z";
/// The same day, later.
const LATER: &str = "2026-03-10T18:00:00Z";

/// A visit of a business, and a time that it keeps for somebody.
#[derive(Debug)]
pub struct Visits {
    pub visit: Id<Appointment>,
    pub link: String,
    pub hold: String,
}

impl Visits {
    pub async fn new(app: &TestApp, of: &Business) -> Self {
        let token = |kind| OpaqueToken::generate(kind, &*app.entropy);
        let (link, hold) = (token(TokenKind::Visit), token(TokenKind::Hold));
        Self {
            visit: app.booked(of, "confirmed", NOON, &link).await,
            hold: {
                app.booked(of, "held", LATER, &hold).await;
                hold.text().to_owned()
            },
            link: link.text().to_owned(),
        }
    }
}

/// A browser's, with keys as long as they should be; its service is at an address that is public.
fn subscription() -> serde_json::Value {
    let point = [[4_u8].as_slice(), &[7; 64]].concat();
    json!({
        "endpoint": "https://1.1.1.1/send/1",
        "keys": { "p256dh": BASE64URL_NOPAD.encode(&point), "auth": BASE64URL_NOPAD.encode(&[7; 16]) },
    })
}

/// Where a visit must stand for a deed; nothing, if it stands so.
fn standing(deed: &str) -> Option<&'static str> {
    Some(match deed {
        "confirm_appointment" | "decline_appointment" => "pending_approval",
        "settle_appointment" => "pending_payment",
        "complete_appointment" | "step_back_appointment" => "checked_in",
        _ => return None,
    })
}

/// Sees to it that the deed can be done.
async fn prepare(id: &str, world: &World, actor: &Actor) {
    let (here, app) = (&world.here, &world.app);
    let (tenant, visit) = (here.business.id.uuid(), here.visits.visit.uuid());
    let customer = here.guests.customer.uuid();
    if let Some(status) = standing(id) {
        let sql = format!("update appointments set status = '{status}' where id = '{visit}'");
        app.database.run(&sql).await;
    }
    match id {
        // Who doesn't see all sees their own, and books their own time. A key is its maker's.
        "create_appointment" | "create_series" | "read_series" | "offer_to_waitlist" => {
            let login = actor.login.as_ref().unwrap_or(&here.business.owner);
            app.be_staff(&here.business, login, here.things.staff).await;
        }
        // Something that nobody has agreed to yet.
        "list_unfilled_forms" => {
            let form = app.form(&here.business, "consent").await.uuid();
            let service = here.things.service.uuid();
            let sql = format!(
                "update appointment_lines set service_id = '{service}' where tenant_id = '{tenant}';
                 insert into service_forms (tenant_id, service_id, form_id)
                 values ('{tenant}', '{service}', '{form}')"
            );
            app.database.run(&sql).await;
        }
        "send_appointment_link" => {
            let sql = format!(
                "update customers set email = 'ana@example.com', email_key = 'ana@example.com'
                 where tenant_id = '{tenant}' and id = '{customer}';
                 update appointments set customer_id = '{customer}' where id = '{visit}'"
            );
            app.database.run(&sql).await;
        }
        _ => {}
    }
}

pub async fn sample(
    operation: &Operation,
    world: &World,
    actor: &Actor,
    succeeds: bool,
) -> Option<Sample> {
    let (here, app) = (&world.here, &world.app);
    let Visits { visit, link, hold } = &here.visits;
    let id = operation.id.as_str();
    if succeeds {
        prepare(operation.id.as_str(), world, actor).await;
    }
    let service = here.things.service.to_string();
    let slug = &here.business.slug;
    let staff = here.things.staff.to_string();
    let wanted = json!({ "services": [{ "service": service, "staff": staff }] });
    let deed = |deed: &str| Sample::at(format!("/v1/appointments/{visit}/{deed}"));
    let seen = || json!({ "version": 1 });
    let query = format!("services={service}");
    let days = "from=2026-03-10&to=2026-03-11";
    let start = (app.now() + Duration::days(1)).format("%Y-%m-%dT%H:%M:%SZ");
    let weekly = || json!({ "every": "week", "step": 1, "count": 2 });
    let public = |rest: &str| Sample::at(format!("/v1/public/{slug}{rest}"));
    let own = |rest: &str| Sample::at(format!("/v1/b/{link}{rest}"));
    Some(match id {
        "list_slots" => Sample::at(format!("/v1/availability?{query}&{days}")),
        "read_first_slot" => Sample::at(format!("/v1/availability/first?{query}")),
        "explain_slot" => Sample::at(format!("/v1/availability/why?{query}&start={start}")),
        "create_appointment" => Sample::at("/v1/appointments")
            .with(json!({ "wanted": wanted, "start": "2026-03-11T16:00:00Z",
                          "customer": { "name": "Zoë", "email": "zoe@example.com" } })),
        "list_unfilled_forms" => Sample::at(
            "/v1/appointments/unfilled?from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z",
        ),
        "read_appointment" => Sample::at(format!("/v1/appointments/{visit}")),
        "read_appointment_history" => deed("history"),
        "annotate_appointment" => deed("notes").with(json!({ "version": 1, "note": "Tea" })),
        "move_appointment" => deed("move").with(json!({ "version": 1,
                                                        "start": "2026-03-11T16:00:00Z" })),
        "cancel_appointment" => deed("cancel").with(seen()),
        "confirm_appointment" => deed("confirm").with(seen()),
        "decline_appointment" => deed("decline").with(seen()),
        "settle_appointment" => deed("paid").with(seen()),
        "check_in_appointment" => deed("check-in").with(seen()),
        "start_appointment" => deed("start").with(seen()),
        "complete_appointment" => deed("complete").with(seen()),
        "miss_appointment" => deed("no-show").with(seen()),
        "step_back_appointment" => deed("step-back").with(seen()),
        "send_appointment_link" => deed("link"),
        "list_public_slots" => public(&format!("/slots?{query}&{days}")),
        "read_first_public_slot" => public(&format!("/slots/first?{query}")),
        "explain_public_slot" => public(&format!("/slots/why?{query}&start={start}")),
        "hold_slot" => public("/holds").with(json!({ "wanted": wanted, "visitor": "a visitor",
                                                     "start": "2026-03-11T16:00:00Z" })),
        "release_hold" => public("/holds/release").with(json!({ "hold": hold })),
        "send_booking_code" => {
            public("/holds/code").with(json!({ "hold": hold, "email": "zoe@example.com" }))
        }
        "book_public" => public("/appointments")
            .with(json!({ "hold": hold, "name": "Zoë", "email": "zoe@example.com" })),
        "read_own_visit" => own(""),
        "read_own_forms" => own("/forms"),
        "fill_in_own_forms" => own("/forms").with(json!({})),
        "read_own_push" => own("/push"),
        "add_own_push_subscription" => {
            prepare("send_appointment_link", world, actor).await;
            own("/push-subscriptions").with(subscription())
        }
        "remove_own_push_subscription" => {
            prepare("send_appointment_link", world, actor).await;
            let id = app.new_id::<PushSubscription>();
            let sql = format!(
                "insert into push_subscriptions (
                     tenant_id, id, customer_id, endpoint_hash, sealed, created_at)
                 values ('{}', '{}', '{}', '{id}', '', '{}')",
                here.business.id.uuid(),
                id.uuid(),
                here.guests.customer.uuid(),
                app.now(),
            );
            app.database.run(&sql).await;
            own(&format!("/push-subscriptions/{id}"))
        }
        "read_own_messages" => own("/messages"),
        "put_own_messages" => own("/messages").with(json!({ "wanted": true })),
        "cancel_own_visit" => own("/cancel").with(json!({})),
        "list_own_slots" => own(&format!("/slots?{days}")),
        "move_own_visit" => own("/move").with(json!({ "start": "2026-03-11T16:00:00Z" })),
        "repeat_own_visit" => own("/series").with(weekly()),
        "preview_own_series" => own("/series/preview").with(weekly()),
        "read_own_visit_again" => own("/again"),
        "read_own_calendar" => own("/calendar.ics"),
        _ => return None,
    })
}
