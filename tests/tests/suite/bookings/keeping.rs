//! Who does what stays when a visit moves, and what was sold stays what it is.

use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at, shown};
use serde_json::{Value, json};

/// The names of who serves, line by line.
fn who(visit: &Value) -> Vec<String> {
    Spa::hands(visit).into_iter().map(|(who, _)| who).collect()
}

fn minutes(visit: &Value) -> Vec<i64> {
    let lines = visit["lines"].as_array().unwrap().iter();
    let at = |line: &Value, key: &str| -> chrono::DateTime<chrono::Utc> {
        line[key].as_str().unwrap().parse().unwrap()
    };
    lines.map(|line| (at(line, "ends_at") - at(line, "starts_at")).num_minutes()).collect()
}

async fn moved(spa: &Spa, visit: &Value, start: chrono::DateTime<chrono::Utc>) -> Value {
    let path = format!("/v1/appointments/{}/move", visit["id"].as_str().unwrap());
    let to = json!({ "version": visit["version"], "start": start });
    spa.owner.post(&path, &to).await.expect(200)
}

/// A visit of a customer's own, as the guest sees it, and its link.
async fn own(spa: &Spa, wanted: Value, start: chrono::DateTime<chrono::Utc>) -> (Value, String) {
    let hold = spa.hold(wanted, start, "somebody's device").await.expect(201);
    let booked = spa.take_up(&hold, "Ann", "ann@example.com").await.expect(201);
    (booked["visit"].clone(), format!("/v1/b/{}", booked["link"].as_str().unwrap()))
}

async fn own_move(spa: &Spa, link: &str, start: chrono::DateTime<chrono::Utc>) -> (Value, String) {
    let day = start.format("%Y-%m-%d");
    let free = spa.guest.get(&format!("{link}/slots?from={day}&to={day}")).await.expect(200);
    let slots = free["slots"].as_array().unwrap();
    assert!(slots.iter().any(|slot| slot["start"] == shown(start)), "{start}: {free}");
    let moved = spa.guest.post(&format!("{link}/move"), &json!({ "start": start })).await;
    let moved = moved.expect(200);
    (moved["visit"].clone(), format!("/v1/b/{}", moved["link"].as_str().unwrap()))
}

/// The massage by Gus and Hal, then the facial by Gus and Ina.
async fn two_after_each_other(spa: &mut Spa) -> Value {
    let all = [1, 2, 3, 4, 5, 6, 7];
    spa.person("Gus", &["Facial", "Massage"], &all, None).await;
    spa.person("Hal", &["Massage"], &all, None).await;
    spa.person("Ina", &["Facial"], &all, None).await;
    json!({ "party": 2, "services": [
        { "service": spa.id("Massage"), "staff": spa.id("Gus"), "second_staff": spa.id("Hal") },
        { "service": spa.id("Facial"), "staff": spa.id("Gus"), "second_staff": spa.id("Ina") },
    ]})
}

#[tokio::test]
async fn each_of_two_keeps_their_own_hands_in_every_step() {
    let app = TestApp::start().await;
    let mut spa = app.spa().await;
    let wanted = two_after_each_other(&mut spa).await;
    let hands = ["Gus", "Hal", "Gus", "Ina"];
    let visit = spa.book(wanted.clone(), at(4, "10:00")).await.expect(201);
    assert_eq!(who(&visit), hands);
    assert_eq!(who(&moved(&spa, &visit, at(4, "13:00")).await), hands);

    // The customer, who asked for them.
    let (visit, link) = own(&spa, wanted.clone(), at(5, "10:00")).await;
    assert_eq!(who(&visit), hands);
    let (visit, link) = own_move(&spa, &link, at(5, "12:00")).await;
    assert_eq!(who(&visit), hands);
    let again = spa.guest.get(&format!("{link}/again")).await.expect(200);
    assert_eq!(again["offered"], true, "{again}");
    let id = |name: &str| spa.id(name).to_owned();
    let one = |service: &str, second: &str| format!("{}@{}@{}", id(service), id("Gus"), id(second));
    let query = format!("{},{}", one("Massage", "Hal"), one("Facial", "Ina"));
    assert_eq!(again["services"], query.as_str(), "{again}");
    assert_eq!((&again["staff"], &again["party"]), (&Value::Null, &json!(2)));
    let same = spa.hold(again["wanted"].clone(), at(6, "10:00"), "another device").await;
    assert_eq!(who(&same.expect(201)), hands);

    // All of a series.
    let series = json!({ "wanted": wanted, "start": at(9, "10:00"), "every": "week", "step": 1,
                         "count": 2 });
    let series = spa.owner.post("/v1/series", &series).await.expect(201);
    let path = format!("/v1/series/{}/move", series["id"].as_str().unwrap());
    let to = json!({ "from_place": 1, "version": 1, "start": at(10, "14:00") });
    let later = spa.owner.post(&path, &to).await.expect(200);
    assert!(later["visits"].as_array().unwrap().iter().all(|visit| who(visit) == hands), "{later}");
}

