//! Messages over TLS: they go to who is vouched for by somebody whom we were told of, and to nobody else;
//! and mails to who lets us in.

use std::collections::BTreeSet;

use chrono::Duration;
use openchair_tests::authority::Authority;
use openchair_tests::push::PushService;
use openchair_tests::smtp::{Event, Received, SmtpServer, Tls};
use openchair_tests::spa::{Spa, at};
use openchair_tests::texts::Texts;
use openchair_tests::{TestApp, eventually};
use serde_json::json;

use super::outage::{STAFF, looked_at, staffed, until};
use super::{pushed, settled};

/// Of whom mail servers take mails.
const LOGIN: &str = "openchair:p@ss";
/// The same in an address.
const USER: &str = "openchair:p%40ss";

/// A spa of many hands.
async fn spa(settings: &[(&str, &str)]) -> (TestApp, Spa) {
    let app = TestApp::with(settings).await;
    let spa = staffed(&app).await;
    (app, spa)
}

/// So many visits, one after the other's customer.
async fn book(spa: &Spa, count: usize) {
    let times = ["09:30", "10:00", "10:30"];
    let places = times.iter().flat_map(|time| STAFF.iter().map(move |name| (time, name)));
    for (number, (time, name)) in places.take(count).enumerate() {
        let customer = json!({ "name": format!("C {number}"), "phone": "+14155550132",
                               "email": format!("c{number}@example.com") });
        let body = json!({ "wanted": spa.wanted(&["Wax"], 1, &[name]), "start": at(6, time),
                           "customer": customer });
        spa.owner.post("/v1/appointments", &body).await.expect(201);
    }
}

/// Nobody behind the gate takes anything, and the log says why.
async fn is_held_up(app: &TestApp, why: &str) {
    eventually(why, async || {
        app.clock.advance(Duration::seconds(5));
        app.app().db.bell().ring();
        let lines = app.logs.lines();
        let says = |text: &str| text.contains("they are put off") && text.contains(why);
        lines.iter().any(|line| says(&line.text)).then_some(())
    })
    .await;
    let lost = "select count(*) from messages where state <> 'queued'";
    assert_eq!(app.database.count(lost).await, 0);
}

#[tokio::test]
async fn texts_go_to_a_provider_that_is_vouched_for() {
    let authority = Authority::new();
    let texts = Texts::start_as(&authority.certify("localhost")).await;
    for believed in [true, false] {
        let mut settings = texts.settings().to_vec();
        settings.extend(believed.then(|| authority.setting()));
        let (app, spa) = spa(&settings).await;
        let ways = json!({ "channels": ["sms"] });
        spa.owner.patch("/v1/message-settings", 2, &ways).await.expect(200);
        book(&spa, 6).await;
        if believed {
            settled(&app).await;
        } else {
            is_held_up(&app, "UnknownIssuer").await;
        }
        assert_eq!(texts.sent().len(), 6);
    }
}

#[tokio::test]
async fn notes_go_to_a_service_that_is_vouched_for() {
    let authority = Authority::new();
    for believed in [true, false] {
        let service = PushService::start_as(&authority.certify("localhost")).await;
        let setting = believed.then(|| authority.setting());
        let bench = pushed::Bench::with(service, setting.as_slice()).await;
        bench.subscribe(1).await;
        bench.choose().await;
        bench.book("14:00").await;
        if believed {
            bench.service.shows(1).await;
            continue;
        }
        eventually("its job says why", async || {
            let sql = "select count(*) from jobs where last_error like '%UnknownIssuer%'";
            (bench.app.database.count(sql).await == 1).then_some(())
        })
        .await;
        assert_eq!(bench.service.asked(), 0);
    }
}

/// The address of a mail server that lets in whoever this is.
fn address(smtp: &SmtpServer, tls: Tls, user: &str) -> String {
    match tls {
        Tls::Upgrade => format!("smtp://{user}@localhost:{}?tls=required", smtp.port),
        Tls::Whole => format!("smtps://{user}@localhost:{}", smtp.port),
    }
}

/// The mails to customers among what has happened: logins get some, too.
fn to_customers(events: Vec<Event>) -> Vec<Received> {
    let mails = events.into_iter().filter_map(|event| match event {
        Event::Mail(mail) => Some(*mail),
        _ => None,
    });
    mails.filter(|mail| mail.message_id.starts_with("<msg_")).collect()
}

#[tokio::test]
async fn mails_go_encrypted_to_who_lets_us_in() {
    let authority = Authority::new();
    for tls in [Tls::Upgrade, Tls::Whole] {
        let mut smtp = SmtpServer::start_as(&authority.certify("localhost"), tls, LOGIN).await;
        let url = address(&smtp, tls, USER);
        let settings = [("mail.transport", "smtp"), ("mail.smtp_url", &url), authority.setting()];
        let (app, spa) = spa(&settings).await;
        book(&spa, 1).await;
        settled(&app).await;
        let mails = to_customers(smtp.rest().await);
        assert_eq!(mails.len(), 1, "{tls:?}: {mails:?}");
        let envelope = &mails[0].envelope;
        assert_eq!(envelope.to, ["c0@example.com"]);
        assert_eq!(envelope.user.as_deref(), Some("openchair"));
        assert_eq!((envelope.method.as_deref(), envelope.secure), (Some("PLAIN"), true), "{tls:?}");
    }
}

/// It is somebody's mistake, and not the mails': they wait until it is put right.
#[tokio::test]
async fn a_wrong_password_holds_mails_up_and_loses_none() {
    let authority = Authority::new();
    let certified = authority.certify("localhost");
    let mut smtp = SmtpServer::start_as(&certified, Tls::Upgrade, "openchair:new").await;
    let url = address(&smtp, Tls::Upgrade, USER);
    let settings = [("mail.transport", "smtp"), ("mail.smtp_url", &url), authority.setting()];
    let (app, spa) = spa(&settings).await;
    book(&spa, 30).await;
    looked_at(&app).await;
    is_held_up(&app, "535").await;
    until(&app, app.now() + Duration::minutes(10)).await;
    let events = smtp.rest().await;
    let denied = events.iter().filter(|event| matches!(event, Event::Denied)).count();
    // Thirty mails, and time for a hundred tries of each.
    assert!((5..60).contains(&denied) && denied == events.len(), "{denied} of {events:?}");
    let queued = "select count(*) from messages where state = 'queued'";
    assert_eq!(app.database.count(queued).await, 30);
    let dead = "select count(*) from jobs where state = 'dead'";
    assert_eq!(app.database.count(dead).await, 0);

    smtp.know(LOGIN).await;
    until(&app, app.now() + Duration::minutes(15)).await;
    assert_eq!(app.database.count(queued).await, 0);
    let mails = to_customers(smtp.rest().await);
    let keys: BTreeSet<_> = mails.iter().map(|mail| mail.message_id.clone()).collect();
    assert_eq!((mails.len(), keys.len()), (30, 30), "each once");
}
