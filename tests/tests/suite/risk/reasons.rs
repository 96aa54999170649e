//! What counts, over the API.

use chrono::Duration;
use openchair_tests::cards::Counter;
use openchair_tests::spa::at;
use openchair_tests::{TestApp, eventually};
use serde_json::{Value, json};

use super::{ANN, Guest, at_the_desk, booked, deed, desk, kept, missed, risk, rule, waxing};

#[tokio::test]
async fn visits_that_staff_book_are_not_weighed() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = at_the_desk(&spa, at(5, "10:00")).await;
    assert_eq!(visit["risk"], Value::Null);
    let path = format!("/v1/appointments/{}", visit["id"].as_str().unwrap());
    assert_eq!(spa.owner.get(&path).await.expect(200)["risk"], Value::Null);
    let weighed = "select count(*) from appointments where risk_points is not null";
    assert_eq!(app.database.count(weighed).await, 0);
    let new = waxing(&spa, ANN, at(5, "12:00")).await;
    assert_eq!(risk(&spa, &new).await, "10: first_visit");
    assert_eq!(app.database.count(weighed).await, 1);
}

/// No-shows weigh less the more visits were kept, and those of last year nothing.
#[tokio::test]
async fn no_shows_are_weighed_against_visits_that_were_kept() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    missed(&spa, at(5, "09:00")).await;
    let first = waxing(&spa, ANN, at(6, "10:00")).await;
    assert_eq!(risk(&spa, &first).await, "40: no_shows, first_visit");
    kept(&spa, at(5, "11:00")).await;
    let second = waxing(&spa, ANN, at(6, "11:00")).await;
    assert_eq!(risk(&spa, &second).await, "21: no_shows, kept_visits");
    // It stays as it was when it was booked, whatever happens since.
    missed(&spa, at(5, "13:00")).await;
    assert_eq!(risk(&spa, &first).await, "40: no_shows, first_visit");
    // Somebody else has nothing to do with it.
    let other = waxing(&spa, Guest::new("Bob", "bob@example.com"), at(6, "12:00")).await;
    assert_eq!(risk(&spa, &other).await, "10: first_visit");
    let old = "update appointments set starts_at = starts_at - interval '13 months',
                                       ends_at = ends_at - interval '13 months'
               where status in ('no_show', 'completed')";
    app.database.run(old).await;
    app.clock.advance(Duration::days(3));
    let third = waxing(&spa, ANN, at(20, "10:00")).await;
    assert_eq!(risk(&spa, &third).await, "0: ");
}

#[tokio::test]
async fn what_was_called_off_late() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let fees = json!({ "late_cancel_fee_percent": 50, "cancel_notice_minutes": 20_000 });
    rule(&spa, fees).await;
    let visit = at_the_desk(&spa, at(5, "10:00")).await;
    deed(&spa, &visit, "cancel", json!({ "with_fee": false })).await;
    let waived = waxing(&spa, ANN, at(6, "10:00")).await;
    assert_eq!(risk(&spa, &waived).await, "10: first_visit");
    // By themselves, through the link.
    let link = waived["link"].as_str().unwrap();
    spa.guest.post(&format!("/v1/b/{link}/cancel"), &json!({})).await.expect(200);
    let next = waxing(&spa, ANN, at(6, "11:00")).await;
    assert_eq!(risk(&spa, &next).await, "20: late_cancellations, first_visit");
}

/// What staff left unanswered is nobody's fault; what wasn't paid is.
#[tokio::test]
async fn deposits_that_lapse() {
    let counter = Counter::open().await;
    let spa = &counter.spa;
    let unpaid = counter.booked(4, "10:00", "ann").await;
    counter.app.clock.advance(Duration::minutes(31));
    eventually("nobody paid", async || (counter.status(&unpaid).await == "expired").then_some(()))
        .await;
    let ann = Guest::new("ann", "ann@example.com");
    let next = waxing(spa, ann, at(5, "10:00")).await;
    assert_eq!(risk(spa, &next).await, "25: lapsed_deposits, first_visit");

    rule(spa, json!({ "needs_approval": true })).await;
    let bob = Guest::new("Bob", "bob@example.com");
    let asked = waxing(spa, bob, at(4, "12:00")).await;
    assert_eq!(asked["visit"]["status"], "pending_approval");
    counter.app.clock.advance(Duration::days(3));
    eventually("nobody answered", async || {
        (counter.status(&asked).await == "expired").then_some(())
    })
    .await;
    let next = waxing(spa, bob, at(12, "10:00")).await;
    assert_eq!(risk(spa, &next).await, "10: first_visit");
}

