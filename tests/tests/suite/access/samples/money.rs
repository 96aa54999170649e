//! Requests about money.

use openchair_domain::ids::{Id, Location, Payment, TillClose};
use openchair_tests::{Business, TestApp};
use serde_json::json;

use super::{Operation, Sample};
use crate::access::actors::World;
use crate::access::samples::bookings::Visits;

/// What was paid at a business for its visit, and how its till was closed.
#[derive(Debug)]
pub struct Money {
    pub payment: Id<Payment>,
    pub close: Id<TillClose>,
    pub location: Id<Location>,
}

impl Money {
    pub async fn new(app: &TestApp, of: &Business, visits: &Visits) -> Self {
        let (payment, close) = (app.new_id::<Payment>(), app.new_id::<TillClose>());
        let location = app.location(of).await;
        let (tenant, at, now, name) = (of.id.uuid(), location.uuid(), app.now(), &of.name);
        let sql = format!(
            "insert into payments (tenant_id, id, location_id, appointment_id, way, state, amount_minor,
                                   tip_minor, currency, note, taken_by, created_at, paid_at, updated_at)
             values ('{tenant}', '{}', '{at}', '{}', 'cash', 'paid', 2000, 0, 'USD', 'Of {name}', 'Ann',
                     '{now}', '{now}', '{now}');
             insert into till_closes (tenant_id, id, location_id, day, currency, total_minor,
                                      cash_expected_minor, cash_counted_minor, note, closed_by, closed_at)
             values ('{tenant}', '{}', '{at}', '2026-02-27', 'USD', 2000, 2000, 2000, 'Of {name}', 'Ann',
                     '{now}')",
            payment.uuid(),
            visits.visit.uuid(),
            close.uuid(),
        );
        app.database.run(&sql).await;
        Self { payment, close, location }
    }

    pub fn secrets(&self) -> Vec<String> {
        vec![self.payment.to_string(), self.close.to_string()]
    }
}

pub fn sample(operation: &Operation, world: &World) -> Option<Sample> {
    let here = &world.here;
    let Money { payment, location, .. } = &here.money;
    let Visits { visit, link, .. } = &here.visits;
    let own = |rest: &str| Sample::at(format!("/v1/b/{link}/payment{rest}"));
    let day = "date=2026-03-02";
    Some(match operation.id.as_str() {
        "list_payments" => Sample::at("/v1/payments"),
        "read_payment" => Sample::at(format!("/v1/payments/{payment}")),
        "refund_payment" => Sample::at(format!("/v1/payments/{payment}/refunds"))
            .with(json!({ "amount_minor": 1, "reason": "It was cold." })),
        "read_visit_money" => Sample::at(format!("/v1/appointments/{visit}/payments")),
        "take_payment" => Sample::at(format!("/v1/appointments/{visit}/payments"))
            .with(json!({ "way": "cash", "amount_minor": 10 })),
        "read_till" => Sample::at(format!("/v1/till?location={location}&{day}")),
        "list_till_closes" => Sample::at("/v1/till/closes"),
        "close_till" => Sample::at("/v1/till/closes").with(json!({
            "location": location, "date": "2026-03-02", "counted_cash_minor": 0,
        })),
        "export_till" => {
            Sample::at(format!("/v1/till/export?location={location}&from=2026-03-01&to=2026-03-02"))
        }
        "read_payment_account"
        | "connect_payment_account"
        | "look_at_payment_account"
        | "read_plan"
        | "open_plan_portal"
        | "look_at_plan" => Sample::at(operation.path.trim_end_matches('/')),
        "take_plan" | "change_plan" => {
            Sample::at(operation.path.trim_end_matches('/')).with(json!({ "plan": "team" }))
        }
        "read_own_payment" | "pay_own_visit" => own(""),
        "look_at_own_payment" => own("/look"),
        _ => return None,
    })
}
