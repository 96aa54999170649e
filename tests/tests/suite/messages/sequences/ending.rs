use openchair_tests::TestApp;
use openchair_tests::spa::at;
use serde_json::{Value, json};

use super::{
    books, composed, guests, id, it_is, path, run_of, said, stands, step, step_is, thanks, who,
};

async fn stop(spa: &openchair_tests::spa::Spa, sequence: &Value, name: &str) -> Value {
    let run = run_of(spa, sequence, name).await;
    let path = format!("/v1/sequences/{}/runs/{}/stop", id(sequence), id(&run));
    let stopped = spa.owner.post_empty(&path).await.expect(200);
    spa.owner.post_empty(&path).await.problem(409, "run_over");
    stopped
}

async fn opt_out(spa: &openchair_tests::spa::Spa, name: &str) {
    let address = format!("{}@example.com", name.to_lowercase());
    let new = json!({ "channel": "email", "address": address });
    spa.owner.post("/v1/message-opt-outs", &new).await.expect(201);
}

#[tokio::test]
async fn it_ends_for_who_books_or_wants_no_more() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let sequence = composed(&spa, &thanks()).await;
    let names = ["Ann", "Bob", "Cid", "Dee", "Eli", "Fay", "Gus"];
    let visits = guests(&app, &spa, &names).await;
    it_is(&app, at(3, "17:05")).await;
    for name in names {
        assert_eq!(said(&spa, name).await, [step_is(1, "sent", "")], "{name}");
    }
    app.clock.set(at(4, "09:00"));
    // Ann books. Bob wants no more. Cid agrees no longer. The team takes Dee out. Eli is forgotten.
    // Fay books and calls it off. Gus does nothing.
    books(&spa, "Ann", false, at(10, "10:00")).await;
    opt_out(&spa, "Bob").await;
    let cid = format!("/v1/customers/{}/consents", id(&visits[2]["customer"]));
    let no = json!({ "purpose": "marketing_email", "granted": false });
    spa.owner.post(&cid, &no).await.expect(201);
    assert_eq!(stop(&spa, &sequence, "Dee").await["stop_reason"], "staff");
    let erase = format!("/v1/customers/{}/erase", id(&visits[4]["customer"]));
    let version = spa.owner.get(erase.trim_end_matches("/erase")).await.version();
    spa.owner.post(&erase, &json!({ "version": version })).await.expect(204);
    let off = books(&spa, "Fay", false, at(10, "12:00")).await;
    spa.owner.post(&path(&off, "cancel"), &json!({ "version": 1 })).await.expect(200);
    it_is(&app, at(5, "17:05")).await;
    let expected = [
        stands("Ann", "stopped", "booked", 1),
        stands("Bob", "stopped", "opted_out", 1),
        stands("Cid", "stopped", "no_consent", 1),
        stands("Dee", "stopped", "staff", 1),
        stands("Erased customer", "stopped", "erased", 1),
        stands("Fay", "done", "", 2),
        stands("Gus", "done", "", 2),
    ];
    assert_eq!(who(&spa, &sequence).await, expected);
    for name in ["Ann", "Bob", "Cid", "Dee"] {
        assert_eq!(said(&spa, name).await.len(), 1, "{name}");
    }
    let runs = format!("/v1/sequences/{}/runs", id(&sequence));
    let stopped = spa.owner.get(&format!("{runs}?state=stopped&limit=3")).await.expect(200);
    assert_eq!(stopped["items"].as_array().unwrap().len(), 3);
    let next = stopped["next_cursor"].as_str().unwrap();
    let rest = spa.owner.get(&format!("{runs}?state=stopped&limit=3&cursor={next}")).await;
    assert_eq!(rest.expect(200)["items"].as_array().unwrap().len(), 2);
    let noted = spa.owner.get("/v1/audit?action=sequence.run_stopped").await.expect(200);
    assert_eq!(noted["items"].as_array().unwrap().len(), 1);
    assert!(!noted.to_string().contains("Dee"), "{noted}");
}

#[tokio::test]
async fn who_books_at_the_desk_before_the_visit_is_over_has_booked() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let sequence = composed(&spa, &thanks()).await;
    guests(&app, &spa, &["Ann"]).await;
    // At half past ten, in the chair.
    books(&spa, "Ann", false, at(10, "10:00")).await;
    it_is(&app, at(3, "11:05")).await;
    assert_eq!(who(&spa, &sequence).await, [stands("Ann", "stopped", "booked", 0)]);
    assert_eq!(said(&spa, "Ann").await, []);
}