#[tokio::test]
async fn whoever_was_chosen_for_a_package_keeps_it() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let parts = [spa.id("Facial"), spa.id("Wax")];
    let package = json!({ "category_id": spa.id("category"), "name": "Glow", "price_minor": 12_000,
                          "mode": "sequence", "service_ids": parts });
    let package = spa.owner.post("/v1/packages", &package).await.expect(201);
    let wanted = json!({ "package": package["id"], "staff": [spa.id("Eve")] });
    let (visit, link) = own(&spa, wanted.clone(), at(4, "10:00")).await;
    assert_eq!(who(&visit), ["Eve", "Eve"]);
    // Wanda has had less to do on that day, and would come first.
    spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(6, "16:00")).await.expect(201);
    let (visit, link) = own_move(&spa, &link, at(6, "10:00")).await;
    assert_eq!(who(&visit), ["Eve", "Eve"]);
    let again = spa.guest.get(&format!("{link}/again")).await.expect(200);
    assert_eq!(again["wanted"]["package"], package["id"]);
    assert_eq!(again["wanted"]["staff"], json!([spa.id("Eve")]));
    assert_eq!(again["staff"], spa.id("Eve"));

    // Who was never asked for may be another, and then nobody is said to have been asked for.
    let wanted = json!({ "package": package["id"] });
    let (visit, link) = own(&spa, wanted, at(6, "12:00")).await;
    assert_eq!(who(&visit), ["Wanda", "Wanda"]);
    for time in ["10:00", "11:00", "12:00", "13:00"] {
        spa.book(spa.wanted(&["Wax"], 1, &["Wanda"]), at(7, time)).await.expect(201);
    }
    let (visit, _) = own_move(&spa, &link, at(7, "14:00")).await;
    assert_eq!(who(&visit), ["Eve", "Eve"]);
    let listed = spa.owner.get("/v1/appointments?from=2026-03-07T18:30:00Z").await.expect(200);
    let line = &listed["items"][0]["lines"][0];
    assert_eq!((&line["staff_name"], &line["staff_chosen"]), (&json!("Eve"), &json!(false)));
}

#[tokio::test]
async fn what_happens_at_once_for_two_moves_with_all_four() {
    let app = TestApp::start().await;
    let mut spa = app.spa().await;
    let all = [1, 2, 3, 4, 5, 6, 7];
    spa.person("Gus", &["Massage"], &all, None).await;
    spa.person("Hal", &["Massage"], &all, None).await;
    let parts = [spa.id("Massage"), spa.id("Facial")];
    let package = json!({ "category_id": spa.id("category"), "name": "Both", "price_minor": 15_000,
                          "mode": "parallel", "service_ids": parts });
    let package = spa.owner.post("/v1/packages", &package).await.expect(201);
    // Each does what they can of it, once.
    let staff = [spa.id("Wanda"), spa.id("Hal")];
    let wanted = json!({ "package": package["id"], "party": 2, "staff": staff });
    let visit = spa.book(wanted, at(4, "10:00")).await.expect(201);
    let hands = who(&visit);
    assert_eq!((&*hands[1], &*hands[2]), ("Hal", "Wanda"), "{visit}");
    let later = moved(&spa, &visit, at(4, "15:00")).await;
    assert_eq!(who(&later), hands, "{later}");
    let chosen = |visit: &Value| -> Vec<bool> {
        let lines = visit["lines"].as_array().unwrap().iter();
        lines.map(|line| line["staff_chosen"].as_bool().unwrap()).collect()
    };
    assert_eq!((chosen(&visit), chosen(&later)), (vec![false, true, true, false], chosen(&visit)));
}

