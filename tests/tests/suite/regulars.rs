//! Customers who come back, to one business or to several.

use chrono::Duration;
use openchair_domain::ids::{Appointment, Id};
use openchair_domain::regulars;
use openchair_tests::spa::{Spa, at};
use openchair_tests::{Answer, TestApp, eventually};
use serde_json::{Value, json};

const PASS: &str = "__Host-openchair-me";

/// A visit with Eve, for somebody who can be written to.
async fn visit(spa: &Spa, time: &str, email: &str) -> Value {
    let body = json!({ "wanted": spa.wanted(&["Wax"], 1, &["Eve"]), "start": at(9, time),
                       "customer": { "name": "Ann Other", "email": email } });
    spa.owner.post("/v1/appointments", &body).await.expect(201)
}

/// The pass that an answer hands out.
fn pass_in(answer: &Answer) -> String {
    let cookie = answer.headers.get("set-cookie").unwrap().to_str().unwrap();
    for part in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let value = cookie.strip_prefix(&format!("{PASS}=")).unwrap();
    value.split(';').next().unwrap().to_owned()
}

/// Asks for a link, and opens it: the device's cookie.
async fn proved(app: &TestApp, email: &str) -> String {
    let wanted = json!({ "email": email, "locale": "de" });
    app.browser().post("/v1/regulars/link", &wanted).await.expect(202);
    let token = app.mailed_token(&email.to_lowercase(), "Ihre Termine").await;
    let redeem = json!({ "token": token });
    let answer = app.browser().post("/v1/regulars/link/redeem", &redeem).await;
    let pass = pass_in(&answer);
    answer.expect(200);
    // It is good once.
    app.browser().post("/v1/regulars/link/redeem", &redeem).await.problem(401, "link_invalid");
    format!("{PASS}={pass}")
}

async fn visits(app: &TestApp, cookie: &str) -> Answer {
    app.browser().get("/v1/regulars/visits").and_cookie(cookie).await
}

/// Where and when.
fn starts(list: &Value) -> Vec<String> {
    let text = |visit: &Value, key: &str| visit[key].as_str().unwrap().to_owned();
    let visits = list.as_array().unwrap().iter();
    visits.map(|visit| format!("{} {}", text(visit, "shop"), text(visit, "starts_at"))).collect()
}

