//! Customers over HTTP: who sees whom, what is kept and what goes.

mod booking;
mod erasing;
mod importing;
mod medical;
mod memberships;
mod merging;
mod records;

use openchair_domain::ids::{Customer, Id};
use openchair_domain::tenancy::{RequestFacts, TenantTx};
use openchair_domain::tenants;
use openchair_tests::{Browser, Business, TestApp};
use serde_json::Value;

/// A business, and its owner at a browser.
async fn spa(app: &TestApp) -> (Business, Browser) {
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    (spa, owner)
}

/// A transaction of somebody who books from outside.
async fn visitor(app: &TestApp, of: &Business) -> TenantTx {
    let db = &app.app().db;
    let caller = tenants::visit(db, &of.slug, RequestFacts::default()).await.unwrap();
    db.tenant(&caller).await.unwrap()
}

/// Makes a customer, and gives the answer's body.
async fn add(owner: &Browser, body: Value) -> Value {
    owner.post("/v1/customers", &body).await.expect(201)
}

fn id_of(customer: &Value) -> Id<Customer> {
    customer["id"].as_str().unwrap().parse().unwrap()
}

fn at(customer: &Value, rest: &str) -> String {
    format!("/v1/customers/{}{rest}", customer["id"].as_str().unwrap())
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

/// How often the log says this of a customer.
async fn lines(app: &TestApp, action: &str, customer: &Value) -> i64 {
    let customer = customer["id"].as_str().unwrap();
    let sql = format!(
        "select count(*) from audit_entries where action = '{action}' and subject_id = '{customer}'"
    );
    app.database.count(&sql).await
}
