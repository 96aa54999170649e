//! The spa's rules, all of them data: which room, which hands.

use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at};
use serde_json::json;

#[tokio::test]
async fn two_scrubs_at_once_are_refused() {
    let app = TestApp::start().await;
    let mut spa = app.spa().await;
    spa.person("Ena", &["Scrub"], &[1, 2, 3, 4, 5, 6, 7], None).await;
    let first = spa.book(spa.wanted(&["Scrub"], 1, &[]), at(4, "10:00")).await.expect(201);
    assert_eq!(Spa::hands(&first)[0].1, "Room 3");
    let second = spa.book(spa.wanted(&["Scrub"], 1, &[]), at(4, "10:00")).await;
    let problem = second.problem(409, "slot_taken");
    assert_eq!(problem["particulars"]["reasons"], json!(["room_busy"]), "{problem}");
    let near = problem["particulars"]["alternatives"].as_array().unwrap();
    assert!(near.iter().any(|slot| slot["start"] == "2026-03-04T15:30:00Z"), "{problem}");
    assert!(near.iter().all(|slot| slot["start"] != "2026-03-04T15:00:00Z"), "{problem}");
}

#[tokio::test]
async fn couples_get_room_3_then_room_2_then_nothing() {
    let app = TestApp::start().await;
    let mut spa = app.spa().await;
    for name in ["Gus", "Hal", "Ina", "Jo"] {
        spa.person(name, &["Massage"], &[1, 2, 3, 4, 5, 6, 7], Some("Room 1")).await;
    }
    let wanted = || spa.wanted(&["Massage"], 2, &[]);
    let mut rooms = Vec::new();
    for _ in 0..2 {
        let visit = spa.book(wanted(), at(4, "12:00")).await.expect(201);
        let hands = Spa::hands(&visit);
        assert_eq!(hands.len(), 2, "{visit}");
        assert_ne!(hands[0].0, hands[1].0, "two people, four hands: {visit}");
        assert_eq!(hands[0].1, hands[1].1, "{visit}");
        assert_eq!(visit["price_minor"], 20_000, "{visit}");
        rooms.push(hands[0].1.clone());
    }
    assert_eq!(rooms, ["Room 3", "Room 2"]);
    let none = spa.book(wanted(), at(4, "12:00")).await.problem(409, "slot_taken");
    let reasons = none["particulars"]["reasons"].as_array().unwrap();
    assert!(reasons.contains(&json!("room_busy")), "{none}");
    // One customer still finds a room, their therapist's own.
    let single = spa.book(spa.wanted(&["Massage"], 1, &[]), at(4, "12:00")).await.expect(201);
    assert_eq!(Spa::hands(&single)[0].1, "Room 1");
}

#[tokio::test]
async fn a_single_facial_goes_to_the_therapists_own_room() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    for (who, room) in [("Fay", "Room 1"), ("Eve", "Room 2"), ("Wanda", "Room 3")] {
        let visit = spa.book(spa.wanted(&["Facial"], 1, &[who]), at(4, "10:00")).await.expect(201);
        // Wanda has none of her own: the first that is free.
        assert_eq!(Spa::hands(&visit), [(who.to_owned(), room.to_owned())]);
    }
    let none = spa.book(spa.wanted(&["Facial"], 1, &[]), at(4, "10:30")).await;
    none.problem(409, "slot_taken");
}

#[tokio::test]
async fn who_works_on_sundays_only_is_never_offered_on_a_monday() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let query = format!("services={}&staff={}", spa.id("Massage"), spa.id("Max"));
    let offered = spa.offered(&query, 2, 16).await;
    assert!(!offered.is_empty());
    // The 8th and the 15th are Sundays.
    assert!(offered.iter().all(|t| t.starts_with("2026-03-08") || t.starts_with("2026-03-15")));
    let refused = spa.book(spa.wanted(&["Massage"], 1, &["Max"]), at(9, "10:00")).await;
    let problem = refused.problem(409, "not_possible");
    assert_eq!(problem["particulars"]["reasons"], json!(["staff_off"]));
}

#[tokio::test]
async fn a_package_takes_its_parts_one_after_the_other() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let parts = [spa.id("Scrub"), spa.id("Massage"), spa.id("Facial")];
    let package = json!({ "category_id": spa.id("category"), "name": "Lagoon day",
                          "mode": "sequence", "price_minor": 20_000, "service_ids": parts });
    let package = spa.owner.post("/v1/packages", &package).await.expect(201);
    let wanted = |staff: &[&str]| {
        let staff: Vec<_> = staff.iter().map(|name| spa.id(name)).collect();
        json!({ "package": package["id"], "staff": staff })
    };
    let visit = spa.book(wanted(&[]), at(4, "10:00")).await.expect(201);
    assert_eq!(visit["title"], "Lagoon day");
    assert_eq!(visit["price_minor"], 20_000);
    let lines = visit["lines"].as_array().unwrap();
    let spans: Vec<_> = lines.iter().map(|line| (&line["starts_at"], &line["ends_at"])).collect();
    assert_eq!(
        spans,
        [
            (&json!("2026-03-04T15:00:00+00:00"), &json!("2026-03-04T15:30:00+00:00")),
            (&json!("2026-03-04T15:30:00+00:00"), &json!("2026-03-04T16:30:00+00:00")),
            (&json!("2026-03-04T16:30:00+00:00"), &json!("2026-03-04T17:30:00+00:00")),
        ]
    );
    let prices: i64 = lines.iter().map(|line| line["price_minor"].as_i64().unwrap()).sum();
    assert_eq!(prices, 20_000, "{visit}");
    // One of the staff can do it all; where they can't, several do.
    assert!(Spa::hands(&visit).iter().all(|(who, _)| who == "Eve"), "{visit}");
    let second = spa.book(wanted(&[]), at(4, "10:00")).await;
    second.problem(409, "slot_taken");
    let blocked = spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(5, "11:30")).await.expect(201);
    assert_eq!(Spa::hands(&blocked)[0].0, "Eve");
    let friday = spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(6, "11:30")).await;
    friday.expect(201);
    let several = spa.book(wanted(&[]), at(6, "10:00")).await.expect(201);
    let who: Vec<_> = Spa::hands(&several).into_iter().map(|(who, _)| who).collect();
    assert_eq!(who[..2], ["Eve", "Eve"], "{several}");
    assert_ne!(who[2], "Eve", "{several}");
}
