//! Customers who come back.

use serde_json::json;

use super::super::actors::World;
use super::{Operation, Sample};

pub async fn sample(operation: &Operation, world: &World) -> Option<Sample> {
    let app = &world.app;
    // Everybody has an address of their own: nobody's mailbox is filled, and who forgets all devices ends
    // nobody else's.
    let email = format!("{}@example.com", app.new_id::<openchair_domain::ids::Event>());
    Some(match operation.id.as_str() {
        "ask_for_regular_link" => Sample::at("/v1/regulars/link").with(json!({ "email": email })),
        "redeem_regular_link" => {
            let token = app.regular("link", &email).await;
            Sample::at("/v1/regulars/link/redeem").with(json!({ "token": token }))
        }
        "list_regular_visits" => {
            // Ana has visits.
            Sample::at("/v1/regulars/visits")
                .showing(app.regular("device", "ana@example.com").await)
        }
        "forget_regular" => {
            Sample::at("/v1/regulars/forget").showing(app.regular("device", &email).await)
        }
        "forget_regular_everywhere" => Sample::at("/v1/regulars/forget-everywhere")
            .showing(app.regular("device", &email).await),
        _ => return None,
    })
}
