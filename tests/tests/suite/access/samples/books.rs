//! Requests about the provider's book.

use openchair_domain::ids::{BookCheck, Dispute, Id, Payment, Payout};
use openchair_tests::{Business, TestApp};
use serde_json::json;

use super::{Operation, Sample};

/// A dispute about a payment that can still be given back, a payout, and a day that was compared.
pub async fn both_books(app: &TestApp, of: &Business, payment: Id<Payment>) -> Vec<String> {
    let dispute = app.new_id::<Dispute>();
    let (payout, check) = (app.new_id::<Payout>(), app.new_id::<BookCheck>());
    let (tenant, now, name) = (of.id.uuid(), app.now(), &of.name);
    let sql = format!(
        "insert into disputes (tenant_id, id, payment_id, reference, account, amount_minor, currency,
                               state, reason, refundable, withdrawn, reinstated, opened_at,
                               created_at, looked_at)
         values ('{tenant}', '{}', '{}', 'dp_{tenant}', 'acct_1', 2000, 'USD', 'inquiry',
                 'Of {name}', true, false, false, '{now}', '{now}', '{now}');
         insert into payouts (tenant_id, id, reference, account, amount_minor, currency, state,
                              arrives_on, sent_at, created_at, looked_at)
         values ('{tenant}', '{}', 'po_{tenant}', 'acct_1', 2000, 'USD', 'pending', '2026-03-04',
                 '{now}', '{now}', '{now}');
         insert into book_checks (tenant_id, id, day, complete, sums, differences, amiss, mended,
                                  compared_at)
         values ('{tenant}', '{}', '2026-03-01', true, '[]', '[]', 0, 0, '{now}')",
        dispute.uuid(),
        payment.uuid(),
        payout.uuid(),
        check.uuid(),
    );
    app.database.run(&sql).await;
    vec![dispute.to_string(), payout.to_string(), check.to_string()]
}

pub fn sample(operation: &Operation) -> Option<Sample> {
    Some(match operation.id.as_str() {
        "list_disputes" => Sample::at("/v1/disputes"),
        "list_payouts" => Sample::at("/v1/payouts"),
        "list_book_checks" => Sample::at("/v1/book-checks"),
        "compare_books" => Sample::at("/v1/book-checks/look").with(json!({ "day": "2026-03-01" })),
        _ => return None,
    })
}
