//! What a business writes, on its way through a real SMTP server.

use openchair_tests::TestApp;
use openchair_tests::smtp::SmtpServer;
use openchair_tests::spa::at;
use serde_json::json;

use super::{it_is, settled};

#[tokio::test]
async fn it_comes_with_its_calendar_its_name_and_a_way_out() {
    let mut smtp = SmtpServer::start().await;
    let url = smtp.url();
    let app = TestApp::with(&[
        ("mail.transport", "smtp"),
        ("mail.smtp_url", &url),
        ("mail.from", "Openchair <no-reply@book.example>"),
    ])
    .await;
    let spa = app.spa().await;
    let change = json!({ "sender_name": "Lagoon, by the sea", "reply_to": "desk@lagoon.example" });
    spa.owner.patch("/v1/message-settings", 1, &change).await.expect(200);
    spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    let booked = loop {
        let mail = smtp.mail().await;
        if mail.subject.starts_with("Your visit to") {
            break mail;
        }
    };
    assert_eq!(booked.from.name, "Lagoon, by the sea");
    assert_eq!(booked.from.address, "no-reply@book.example");
    assert!(booked.message_id.starts_with("<msg_"), "{}", booked.message_id);
    assert_eq!(booked.attachments, 1);
    assert!(!booked.headers.contains_key("list-unsubscribe"), "{:?}", booked.headers);
    it_is(&app, at(5, "12:00")).await;
    settled(&app).await;
    let reminder = smtp.mail().await;
    assert_eq!(reminder.attachments, 0);
    let list = reminder.headers["list-unsubscribe"].as_str().unwrap();
    assert!(list.starts_with('<') && list.contains("/u/") && list.ends_with('>'), "{list}");
    assert_eq!(reminder.headers["list-unsubscribe-post"], "List-Unsubscribe=One-Click");
}
