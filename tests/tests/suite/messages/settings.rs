use openchair_tests::TestApp;
use openchair_tests::spa::at;
use serde_json::json;

use super::{it_is, log, reminders, settled, stand};

const PATH: &str = "/v1/message-settings";

#[tokio::test]
async fn what_is_said_is_the_businesss_to_decide() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let read = spa.owner.get(PATH).await;
    let begun = read.expect(200);
    assert_eq!(read.version(), 1);
    assert_eq!(begun["channels"], json!(["email"]));
    assert_eq!(begun["reminder_minutes"], json!([1440, 60]));
    let change = json!({
        "reminder_minutes": [60, 2880], "quiet": { "from": "21:00", "to": "08:00" },
        "sender_name": "Lagoon Spa", "reply_to": "desk@lagoon.example",
        "review_minutes": 120, "review_url": "https://reviews.example/lagoon",
    });
    let changed = spa.owner.patch(PATH, 1, &change).await.expect(200);
    assert_eq!(changed["reminder_minutes"], json!([2880, 60]));
    assert_eq!(changed["quiet"], json!({ "from": "21:00", "to": "08:00" }));
    assert_eq!(spa.owner.get(PATH).await.expect(200), changed);
    spa.owner.patch(PATH, 1, &change).await.problem(412, "version_conflict");
    let off = json!({ "quiet": null, "sender_name": null });
    let changed = spa.owner.patch(PATH, 2, &off).await.expect(200);
    assert!(changed.get("quiet").is_none_or(serde_json::Value::is_null), "{changed}");
    for (change, field, code) in [
        (json!({ "reminder_minutes": [1] }), "/reminder_minutes", "out_of_range"),
        (json!({ "channels": ["email", "email"] }), "/channels", "repeated"),
        (json!({ "quiet": { "from": "9", "to": "25:00" } }), "/quiet/from", "invalid_time"),
        (json!({ "review_url": "ftp://x" }), "/review_url", "invalid_url"),
        (json!({ "reply_to": "nobody" }), "/reply_to", "invalid_email"),
    ] {
        let faults = spa.owner.patch(PATH, 3, &change).await.faults();
        assert_eq!(faults[0], (field.to_owned(), code.to_owned()), "{change}");
    }
    let noted = spa.owner.get("/v1/audit?action=message_settings.updated").await.expect(200);
    assert_eq!(noted["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_off_is_not_said() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    settled(&app).await;
    it_is(&app, at(5, "11:55")).await;
    spa.owner.patch(PATH, 1, &json!({ "channels": [] })).await.expect(200);
    it_is(&app, at(5, "12:00")).await;
    settled(&app).await;
    assert_eq!(reminders(&spa, &visit).await, [stand(1440, "dropped", "channel_off")]);
    let before = log(&spa, "").await.len();
    spa.book(spa.wanted(&["Facial"], 1, &[]), at(7, "12:00")).await.expect(201);
    assert_eq!(log(&spa, "").await.len(), before, "there is no way to say it");
}