#[tokio::test]
async fn whoever_proves_an_address_sees_the_visits_of_all_businesses() {
    let app = TestApp::start().await;
    let (first, second) = (app.spa().await, app.spa().await);
    let (one, other) = (&*first.business.slug, &*second.business.slug);
    visit(&first, "12:00", "Ann@example.com").await;
    visit(&second, "10:00", "ann@example.com").await;
    visit(&second, "11:00", "bob@example.com").await;
    let over = visit(&second, "14:00", "ann@example.com").await;
    let path = format!("/v1/appointments/{}/cancel", over["id"].as_str().unwrap());
    second.owner.post(&path, &json!({ "version": over["version"] })).await.expect(200);
    let cookie = proved(&app, "ANN@example.com").await;
    let seen = visits(&app, &cookie).await.expect(200);
    assert_eq!(
        starts(&seen["coming"]),
        [format!("{other} 2026-03-09T14:00:00+00:00"), format!("{one} 2026-03-09T16:00:00+00:00")]
    );
    assert_eq!(starts(&seen["past"]), [format!("{other} 2026-03-09T18:00:00+00:00")]);
    // Each is behind its link.
    let link = seen["coming"][0]["token"].as_str().unwrap();
    let own = app.browser().get(&format!("/v1/b/{link}")).await.expect(200);
    assert_eq!((&own["shop"], &own["may_cancel"]), (&json!(other), &json!(true)));
    // What was is told of as that.
    app.clock.set(at(9, "13:30"));
    let later = visits(&app, &cookie).await.expect(200);
    assert_eq!(later["coming"], json!([]));
    assert_eq!(later["past"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_visit_is_shown_to_the_address_that_it_is_written_to() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    // Ann's record, but she gave another address when she booked.
    visit(&spa, "10:00", "ann@example.com").await;
    let work = visit(&spa, "11:00", "ann@example.com").await;
    let id = Id::<Appointment>::parse_or_nothing(work["id"].as_str().unwrap()).uuid();
    let sql =
        format!("update appointments set contact_email = 'Ann@Work.example' where id = '{id}'");
    app.database.run(&sql).await;
    let shown = async |email: &str| {
        let seen = visits(&app, &proved(&app, email).await).await.expect(200);
        starts(&seen["coming"])
    };
    let (home, work) = (shown("ann@example.com").await, shown("ann@work.example").await);
    let slug = &spa.business.slug;
    assert_eq!(home, [format!("{slug} 2026-03-09T14:00:00+00:00")]);
    assert_eq!(work, [format!("{slug} 2026-03-09T15:00:00+00:00")]);
}

#[tokio::test]
async fn who_forgets_the_device_is_nobody_there() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    visit(&spa, "10:00", "ann@example.com").await;
    visit(&spa, "11:00", "bob@example.com").await;
    let cookie = proved(&app, "ann@example.com").await;
    let forget = || app.browser().post_empty("/v1/regulars/forget").and_cookie(&cookie);
    // Not by a page of somebody else's.
    forget().header("origin", "https://elsewhere.example").await.problem(403, "wrong_origin");
    let answer = forget().await;
    assert!(answer.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    answer.expect(204);
    visits(&app, &cookie).await.problem(401, "no_pass");
    visits(&app, "other=cookie").await.problem(401, "no_pass");
    // A pass is no link, and a link no pass.
    let link = app.regular("link", "ann@example.com").await;
    visits(&app, &format!("{PASS}={link}")).await.problem(401, "no_pass");
    let bob = proved(&app, "bob@example.com").await;
    app.clock.advance(Duration::days(59));
    visits(&app, &bob).await.expect(200);
    app.clock.advance(Duration::days(1));
    visits(&app, &bob).await.problem(401, "no_pass");
}

#[tokio::test]
async fn who_lost_a_device_forgets_all_of_them() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    visit(&spa, "10:00", "ann@example.com").await;
    visit(&spa, "11:00", "bob@example.com").await;
    let bob = proved(&app, "bob@example.com").await;
    let (lost, here) = (
        proved(&app, "ann@example.com").await,
        format!("{PASS}={}", app.regular("device", "ann@example.com").await),
    );
    let link = app.regular("link", "ann@example.com").await;
    let answer = app.browser().post_empty("/v1/regulars/forget-everywhere").and_cookie(&here).await;
    assert!(answer.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    answer.expect(204);
    for pass in [&lost, &here] {
        visits(&app, pass).await.problem(401, "no_pass");
    }
    let redeem = json!({ "token": link });
    app.browser().post("/v1/regulars/link/redeem", &redeem).await.problem(401, "link_invalid");
    visits(&app, &bob).await.expect(200);
}

#[tokio::test]
async fn of_several_links_one_is_used() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    visit(&spa, "10:00", "ann@example.com").await;
    let older = app.regular("link", "ann@example.com").await;
    proved(&app, "ann@example.com").await;
    let redeem = json!({ "token": older });
    app.browser().post("/v1/regulars/link/redeem", &redeem).await.problem(401, "link_invalid");
}

/// The link goes where the visits' mails go, however whoever asks spells the address; until then it is
/// nowhere to be read.
#[tokio::test]
async fn a_link_goes_to_the_address_as_the_visit_has_it() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    visit(&spa, "10:00", "Ann@Example.com").await;
    let wanted = json!({ "email": "ANN@example.COM" });
    app.browser().post("/v1/regulars/link", &wanted).await.expect(202);
    let told = "select count(*) from jobs where payload::text ilike '%ann@%'
                and kind = 'regulars.send_link'";
    assert_eq!(app.database.count(told).await, 0);
    app.mailed_token("Ann@Example.com", "Your visits").await;
}

/// One business that writes an address into many visits hides none of the others'; nor do the many that
/// are to come hide the next one.
#[tokio::test]
async fn the_next_visit_is_seen_before_hundreds_of_others() {
    let app = TestApp::start().await;
    let (first, second) = (app.spa().await, app.spa().await);
    visit(&first, "10:00", "ann@example.com").await;
    let many = visit(&second, "12:00", "ann@example.com").await;
    let id = Id::<Appointment>::parse_or_nothing(many["id"].as_str().unwrap()).uuid();
    let copies = format!(
        "create temp table copies as select a.* from appointments a, generate_series(1, 200) where id = '{id}';
         update copies set id = gen_random_uuid(), link_hash = null;
         update copies set starts_at = starts_at + place.n * interval '1 hour',
                           ends_at = ends_at + place.n * interval '1 hour'
         from (select id, row_number() over () as n from copies) place where place.id = copies.id;
         insert into appointments select * from copies"
    );
    app.database.run(&copies).await;
    let cookie = proved(&app, "ann@example.com").await;
    let seen = visits(&app, &cookie).await.expect(200);
    let coming = seen["coming"].as_array().unwrap();
    let of =
        |spa: &Spa| coming.iter().filter(|one| one["shop"] == spa.business.slug.as_str()).count();
    assert_eq!((of(&first), of(&second)), (1, 40));
    assert_eq!(coming[0]["starts_at"], "2026-03-09T14:00:00+00:00");
}

