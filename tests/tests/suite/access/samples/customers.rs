//! Valid requests for the operations on customers.

use serde_json::json;

use super::Sample;
use crate::access::actors::World;

/// The request, if the operation is one of these.
pub fn sample(operation: &str, world: &World) -> Option<Sample> {
    let guests = &world.here.guests;
    let at = |rest: &str| Sample::at(format!("/v1/customers/{}{rest}", guests.customer));
    let under = |rest: String| Sample::at(format!("/v1/customers/{rest}"));
    Some(match operation {
        "create_customer" => {
            let body = json!({ "name": "Noor", "email": "noor@example.com", "tags": ["new"] });
            Sample::at("/v1/customers").with(body)
        }
        "read_customer" => at(""),
        "update_customer" => at("").with(json!({ "note": "tea, no sugar" })).seen(1),
        "erase_customer" => at("/erase").with(json!({ "version": 1 })),
        "list_customer_visits" => at("/visits"),
        "read_medical_notes" => at("/medical"),
        "write_medical_notes" => at("/medical").with(json!({ "text": "allergic to nuts" })).seen(1),
        "list_customer_consents" => at("/consents"),
        "record_customer_consent" => {
            at("/consents").with(json!({ "purpose": "marketing_sms", "granted": true }))
        }
        "list_customer_answers" => at("/answers"),
        "list_customer_memberships" => at("/memberships"),
        "add_customer_membership" => {
            at("/memberships").with(json!({ "plan_id": guests.plan, "starts_on": "2026-03-02" }))
        }
        "cancel_customer_membership" => at(&format!("/memberships/{}", guests.membership)),
        "dismiss_merge_suggestion" => under(format!("suggestions/{}/dismiss", guests.suggestion)),
        "merge_customers" => {
            at("/merge").with(json!({ "other_id": guests.other, "other_version": 1 })).seen(1)
        }
        "undo_customer_merge" => under(format!("merges/{}/undo", guests.merge)),
        "check_customer_import" => {
            let csv = "name,email,newsletter\nAna,ana@example.com,no\n";
            under("imports".to_owned()).with(json!({ "name": "old till", "csv": csv }))
        }
        "read_customer_import" => under(format!("imports/{}", guests.import)),
        "run_customer_import" => under(format!("imports/{}/run", guests.import)),
        _ => return None,
    })
}