#[tokio::test]
async fn a_room_is_kept_where_it_was_chosen() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let customer = json!({ "name": "Ann Other" });
    let book = json!({ "wanted": spa.wanted(&["Facial"], 1, &["Fay"]), "start": at(4, "10:00"),
                       "room": spa.id("Room 3"), "customer": customer });
    let visit = spa.owner.post("/v1/appointments", &book).await.expect(201);
    assert_eq!(Spa::hands(&visit)[0].1, "Room 3");
    let visit = moved(&spa, &visit, at(4, "12:00")).await;
    assert_eq!(Spa::hands(&visit)[0].1, "Room 3", "not her own");
    let free = spa.book(spa.wanted(&["Scrub"], 1, &[]), at(4, "14:00")).await.expect(201);
    assert_eq!(Spa::hands(&free)[0].1, "Room 3");
    let path = format!("/v1/appointments/{}/move", visit["id"].as_str().unwrap());
    let to = json!({ "version": 2, "start": at(4, "13:30") });
    let taken = spa.owner.post(&path, &to).await.problem(409, "slot_taken");
    assert_eq!(taken["particulars"]["reasons"], json!(["room_busy"]));
    let to = json!({ "version": 2, "start": at(4, "13:30"), "room": spa.id("Room 1") });
    let visit = spa.owner.post(&path, &to).await.expect(200);
    assert_eq!(Spa::hands(&visit)[0].1, "Room 1");
}

#[tokio::test]
async fn what_was_sold_moves_whatever_the_menu_becomes() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let addon = json!({ "name": "Oil", "duration_minutes": 30, "price_minor": 1_500 });
    let oil = spa.owner.post("/v1/addons", &addon).await.expect(201);
    let oil = oil["id"].as_str().unwrap();
    let facial = format!("/v1/services/{}", spa.id("Facial"));
    let with = json!({ "addon_ids": [oil], "buffer_after_minutes": 30 });
    spa.owner.patch(&facial, 1, &with).await.expect(200);
    let parts = [spa.id("Facial"), spa.id("Wax")];
    let package = json!({ "category_id": spa.id("category"), "name": "Glow", "price_minor": 12_000,
                          "mode": "sequence", "service_ids": parts });
    let package = spa.owner.post("/v1/packages", &package).await.expect(201);
    let glow = json!({ "package": package["id"] });
    let with_oil = json!({ "services": [{ "service": spa.id("Facial"), "addons": [oil],
                                          "staff": spa.id("Fay") }] });
    let (_, packaged) = own(&spa, glow, at(4, "10:00")).await;
    let (oiled, own_oiled) = own(&spa, with_oil, at(5 + 1, "10:00")).await;
    assert_eq!((minutes(&oiled), &oiled["price_minor"]), (vec![90], &json!(10_500)));

    // The package has other parts, then is gone; the add-on is gone; Fay is in nobody's choice.
    let path = format!("/v1/packages/{}", package["id"].as_str().unwrap());
    let other = json!({ "service_ids": [spa.id("Massage")] });
    spa.owner.patch(&path, 1, &other).await.expect(200);
    let (visit, packaged) = own_move(&spa, &packaged, at(4, "12:00")).await;
    assert_eq!(visit["title"], "Glow");
    assert_eq!((minutes(&visit), &visit["price_minor"]), (vec![60, 30], &json!(12_000)));
    spa.owner.delete(&path).await;
    spa.owner.delete(&format!("/v1/addons/{oil}")).await;
    let fay = format!("/v1/staff/{}", spa.id("Fay"));
    let version = spa.owner.get(&fay).await.expect(200)["version"].as_i64().unwrap();
    spa.owner.patch(&fay, version, &json!({ "online": false })).await.expect(200);
    let (visit, packaged) = own_move(&spa, &packaged, at(4, "14:00")).await;
    assert_eq!(minutes(&visit), [60, 30]);
    let (visit, own_oiled) = own_move(&spa, &own_oiled, at(6, "12:00")).await;
    assert_eq!((who(&visit), minutes(&visit)), (vec!["Fay".to_owned()], vec![90]));
    assert_eq!(visit["price_minor"], 10_500);
    let again = spa.guest.get(&format!("{own_oiled}/again")).await.expect(200);
    assert_eq!(again["offered"], false, "{again}");

    // The service itself goes, first from the page and then for good.
    spa.owner.patch(&facial, 2, &json!({ "online": false })).await.expect(200);
    let (_, packaged) = own_move(&spa, &packaged, at(4, "15:00")).await;
    spa.owner.delete(&facial).await;
    assert_eq!(spa.guest.get(&own_oiled).await.expect(200)["may_move"], true);
    let (visit, _) = own_move(&spa, &own_oiled, at(6, "14:00")).await;
    assert_eq!((who(&visit), minutes(&visit)), (vec!["Fay".to_owned()], vec![90]));
    // With its buffer, as long as it was on the menu.
    let taken = "select extract(epoch from max(blocked_to - blocked_from))::bigint / 60
                 from allocations where kind = 'staff' and blocked_from = '2026-03-06T19:00:00Z'";
    assert_eq!(app.database.count(taken).await, 120);
    let listed = spa.owner.get("/v1/appointments?from=2026-03-04T00:00:00Z").await.expect(200);
    let glow = listed["items"].as_array().unwrap().iter().find(|visit| visit["title"] == "Glow");
    let visit = moved(&spa, glow.unwrap(), at(4, "16:00")).await;
    assert_eq!((minutes(&visit), &visit["price_minor"]), (vec![60, 30], &json!(12_000)));
    // The customer's link went with the move.
    spa.guest.get(&packaged).await.problem(404, "not_found");
}

