use openchair_tests::TestApp;
use openchair_tests::spa::at;
use serde_json::json;

use super::{log, path, settled};

#[tokio::test]
async fn what_was_said_is_found_again() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let ann = spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    let bob = json!({ "name": "Bob", "email": "Bob@Example.com" });
    let new = json!({ "wanted": spa.wanted(&["Facial"], 1, &[]), "start": at(7, "12:00"),
                      "customer": bob });
    spa.owner.post("/v1/appointments", &new).await.expect(201);
    spa.owner.post(&path(&ann, "cancel"), &json!({ "version": 1 })).await.expect(200);
    settled(&app).await;
    let count = async |query: &str| log(&spa, query).await.len();
    let (visit, customer) = (ann["id"].as_str().unwrap(), ann["customer"]["id"].as_str().unwrap());
    assert_eq!(count("").await, 3);
    assert_eq!(count("kind=confirmed").await, 2);
    assert_eq!(count(&format!("appointment={visit}")).await, 2);
    assert_eq!(count(&format!("customer={customer}&kind=cancelled")).await, 1);
    assert_eq!(count("address=bob@example.com").await, 1);
    assert_eq!(count("state=queued").await, 0);
    assert_eq!(count("channel=sms").await, 0);
    assert_eq!(count("from=2026-03-02T00:00:00Z&to=2026-03-03T00:00:00Z").await, 3);
    assert_eq!(count("to=2026-03-02T00:00:00Z").await, 0);
    let page = spa.owner.get("/v1/messages?limit=2").await.expect(200);
    let next = page["next_cursor"].as_str().unwrap();
    let rest = spa.owner.get(&format!("/v1/messages?limit=2&cursor={next}")).await.expect(200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    spa.owner.get("/v1/messages?kind=eaten").await.problem(400, "bad_parameter");
}

#[tokio::test]
async fn it_is_sent_once_more_for_who_asks() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    settled(&app).await;
    let first = log(&spa, "").await.remove(0);
    let again = format!("/v1/messages/{}/send-again", first["id"].as_str().unwrap());
    let second = spa.owner.post_empty(&again).await.expect(201);
    assert_eq!((&second["again"], &second["kind"]), (&json!(true), &json!("confirmed")));
    settled(&app).await;
    let mails = app.browser().get("/dev/mail.json").await.expect(200);
    let mails: Vec<_> =
        mails.as_array().unwrap().iter().filter(|mail| mail["to"] == "ann@example.com").collect();
    assert_eq!(mails.len(), 2);
    // It leads to the same page.
    assert_eq!(mails[0]["text"], mails[1]["text"]);
}

#[tokio::test]
async fn who_is_erased_is_forgotten_here_too() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    settled(&app).await;
    let customer = visit["customer"]["id"].as_str().unwrap();
    let erase = format!("/v1/customers/{customer}/erase");
    spa.owner.post(&erase, &json!({ "version": 1 })).await.expect(204);
    let left = log(&spa, "").await.remove(0);
    assert_eq!((&left["address"], &left["state"]), (&json!(""), &json!("sent")));
    let known = "select count(*) from messages where fields::text ilike '%ann%'
                 or address_key <> '' or link is not null or calendar is not null";
    assert_eq!(app.database.count(known).await, 0);
    let again = format!("/v1/messages/{}/send-again", left["id"].as_str().unwrap());
    spa.owner.post_empty(&again).await.problem(409, "customer_erased");
}
