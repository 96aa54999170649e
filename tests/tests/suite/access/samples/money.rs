//! Requests about money.

use openchair_domain::ids::{
    Card, Id, Location, Pass, PassKind, Payment, Sale, TillClose, Voucher, VoucherOrder,
};
use openchair_domain::secrets::{KeyRing, Place};
use openchair_tests::{Business, TestApp};
use serde_json::json;

use super::books::both_books;
use super::{Operation, Sample};
use crate::access::actors::World;
use crate::access::samples::bookings::Visits;

/// What was paid at a business for its visit, and how its till was closed.
#[derive(Debug)]
pub struct Money {
    pub payment: Id<Payment>,
    pub close: Id<TillClose>,
    pub voucher: Id<Voucher>,
    pub code: String,
    pub pass: Id<Pass>,
    /// The link of a voucher that somebody is buying.
    pub gift: String,
    pub location: Id<Location>,
    /// What the provider's book has.
    pub books: Vec<String>,
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
        let books = both_books(app, of, payment).await;
        let (voucher, code) = voucher(app, of, location).await;
        let pass = pass(app, of, location, visits).await;
        let gift = gift(app, of, location).await;
        Self { payment, close, voucher, code, pass, gift, location, books }
    }

    pub fn secrets(&self) -> Vec<String> {
        let mut all = self.books.clone();
        all.extend([
            self.payment.to_string(),
            self.close.to_string(),
            self.voucher.to_string(),
            self.pass.to_string(),
        ]);
        all
    }
}

/// A voucher that somebody bought, and its code: another one in each business.
async fn voucher(app: &TestApp, of: &Business, location: Id<Location>) -> (Id<Voucher>, String) {
    let (sale, id) = (app.new_id::<Sale>().uuid(), app.new_id::<Voucher>());
    let (tenant, now, payment) = (of.id.uuid(), app.now(), app.new_id::<Payment>().uuid());
    let code = tenant.simple().to_string().to_uppercase()[16..].to_owned();
    let keys = KeyRing::new(&app.settings.security.column_keys).unwrap();
    let place = Place { table: "vouchers", column: "code_sealed", row: id.uuid() };
    let sealed = keys.seal(&place, code.as_bytes(), &*app.entropy).unwrap();
    let sealed: String = sealed.iter().map(|byte| format!("{byte:02x}")).collect();
    let sql = format!(
        "insert into sales (tenant_id, id, location_id, what, state, title, price_minor, currency,
                            sold_by, created_at, updated_at)
         values ('{tenant}', '{sale}', '{at}', 'voucher', 'sold', 'Of {name}', 2000, 'USD', 'Ann',
                 '{now}', '{now}');
         insert into payments (tenant_id, id, location_id, sale_id, way, state, amount_minor,
                               tip_minor, currency, note, taken_by, created_at, paid_at, updated_at)
         values ('{tenant}', '{payment}', '{at}', '{sale}', 'cash', 'paid', 2000, 0, 'USD', '', 'Ann',
                 '{now}', '{now}', '{now}');
         insert into vouchers (tenant_id, id, sale_id, code_hash, code_sealed, code_end, state,
                               value_minor, left_minor, currency, recipient_name, message, last_day,
                               expires_at, created_at, updated_at)
         values ('{tenant}', '{}', '{sale}', sha256('{code}'), decode('{sealed}', 'hex'), '{}',
                 'active', 2000, 2000, 'USD', 'Ann of {name}', '', '2027-03-01',
                 '2027-03-02T00:00:00Z', '{now}', '{now}')",
        id.uuid(),
        &code[12..],
        at = location.uuid(),
        name = of.name,
    );
    app.database.run(&sql).await;
    (id, code)
}