#[tokio::test]
async fn what_nobody_can_do_any_more_is_said_to_be_immovable() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let (visit, link) = own(&spa, spa.wanted(&["Facial"], 1, &["Fay"]), at(4, "12:00")).await;
    assert_eq!((&visit["may_move"], &visit["immovable"]), (&json!(true), &json!([])));
    let fay = format!("/v1/staff/{}", spa.id("Fay"));
    let version = spa.owner.get(&fay).await.expect(200)["version"].clone();
    let nothing = spa.owner.put(&format!("{fay}/skills"), &json!({ "skills": [] }));
    nothing.header("if-match", &format!("\"{version}\"")).await.expect(200);
    let own = spa.guest.get(&link).await.expect(200);
    assert_eq!((&own["may_move"], &own["immovable"]), (&json!(false), &json!(["cannot_do"])));
    let days = "from=2026-03-04&to=2026-03-14";
    let free = spa.guest.get(&format!("{link}/slots?{days}")).await.expect(200);
    assert_eq!(free["slots"], json!([]));
    let refused = spa.guest.post(&format!("{link}/move"), &json!({ "start": at(4, "14:00") }));
    let refused = refused.await.problem(409, "not_possible");
    assert_eq!(refused["particulars"]["reasons"], json!(["cannot_do"]));
    // Staff give it to somebody else, and the customer can move it again.
    let listed = spa.owner.get("/v1/appointments").await.expect(200);
    let path = format!("/v1/appointments/{}/move", listed["items"][0]["id"].as_str().unwrap());
    let to = json!({ "version": 2, "start": at(4, "14:00"), "staff": [] });
    let visit = spa.owner.post(&path, &to).await.expect(200);
    assert_ne!(who(&visit), ["Fay"]);
    assert_eq!(visit["lines"][0]["staff_chosen"], false);
}

#[tokio::test]
async fn a_basket_is_searched_with_whom_it_is_booked() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    // Fay has her Tuesdays and Thursdays off; Eve is taken on Wednesday.
    spa.book(spa.wanted(&["Massage"], 1, &["Eve"]), at(4, "11:00")).await.expect(201);
    let query = format!(
        "services={}@{},{}@{}",
        spa.id("Facial"),
        spa.id("Fay"),
        spa.id("Massage"),
        spa.id("Eve")
    );
    let offered = spa.offered(&query, 3, 4).await;
    assert!(offered.iter().all(|slot| slot.starts_with("2026-03-04")), "{offered:?}");
    for (time, free) in [("09:00", true), ("09:30", false), ("10:00", false), ("11:00", true)] {
        assert_eq!(offered.contains(&format!("2026-03-04T{time}")), free, "{time}: {offered:?}");
    }
    let wanted = json!({ "services": [
        { "service": spa.id("Facial"), "staff": spa.id("Fay") },
        { "service": spa.id("Massage"), "staff": spa.id("Eve") },
    ]});
    let start = "2026-03-04T14:00:00Z".parse().unwrap();
    let hold = spa.hold(wanted, start, "somebody's device").await.expect(201);
    assert_eq!(who(&hold), ["Fay", "Eve"]);
    let path = format!("/v1/availability/first?{query}&from=2026-03-04");
    let first = spa.owner.get(&path).await.expect(200);
    assert_eq!(first["slot"]["local"], "2026-03-04T11:00", "{first}");
    // For the second of the party alone.
    let query = format!("services={}@@{}&party=2", spa.id("Facial"), spa.id("Fay"));
    let offered = spa.offered(&query, 3, 4).await;
    assert!(!offered.is_empty() && offered.iter().all(|slot| slot.starts_with("2026-03-04")));
}
