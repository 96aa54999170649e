use openchair_tests::TestApp;
use openchair_tests::spa::at;
use serde_json::{Value, json};

use super::{
    books, came, composed, guests, id, it_is, path, said, settled, stands, step, thanks, who,
};

fn of(trigger: &str, more: &Value) -> Value {
    let mut sequence = json!({ "name": trigger, "trigger": trigger, "on": true,
                               "steps": [step(0, trigger), step(1_440, "More")] });
    for (key, value) in more.as_object().into_iter().flatten() {
        sequence[key] = value.clone();
    }
    sequence
}

#[tokio::test]
async fn each_trigger_takes_in_whom_it_is_about() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    // Ann was here before any of it was on, and has a past.
    let past = books(&spa, "Ann", true, at(3, "09:00")).await;
    app.clock.set(at(3, "09:30"));
    came(&spa, &past).await;
    app.clock.set(at(3, "10:15"));
    let visited = composed(&spa, &of("visit_completed", &json!({}))).await;
    let first = composed(&spa, &of("first_visit_completed", &json!({}))).await;
    let missed = composed(&spa, &of("no_show", &json!({}))).await;
    let new = composed(&spa, &of("customer_created", &json!({}))).await;
    let gone = composed(&spa, &of("not_seen", &json!({ "days": 2 }))).await;
    let massage = json!({ "service_ids": [spa.id("Massage")] });
    let massaged = composed(&spa, &of("visit_completed", &massage)).await;
    let again = books(&spa, "Ann", false, at(3, "11:00")).await;
    let bob = books(&spa, "Bob", true, at(3, "12:00")).await;
    let cid = books(&spa, "Cid", true, at(3, "13:00")).await;
    books(&spa, "Dee", false, at(3, "14:00")).await;
    app.clock.set(at(3, "12:30"));
    came(&spa, &again).await;
    came(&spa, &bob).await;
    app.clock.set(at(3, "13:30"));
    spa.owner.post(&path(&cid, "no-show"), &json!({ "version": 1 })).await.expect(200);
    it_is(&app, at(3, "14:05")).await;
    let names = async |sequence: &Value| -> Vec<String> {
        who(&spa, sequence).await.into_iter().map(|(name, ..)| name).collect()
    };
    assert_eq!(names(&visited).await, ["Ann", "Bob"]);
    assert_eq!(names(&first).await, ["Bob"]);
    assert_eq!(names(&missed).await, ["Cid"]);
    // Ann was there before; Dee never agreed to offers.
    assert_eq!(names(&new).await, ["Bob", "Cid"]);
    assert_eq!(names(&massaged).await, [] as [&str; 0]);
    assert_eq!(names(&gone).await, [] as [&str; 0]);
    // Bob will have been away for two days; so will Ann, who has booked.
    books(&spa, "Ann", false, at(10, "12:00")).await;
    it_is(&app, at(5, "12:59")).await;
    assert_eq!(names(&gone).await, [] as [&str; 0]);
    it_is(&app, at(5, "13:01")).await;
    assert_eq!(names(&gone).await, ["Bob"]);
}

#[tokio::test]
async fn what_was_before_it_was_on_takes_nobody_in() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    guests(&app, &spa, &["Ann", "Bob"]).await;
    app.clock.set(at(3, "11:30"));
    // Ann's visit is over, Bob's isn't.
    let sequence = composed(&spa, &thanks()).await;
    let mut off = thanks();
    off["on"] = json!(false);
    let off = composed(&spa, &off).await;
    it_is(&app, at(3, "13:00")).await;
    assert_eq!(who(&spa, &sequence).await, [stands("Bob", "running", "", 1)]);
    assert_eq!(who(&spa, &off).await, []);
}

#[tokio::test]
async fn nobody_is_taken_in_again_before_they_had_a_rest() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let sequence = composed(&spa, &thanks()).await;
    guests(&app, &spa, &["Ann"]).await;
    it_is(&app, at(3, "12:00")).await;
    it_is(&app, at(5, "12:00")).await;
    let again = async |day: u32| {
        app.clock.set(at(day, "09:00"));
        let visit = books(&spa, "Ann", false, at(day, "11:00")).await;
        app.clock.set(at(day, "11:30"));
        came(&spa, &visit).await;
        it_is(&app, at(day, "12:30")).await;
    };
    again(6).await;
    assert_eq!(who(&spa, &sequence).await, [stands("Ann", "done", "", 2)]);
    // As if it had been in another year.
    app.database
        .run("update sequence_runs set started_at = started_at - interval '181 days'")
        .await;
    again(9).await;
    let both = [stands("Ann", "done", "", 2), stands("Ann", "running", "", 1)];
    assert_eq!(who(&spa, &sequence).await, both);
    let path = format!("/v1/sequences/{}", id(&sequence));
    assert_eq!(spa.owner.get(&path).await.expect(200)["rest_days"], 180);
}

#[tokio::test]
async fn after_a_week_without_workers_nobody_is_missing() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    it_is(&app, at(3, "08:00")).await;
    let sequence = composed(&spa, &thanks()).await;
    guests(&app, &spa, &["Ann"]).await;
    // How far was looked stands still for a week.
    let swept = format!("update message_sweeps set swept_at = '{}'", at(3, "08:00"));
    app.database.run(&swept).await;
    it_is(&app, at(10, "12:00")).await;
    settled(&app).await;
    assert_eq!(who(&spa, &sequence).await, [stands("Ann", "running", "", 1)]);
    assert_eq!(said(&spa, "Ann").await.len(), 1, "one after the other, as far apart as ever");
}
