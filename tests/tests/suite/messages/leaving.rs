use openchair_tests::TestApp;
use openchair_tests::spa::at;
use serde_json::{Value, json};

use super::{it_is, log, path, reminders, settled, stand};

/// The path of the link by which somebody leaves.
fn way_out(mail: &Value) -> String {
    let text = mail["text"].as_str().unwrap();
    let (_, rest) = text.split_once("/u/").unwrap_or_else(|| panic!("no way out in {text}"));
    format!("/u/{}", rest.split_whitespace().next().unwrap())
}

#[tokio::test]
async fn who_clicks_gets_no_reminders_but_hears_what_becomes_of_a_visit() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    let booked = app.mail("ann@example.com", "Your visit to").await;
    assert!(!booked["text"].as_str().unwrap().contains("/u/"), "{booked}");
    it_is(&app, at(5, "12:00")).await;
    settled(&app).await;
    let way = way_out(&app.mail("ann@example.com", "Reminder: your visit").await);
    // A scanner that follows links changes nothing.
    let page = spa.guest.get(&way).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("stop sending you reminders"), "{}", page.text());
    let listed = spa.owner.get("/v1/message-opt-outs").await.expect(200);
    assert_eq!(listed["items"], json!([]));
    // As mail programs do it, and twice.
    for _ in 0..2 {
        let form = spa.guest.request(reqwest::Method::POST, &way);
        let form = form.header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(form.body("List-Unsubscribe=One-Click").await.status, 200);
    }
    let listed = spa.owner.get("/v1/message-opt-outs?address=ANN@example.com").await.expect(200);
    let optout = &listed["items"][0];
    assert_eq!((&optout["source"], &optout["channel"]), (&json!("link"), &json!("email")));
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    it_is(&app, at(6, "11:00")).await;
    settled(&app).await;
    assert_eq!(
        reminders(&spa, &visit).await,
        [stand(1440, "sent", ""), stand(60, "dropped", "opted_out")]
    );
    spa.owner.post(&path(&visit, "cancel"), &json!({ "version": 1 })).await.expect(200);
    app.mail("ann@example.com", "was cancelled").await;
    // They change their mind.
    let id = optout["id"].as_str().unwrap();
    spa.owner.delete(&format!("/v1/message-opt-outs/{id}")).await.expect(204);
    let next = spa.book(spa.wanted(&["Facial"], 1, &[]), at(12, "12:00")).await.expect(201);
    it_is(&app, at(11, "12:00")).await;
    settled(&app).await;
    assert_eq!(reminders(&spa, &next).await, [stand(1440, "sent", "")]);
}

#[tokio::test]
async fn a_forged_way_out_leads_nowhere() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    it_is(&app, at(5, "12:00")).await;
    settled(&app).await;
    let way = way_out(&app.mail("ann@example.com", "Reminder: your visit").await);
    let mut other = way.clone();
    let last = if other.pop() == Some('a') { 'b' } else { 'a' };
    let last = if last == 'a' && way.ends_with('a') { 'c' } else { last };
    other.insert(other.len() / 2, last);
    for forged in ["/u/x", "/u/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", other.as_str()] {
        for method in [reqwest::Method::GET, reqwest::Method::POST] {
            let answer = spa.guest.request(method, forged).await;
            assert_eq!(answer.status, 404, "{forged}");
        }
    }
}

#[tokio::test]
async fn staff_note_it_for_who_says_so() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let new = json!({ "channel": "email", "address": "Ann@Example.com" });
    let noted = spa.owner.post("/v1/message-opt-outs", &new).await.expect(201);
    assert_eq!(noted["source"], "staff");
    let again = json!({ "channel": "email", "address": "ann@example.com" });
    let again = spa.owner.post("/v1/message-opt-outs", &again).await.expect(201);
    assert_eq!(again["id"], noted["id"], "once is enough");
    let phone = json!({ "channel": "sms", "address": "(415) 555-0132" });
    let phone = spa.owner.post("/v1/message-opt-outs", &phone).await.expect(201);
    assert_eq!(phone["address"], "+14155550132");
    for (channel, address) in [("email", "nobody"), ("sms", "12")] {
        let bad = json!({ "channel": channel, "address": address });
        let faults = spa.owner.post("/v1/message-opt-outs", &bad).await.faults();
        assert_eq!(faults[0].0, "/address");
    }
    spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    it_is(&app, at(5, "12:00")).await;
    settled(&app).await;
    assert_eq!(log(&spa, "kind=reminder").await[0]["reason"], "opted_out");
    // The log can't be erased: it doesn't know the address.
    let lines = spa.owner.get("/v1/audit?action=message.opted_out").await.expect(200);
    assert_eq!(lines["items"].as_array().unwrap().len(), 2);
    assert!(!lines.to_string().to_lowercase().contains("ann@"), "{lines}");
}

#[tokio::test]
async fn on_the_page_of_a_visit_one_says_how_one_wants_to_hear() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    let mail = app.mail("ann@example.com", "Your visit to").await;
    let link = mail["text"].as_str().unwrap().split("/b/").nth(1).unwrap();
    let own = format!("/v1/b/{}/messages", link.split_whitespace().next().unwrap());
    let begun = spa.guest.get(&own).await.expect(200);
    assert_eq!((&begun["channels"], &begun["wanted"]), (&json!(["email"]), &json!(true)));
    let faults = spa.guest.put(&own, &json!({ "channel": "sms", "wanted": true })).await.faults();
    assert_eq!(faults, [("/channel".to_owned(), "not_possible".to_owned())]);
    let wish = json!({ "channel": "email", "wanted": false });
    spa.guest.put(&own, &wish).await.expect(200);
    let now = spa.guest.get(&own).await.expect(200);
    assert_eq!((&now["channel"], &now["wanted"]), (&json!("email"), &json!(false)));
    let customer = visit["customer"]["id"].as_str().unwrap();
    let customer = spa.owner.get(&format!("/v1/customers/{customer}")).await.expect(200);
    assert_eq!(customer["channel"], "email");
    it_is(&app, at(5, "12:00")).await;
    settled(&app).await;
    assert_eq!(reminders(&spa, &visit).await, [stand(1440, "dropped", "opted_out")]);
    spa.guest.put(&own, &json!({ "wanted": true })).await.expect(200);
    it_is(&app, at(6, "11:00")).await;
    settled(&app).await;
    assert_eq!(reminders(&spa, &visit).await[1], stand(60, "sent", ""));
}
