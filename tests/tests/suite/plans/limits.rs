//! What a plan has room for.

use openchair_tests::spa::at;
use openchair_tests::texts::Texts;
use openchair_tests::{TestApp, eventually};
use serde_json::json;

/// A plan has so many texts in a month. What would be one too many goes by mail; who has no address hears nothing.
#[tokio::test]
async fn texts_beyond_the_plan_go_by_mail() {
    let texts = Texts::start().await;
    let app = TestApp::with(&texts.settings()).await;
    let spa = app.spa().await;
    let ways = json!({ "channels": ["sms", "email"] });
    spa.owner.patch("/v1/message-settings", 1, &ways).await.expect(200);
    let book = async |time: &str, customer: serde_json::Value| {
        let wanted = spa.wanted(&["Facial"], 1, &[]);
        let body = json!({ "wanted": wanted, "start": at(6, time), "customer": customer });
        spa.owner.post("/v1/appointments", &body).await.expect(201)
    };
    let message = async |to: &str, state: &str| {
        eventually(&format!("a message to {to} is {state}"), async || {
            let log = spa.owner.get("/v1/messages").await.expect(200);
            let all = log["items"].as_array().cloned().unwrap();
            all.into_iter().find(|one| one["address"] == to && one["state"] == state)
        })
        .await
    };
    let ann = json!({ "name": "Ann", "email": "ann@example.com", "phone": "+14155550132" });
    book("10:00", ann.clone()).await;
    message("+14155550132", "sent").await;
    let counted = "select texts from text_counts where month = '2026-03-01'";
    assert_eq!(app.database.count(counted).await, 1);
    // The plan's last one.
    app.database.run("update text_counts set texts = 2999").await;
    let bob = json!({ "name": "Bob", "phone": "+14155550133" });
    book("12:00", bob.clone()).await;
    message("+14155550133", "sent").await;
    assert_eq!(app.database.count(counted).await, 3_000);
    book("14:00", ann).await;
    app.mail("ann@example.com", "").await;
    book("16:00", bob).await;
    assert_eq!(message("+14155550133", "dropped").await["reason"], "plan_limit");
    let plan = spa.owner.get("/v1/plan").await.expect(200);
    assert_eq!(plan["texts"], json!({ "used": 3_000, "limit": 3_000 }));
    assert_eq!(app.database.count(counted).await, 3_000);
}