/// A key that is gone takes the link along, not the list.
#[tokio::test]
async fn a_link_that_cannot_be_opened_is_none() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    visit(&spa, "10:00", "ann@example.com").await;
    visit(&spa, "11:00", "ann@example.com").await;
    let spoil = "update appointments set link_sealed = 'nonsense' where starts_at = (
                     select min(starts_at) from appointments)";
    app.database.run(spoil).await;
    let cookie = proved(&app, "ann@example.com").await;
    let seen = visits(&app, &cookie).await.expect(200);
    assert_eq!(seen["coming"][0]["token"], Value::Null);
    assert!(seen["coming"][1]["token"].is_string(), "{seen}");
}

#[tokio::test]
async fn a_link_is_good_for_twenty_minutes_and_from_our_own_pages() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    visit(&spa, "10:00", "ann@example.com").await;
    let wanted = json!({ "email": "ann@example.com" });
    app.browser().post("/v1/regulars/link", &wanted).await.expect(202);
    let token = app.mailed_token("ann@example.com", "Your visits").await;
    let sent = json!({ "token": token });
    let redeem = || app.browser().post("/v1/regulars/link/redeem", &sent);
    // Nobody is made somebody else by a page of another's.
    redeem().header("origin", "https://elsewhere.example").await.problem(403, "wrong_origin");
    // Looking at it uses nothing up.
    app.browser().get("/v1/regulars/link/redeem").await.problem(405, "method_not_allowed");
    let stored = "select count(*) from regular_passes where octet_length(token_hash) = 32";
    assert_eq!(app.database.count(stored).await, 1);
    app.clock.advance(Duration::minutes(20));
    redeem().await.problem(401, "link_invalid");
}

#[tokio::test]
async fn known_or_not_an_address_is_answered_alike_and_not_flooded() {
    let app = TestApp::with(&[("limits.mail_links_per_account_per_hour", "2")]).await;
    let spa = app.spa().await;
    visit(&spa, "10:00", "ann@example.com").await;
    let mut answers = Vec::new();
    for email in ["ann@example.com", "nobody@example.com"] {
        let wanted = json!({ "email": email });
        let ask = || app.browser().post("/v1/regulars/link", &wanted);
        let said = [ask().await, ask().await].map(|answer| (answer.status, answer.text()));
        ask().await.problem(429, "rate_limited");
        answers.push(said);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0][0].0, 202);
}

#[tokio::test]
async fn whom_nobody_knows_gets_no_mail() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    visit(&spa, "10:00", "ann@example.com").await;
    let wanted = json!({ "email": "nobody@example.com" });
    app.browser().post("/v1/regulars/link", &wanted).await.expect(202);
    eventually("it was looked at", async || {
        let done = "select count(*) from jobs
                    where kind = 'regulars.send_link' and state = 'done'";
        (app.database.count(done).await == 1).then_some(())
    })
    .await;
    assert_eq!(app.database.count("select count(*) from regular_passes").await, 0);
    // A record that was erased is nobody's.
    let customers = spa.owner.get("/v1/customers?q=ann").await.expect(200);
    let ann = &customers["items"][0];
    let path = format!("/v1/customers/{}/erase", ann["id"].as_str().unwrap());
    let answer = spa.owner.post(&path, &json!({ "version": ann["version"] })).await;
    assert!(answer.status < 300, "{answer}");
    let cookie = format!("{PASS}={}", app.regular("device", "ann@example.com").await);
    let seen = visits(&app, &cookie).await.expect(200);
    assert_eq!((&seen["coming"], &seen["past"]), (&json!([]), &json!([])));
    // Her address itself goes with the next sweep; that of somebody else stays.
    visit(&spa, "11:00", "bob@example.com").await;
    let bob = format!("{PASS}={}", app.regular("device", "Bob@example.com").await);
    regulars::sweep(&app.app().db).await.unwrap();
    visits(&app, &cookie).await.problem(401, "no_pass");
    visits(&app, &bob).await.expect(200);
}