#[tokio::test]
async fn who_they_say_they_are() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let (own, other) = ("+1 415 555 0132", "+1 415 555 0199");
    let cases = [
        (ANN.called(own), "10: first_visit"),
        (ANN.called(own), "10: first_visit"),
        (ANN.called(other), "35: other_phone, first_visit, many_at_once"),
        (
            Guest { name: "Bob Other", ..ANN }.called(own),
            "45: many_at_once, other_name, first_visit",
        ),
        (Guest::new("Cy", "cy@eu.mailinator.com"), "40: throwaway_mail, first_visit"),
        (
            Guest::new("Dee", "dee@example.com").called("+49 30 901820"),
            "20: first_visit, foreign_phone",
        ),
        (Guest::new("Eli", "eli@example.com").called("+1 416 555 0188"), "10: first_visit"),
    ];
    for (hour, (guest, expected)) in (9..).zip(cases) {
        let visit = waxing(&spa, guest, at(5, &format!("{hour:02}:00"))).await;
        assert_eq!(risk(&spa, &visit).await, expected, "{guest:?}");
    }
}

/// Bookings of one day count, and those that are still to come; a series is one of them.
#[tokio::test]
async fn many_bookings() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let first = waxing(&spa, ANN, at(10, "09:00")).await;
    let series = format!("/v1/b/{}/series", first["link"].as_str().unwrap());
    let weekly = json!({ "every": "week", "step": 1, "count": 3 });
    spa.guest.post(&series, &weekly).await.expect(201);
    let mut seen = Vec::new();
    for hour in 10..14 {
        let visit = waxing(&spa, ANN, at(10, &format!("{hour}:00"))).await;
        seen.push(risk(&spa, &visit).await);
    }
    assert_eq!(
        seen,
        [
            "10: first_visit",
            "20: first_visit, many_at_once",
            "30: many_at_once, first_visit",
            "50: many_at_once, first_visit, many_to_come",
        ]
    );
    app.clock.advance(Duration::hours(25));
    let later = waxing(&spa, ANN, at(10, "15:00")).await;
    assert_eq!(risk(&spa, &later).await, "25: many_to_come, first_visit");
}

/// Today counts for what is long or dear, and for nothing else.
#[tokio::test]
async fn short_notice() {
    let app = TestApp::start().await;
    let mut spa = app.spa().await;
    let dear = json!({ "needs_room": false, "max_customers": 2 });
    spa.service("Gold", 30, 180_000, &dear).await;
    spa.person("Gil", &["Gold", "Wax"], &[1, 2, 3, 4, 5, 6, 7], None).await;
    let guest = |name| Guest::new(name, "someone@example.com");
    let short = spa.wanted(&["Wax"], 1, &["Gil"]);
    let visit = booked(&spa, short, guest("Ann"), at(2, "15:00")).await;
    assert_eq!(risk(&spa, &visit).await, "10: first_visit");
    let gold = || spa.wanted(&["Gold"], 1, &[]);
    let visit = booked(&spa, gold(), guest("Ann"), at(2, "16:00")).await;
    assert_eq!(risk(&spa, &visit).await, "20: first_visit, short_notice");
    let visit = booked(&spa, gold(), Guest::new("Bob", "bob@example.com"), at(3, "16:00")).await;
    assert_eq!(risk(&spa, &visit).await, "10: first_visit");
    let long = spa.wanted(&["Facial", "Massage"], 1, &["Eve"]);
    let visit = booked(&spa, long, Guest::new("Cy", "cy@example.com"), at(2, "10:00")).await;
    assert_eq!(risk(&spa, &visit).await, "20: first_visit, short_notice");
}

/// What records have in common that became one counts together; what is erased is gone.
#[tokio::test]
async fn merged_and_erased() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    missed(&spa, at(5, "09:00")).await;
    let anita = Guest::new("Anita", "anita@example.com");
    let visit = waxing(&spa, anita, at(5, "10:00")).await;
    assert_eq!(risk(&spa, &visit).await, "10: first_visit");
    let anita_is = desk(&spa, &visit).await["customer"]["id"].as_str().unwrap().to_owned();
    let listed = spa.owner.get("/v1/customers").await.expect(200);
    let items = listed["items"].as_array().unwrap();
    let ann = items.iter().find(|one| one["name"] == "Ann Other").unwrap();
    let body = json!({ "other_id": anita_is, "other_version": 1 });
    let path = format!("/v1/customers/{}", ann["id"].as_str().unwrap());
    let merge = spa.owner.post(&format!("{path}/merge"), &body);
    let merged = merge.header("if-match", &format!("\"{}\"", ann["version"])).await.expect(200);
    let visit = waxing(&spa, anita, at(5, "11:00")).await;
    assert_eq!(risk(&spa, &visit).await, "40: no_shows, first_visit", "{merged}");
    let weighed = "select count(*) from appointments where risk_points is not null";
    assert_eq!(app.database.count(weighed).await, 2);
    let version = spa.owner.get(&path).await.version();
    let erase = json!({ "version": version });
    spa.owner.post(&format!("{path}/erase"), &erase).await.expect(204);
    assert_eq!(app.database.count(weighed).await, 0);
}