#[tokio::test]
async fn turned_off_it_ends_for_all_who_are_in_it() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let sequence = composed(&spa, &thanks()).await;
    let path = format!("/v1/sequences/{}", id(&sequence));
    guests(&app, &spa, &["Ann", "Bob"]).await;
    it_is(&app, at(3, "12:05")).await;
    spa.owner.patch(&path, 1, &json!({ "on": false })).await.expect(200);
    let off = |name| stands(name, "stopped", "turned_off", 1);
    assert_eq!(who(&spa, &sequence).await, [off("Ann"), off("Bob")]);
    // On again, it begins with who comes then: not with those, nor with who came meanwhile.
    let visit = books(&spa, "Cid", true, at(3, "15:00")).await;
    app.clock.set(at(3, "15:30"));
    super::came(&spa, &visit).await;
    app.clock.set(at(3, "16:30"));
    spa.owner.patch(&path, 2, &json!({ "on": true })).await.expect(200);
    it_is(&app, at(5, "17:00")).await;
    assert_eq!(who(&spa, &sequence).await, [off("Ann"), off("Bob")]);
}

#[tokio::test]
async fn what_is_written_and_not_sent_yet_is_looked_at_once_more() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let quiet = json!({ "quiet": { "from": "18:00", "to": "09:00" } });
    spa.owner.patch("/v1/message-settings", 1, &quiet).await.expect(200);
    let mut late = thanks();
    late["steps"] = json!([step(480, "Good morning, {{ name }}")]);
    let sequence = composed(&spa, &late).await;
    let mut other = late.clone();
    (other["name"], other["service_ids"]) = (json!("Other"), json!([spa.id("Massage")]));
    let other = composed(&spa, &other).await;
    guests(&app, &spa, &["Ann", "Bob", "Cid", "Dee"]).await;
    // At ten, at night: all of it waits for the morning.
    it_is(&app, at(3, "22:00")).await;
    for name in ["Ann", "Bob", "Cid", "Dee"] {
        assert_eq!(said(&spa, name).await, [step_is(1, "queued", "")], "{name}");
    }
    assert_eq!(who(&spa, &other).await, [], "nobody had a massage");
    books(&spa, "Ann", false, at(10, "10:00")).await;
    opt_out(&spa, "Bob").await;
    it_is(&app, at(4, "09:00")).await;
    assert_eq!(said(&spa, "Ann").await, [step_is(1, "dropped", "booked")]);
    assert_eq!(said(&spa, "Bob").await, [step_is(1, "dropped", "opted_out")]);
    assert_eq!(said(&spa, "Cid").await, [step_is(1, "sent", "")]);
    // The same when it is turned off meanwhile.
    let visit = books(&spa, "Eli", true, at(4, "11:00")).await;
    app.clock.set(at(4, "11:30"));
    super::came(&spa, &visit).await;
    it_is(&app, at(4, "22:00")).await;
    assert_eq!(said(&spa, "Eli").await, [step_is(1, "queued", "")]);
    let path = format!("/v1/sequences/{}", id(&sequence));
    spa.owner.patch(&path, 1, &json!({ "on": false })).await.expect(200);
    it_is(&app, at(5, "09:00")).await;
    assert_eq!(said(&spa, "Eli").await, [step_is(1, "dropped", "halted")]);
}

#[tokio::test]
async fn two_records_that_are_in_it_become_one_that_is() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let sequence = composed(&spa, &thanks()).await;
    let visits = guests(&app, &spa, &["Ann", "Anna"]).await;
    it_is(&app, at(3, "12:05")).await;
    let of = |place: usize| format!("/v1/customers/{}", id(&visits[place]["customer"]));
    let versions = (spa.owner.get(&of(0)).await.version(), spa.owner.get(&of(1)).await.version());
    let merge = json!({ "other_id": id(&visits[1]["customer"]), "other_version": versions.1 });
    let merge = spa.owner.post(&format!("{}/merge", of(0)), &merge);
    merge.header("if-match", &format!("\"{}\"", versions.0)).await.expect(200);
    it_is(&app, at(5, "12:05")).await;
    let expected = [stands("Ann", "done", "", 2), stands("Ann", "stopped", "merged", 1)];
    assert_eq!(who(&spa, &sequence).await, expected);
}