/// Vouchers are sold online, and somebody is buying one: the last part of their link.
async fn gift(app: &TestApp, of: &Business, location: Id<Location>) -> String {
    let (sale, id) = (app.new_id::<Sale>().uuid(), app.new_id::<VoucherOrder>().uuid());
    let (tenant, at, now, name) = (of.id.uuid(), location.uuid(), app.now(), &of.name);
    let letter = |byte: char| char::from(b'a' + u8::try_from(byte.to_digit(16).unwrap()).unwrap());
    let random: String = tenant.simple().to_string().chars().map(letter).collect();
    let token = format!("oc_gi_{random:a<52}");
    let sql = format!(
        "insert into voucher_offers (tenant_id, offered, amounts_minor, least_minor, most_minor, months,
                                     version, created_at, updated_at)
         values ('{tenant}', true, '{{5000}}', 1000, 50000, 36, 1, '{now}', '{now}');
         insert into sales (tenant_id, id, location_id, what, state, title, price_minor, currency,
                            sold_by, created_at, updated_at)
         values ('{tenant}', '{sale}', '{at}', 'voucher', 'open', 'Of {name}', 5000, 'USD', 'online',
                 '{now}', '{now}');
         insert into voucher_orders (tenant_id, id, sale_id, token_hash, buyer_name, locale,
                                     recipient_name, message, months, pay_until, created_at, updated_at)
         values ('{tenant}', '{id}', '{sale}', sha256('{token}'), 'Ann', 'en', '', '', 36,
                 '2027-03-02T00:00:00Z', '{now}', '{now}')"
    );
    app.database.run(&sql).await;
    token
}

/// A pass of whoever the visit is for.
async fn pass(app: &TestApp, of: &Business, location: Id<Location>, visits: &Visits) -> Id<Pass> {
    let (sale, id) = (app.new_id::<Sale>().uuid(), app.new_id::<Pass>());
    let (tenant, now, payment) = (of.id.uuid(), app.now(), app.new_id::<Payment>().uuid());
    let customer = app.customer(of, "Pam").await.uuid();
    let (kind, service) = (app.new_id::<PassKind>().uuid(), app.services(of).await[0].uuid());
    let sql = format!(
        "update appointments set customer_id = '{customer}' where id = '{visit}';
         insert into sales (tenant_id, id, location_id, what, state, title, price_minor, currency,
                            customer_id, sold_by, created_at, updated_at)
         values ('{tenant}', '{sale}', '{at}', 'pass', 'sold', 'Of {name}', 9000, 'USD', '{customer}',
                 'Ann', '{now}', '{now}');
         insert into payments (tenant_id, id, location_id, sale_id, way, state, amount_minor,
                               tip_minor, currency, note, taken_by, created_at, paid_at, updated_at)
         values ('{tenant}', '{payment}', '{at}', '{sale}', 'cash', 'paid', 9000, 0, 'USD', '', 'Ann',
                 '{now}', '{now}', '{now}');
         insert into pass_kinds (tenant_id, id, name, description, uses, price_minor, valid_days,
                                 created_at, updated_at)
         values ('{tenant}', '{kind}', 'Of {name}', '', 3, 9000, 365, '{now}', '{now}');
         insert into passes (tenant_id, id, sale_id, kind_id, name, services, state, price_minor,
                             currency, uses, uses_left, last_day, expires_at, created_at, updated_at)
         values ('{tenant}', '{}', '{sale}', '{kind}', 'Of {name}', '{{{service}}}', 'active', 9000,
                 'USD', 3, 3, '2027-03-01', '2027-03-02T00:00:00Z', '{now}', '{now}')",
        id.uuid(),
        visit = visits.visit.uuid(),
        at = location.uuid(),
        name = of.name,
    );
    app.database.run(&sql).await;
    id
}

/// A card was left for the visit; who takes their own away does so when it is over.
async fn card_left(id: &str, world: &World) {
    let (app, here) = (&world.app, &world.here);
    let (tenant, visit) = (here.business.id.uuid(), here.visits.visit.uuid());
    let (card, now) = (app.new_id::<Card>().uuid(), app.now());
    let sql = format!(
        "insert into cards (tenant_id, id, appointment_id, state, account, customer, method, brand,
                            created_at, left_at, updated_at)
         values ('{tenant}', '{card}', '{visit}', 'left', 'acct_1', 'cus_1', 'pm_1', 'visa',
                 '{now}', '{now}', '{now}')
         on conflict do nothing"
    );
    app.database.run(&sql).await;
    if id == "remove_own_card" {
        let sql = format!("update appointments set status = 'completed' where id = '{visit}'");
        app.database.run(&sql).await;
    }
}

