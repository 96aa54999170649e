//! What a business offers: put on the menu, changed, ordered, taken off and put back.

mod belongings;
mod forms;
mod public;
mod services;

use openchair_tests::{Browser, Business, TestApp};
use serde_json::{Value, json};

/// A spa with its starter kit, and its owner in it.
pub(super) async fn spa(app: &TestApp) -> (Business, Browser) {
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    (spa, owner)
}

/// Makes something and gives its id.
pub(super) async fn made(owner: &Browser, list: &str, body: &Value) -> String {
    let made = owner.post(&format!("/v1/{list}"), body).await.expect(201);
    assert_eq!(made["version"], 1, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

/// A category that nothing is in.
pub(super) async fn category(owner: &Browser, name: &str) -> String {
    made(owner, "categories", &json!({ "name": name })).await
}

/// A plain service.
pub(super) async fn service(owner: &Browser, category: &str, name: &str) -> String {
    let body = json!({ "category_id": category, "name": name, "duration_minutes": 60,
                       "price_minor": 9_000 });
    made(owner, "services", &body).await
}

/// What a list shows of each of its entries.
pub(super) async fn listed(owner: &Browser, list: &str, field: &str) -> Vec<String> {
    let page = owner.get(&format!("/v1/{list}")).await.expect(200);
    assert_eq!(page["next_cursor"], Value::Null);
    let text = |item: &Value| item[field].as_str().unwrap().to_owned();
    page["items"].as_array().unwrap().iter().map(text).collect()
}

/// How often the rules of the business's availability changed.
pub(super) async fn rules(app: &TestApp, of: &Business) -> i64 {
    let sql = format!(
        "select sum(rules)::bigint from availability_versions where tenant_id = '{}'",
        of.id.uuid()
    );
    app.database.count(&sql).await
}