pub async fn sample(operation: &Operation, world: &World, succeeds: bool) -> Option<Sample> {
    if succeeds && matches!(&*operation.id, "remove_card" | "remove_own_card") {
        card_left(&operation.id, world).await;
    }
    let here = &world.here;
    let Money { payment, location, voucher, code, pass, gift, .. } = &here.money;
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
        | "disconnect_payfast"
        | "disconnect_stripe"
        | "read_plan"
        | "open_plan_portal"
        | "look_at_plan" => Sample::at(operation.path.trim_end_matches('/')),
        "connect_payfast" => Sample::at("/v1/payment-account/payfast").with(json!({
            "merchant_id": "10000100", "merchant_key": "46f0cd694581a", "passphrase": "jt7NOE43FZPn",
        })),
        "take_plan" | "change_plan" => {
            Sample::at(operation.path.trim_end_matches('/')).with(json!({ "plan": "team" }))
        }
        "read_own_payment" | "pay_own_visit" => own(""),
        "look_at_own_payment" => own("/look"),
        "list_vouchers" => Sample::at("/v1/vouchers"),
        "sell_voucher" => Sample::at("/v1/vouchers").with(json!({
            "location": location, "value_minor": 5_000, "way": "cash",
        })),
        "read_voucher" => Sample::at(format!("/v1/vouchers/{voucher}")),
        "find_voucher" => Sample::at("/v1/vouchers/look-up").with(json!({ "code": code })),
        "show_voucher_code" => Sample::at(format!("/v1/vouchers/{voucher}/code")),
        "mail_voucher" => Sample::at(format!("/v1/vouchers/{voucher}/mail"))
            .with(json!({ "email": "ann@example.com" })),
        "refund_voucher" => Sample::at(format!("/v1/vouchers/{voucher}/refund"))
            .with(json!({ "reason": "It was too much." })),
        "redeem_voucher" => Sample::at(format!("/v1/appointments/{visit}/voucher"))
            .with(json!({ "code": code, "amount_minor": 5 })),
        "read_voucher_offer" => Sample::at("/v1/voucher-offer"),
        "set_voucher_offer" => Sample::at("/v1/voucher-offer").seen(1).with(json!({
            "offered": false, "amounts_minor": [5_000], "least_minor": 1_000, "most_minor": 9_000,
            "months": 12, "location": null,
        })),
        "read_gift_offer" => Sample::at(format!("/v1/public/{}/vouchers", here.business.slug)),
        "buy_voucher" => {
            Sample::at(format!("/v1/public/{}/vouchers", here.business.slug)).with(json!({
                "value_minor": 5_000, "buyer_name": "Ann", "buyer_email": "ann@example.com",
            }))
        }
        "read_gift" => Sample::at(format!("/v1/g/{gift}")),
        "pay_gift" => Sample::at(format!("/v1/g/{gift}/payment")),
        "look_at_gift" => Sample::at(format!("/v1/g/{gift}/payment/look")),
        "list_passes" => Sample::at("/v1/passes"),
        "sell_pass" => Sample::at("/v1/passes").with(json!({
            "kind": here.menu.pass_kind, "customer": here.guests.customer, "location": location,
            "way": "cash",
        })),
        "read_pass" => Sample::at(format!("/v1/passes/{pass}")),
        "refund_pass" => Sample::at(format!("/v1/passes/{pass}/refund"))
            .with(json!({ "reason": "They moved away." })),
        "list_visit_passes" => Sample::at(format!("/v1/appointments/{visit}/passes")),
        "use_pass" => Sample::at(format!("/v1/appointments/{visit}/pass"))
            .with(json!({ "pass": pass, "line": 0 })),
        "list_sold_memberships" => Sample::at("/v1/memberships"),
        "sell_membership" => Sample::at("/v1/memberships").with(json!({
            "customer": here.guests.customer, "plan": here.guests.plan, "location": location,
            "way": "cash",
        })),
        "renew_membership" => {
            let path = format!("/v1/memberships/{}/renewal", here.guests.membership);
            Sample::at(path).with(json!({ "location": location, "way": "cash" }))
        }
        "cancel_sold_membership" => {
            let path = format!("/v1/memberships/{}/cancellation", here.guests.membership);
            Sample::at(path).with(json!({ "reason": "They moved away." }))
        }
        "redeem_own_voucher" => {
            Sample::at(format!("/v1/b/{link}/voucher")).with(json!({ "code": code }))
        }
        "remove_card" => Sample::at(format!("/v1/appointments/{visit}/card")),
        "remove_own_card" => Sample::at(format!("/v1/b/{link}/card")),
        _ => return None,
    })
}
