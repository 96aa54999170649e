//! What is sold together and happens at once: what is charged, and who is taken for it.

use openchair_domain::ids::{Appointment, Id};
use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

const ALL: [u8; 7] = [1, 2, 3, 4, 5, 6, 7];

/// A package whose parts happen at once.
async fn at_once(spa: &Spa, price: i64, parts: &[&str]) -> Value {
    let parts: Vec<_> = parts.iter().map(|name| spa.id(name)).collect();
    let body = json!({ "category_id": spa.id("category"), "name": "At once", "mode": "parallel",
                       "price_minor": price, "service_ids": parts });
    spa.owner.post("/v1/packages", &body).await.expect(201)["id"].clone()
}

fn wanted(package: &Value, party: u8) -> Value {
    json!({ "package": package, "party": party })
}

fn prices(visit: &Value) -> Vec<i64> {
    let lines = visit["lines"].as_array().unwrap();
    lines.iter().map(|line| line["price_minor"].as_i64().unwrap()).collect()
}

/// Whom and what a visit takes, and for how many minutes: rooms by their names, staff as such.
async fn taken(app: &TestApp, visit: &Value) -> Vec<(String, i64)> {
    let id: Id<Appointment> = visit["id"].as_str().unwrap().parse().unwrap();
    let sql = "
        select coalesce(r.name, a.kind), (extract(epoch from blocked_to - blocked_from) / 60)::bigint
        from allocations a
        left join rooms r on r.tenant_id = a.tenant_id and r.id = a.resource_id
        where a.appointment_id = $1 order by 1, 2";
    let found = sqlx::query_as(sql).bind(id.uuid()).fetch_all(app.database.owner()).await;
    found.unwrap()
}

/// What is taken, as it is written in a test.
fn these(taken: &[(&str, i64)]) -> Vec<(String, i64)> {
    taken.iter().map(|(who, minutes)| ((*who).to_owned(), *minutes)).collect()
}

#[tokio::test]
async fn what_is_for_the_visit_is_charged_once_however_many_come() {
    let app = TestApp::start().await;
    let mut spa = app.spa().await;
    let for_the_visit = json!({ "max_customers": 2, "price_for": "visit" });
    spa.service("Bath", 60, 8_000, &for_the_visit).await;
    spa.service("Tea", 30, 2_000, &for_the_visit).await;
    for name in ["Gus", "Hal", "Ina", "Jo"] {
        spa.person(name, &["Bath", "Tea"], &ALL, None).await;
    }
    let ritual = at_once(&spa, 9_000, &["Bath", "Tea"]).await;
    let one = spa.book(wanted(&ritual, 1), at(4, "10:00")).await.expect(201);
    assert_eq!((&one["price_minor"], prices(&one)), (&json!(9_000), vec![7_200, 1_800]));
    assert_eq!(taken(&app, &one).await, these(&[("Room 1", 60), ("staff", 30), ("staff", 60)]));

    // Two pay the same, the first for both; each of them has hands of their own, in one room for two.
    let two = spa.book(wanted(&ritual, 2), at(4, "12:00")).await.expect(201);
    assert_eq!((&two["price_minor"], prices(&two)), (&json!(9_000), vec![7_200, 0, 1_800, 0]));
    let took = [("Room 2", 60), ("staff", 30), ("staff", 30), ("staff", 60), ("staff", 60)];
    assert_eq!(taken(&app, &two).await, these(&took), "{two}");
    let starts = two["lines"].as_array().unwrap().iter().map(|line| &line["starts_at"]);
    assert!(starts.into_iter().all(|start| *start == two["starts_at"]), "{two}");

    // As soon as one of the parts is for each, so is the whole; and that is what guests are told.
    let mixed = at_once(&spa, 9_000, &["Bath", "Facial"]).await;
    let both = spa.book(wanted(&mixed, 2), at(6, "12:00")).await.expect(201);
    assert_eq!(both["price_minor"], 18_000, "{both}");
    // By what each costs alone: the bath 80, once; the facial 90 and 90.
    assert_eq!(prices(&both), [5_540, 0, 6_230, 6_230]);
    for (package, price) in [(&ritual, 9_000), (&mixed, 18_000)] {
        let path = format!(
            "/v1/public/{}/slots?package={}&party=2&from=2026-03-06&to=2026-03-06",
            spa.business.slug,
            package.as_str().unwrap()
        );
        let quote = spa.guest.get(&path).await.expect(200)["quote"].clone();
        assert_eq!(quote["price_from_minor"], price, "{quote}");
        assert_eq!(quote["price_to_minor"], price, "{quote}");
    }
}

#[tokio::test]
async fn four_hands_are_two_of_the_staff_and_one_price() {
    let app = TestApp::start().await;
    let mut spa = app.spa().await;
    let four = json!({ "max_customers": 2, "staff_per_customer": 2 });
    spa.service("Four hands", 60, 16_000, &four).await;
    spa.service("Feet", 30, 4_000, &json!({ "max_customers": 2 })).await;
    for name in ["Gus", "Hal"] {
        spa.person(name, &["Four hands"], &ALL, None).await;
    }
    spa.person("Ina", &["Feet"], &ALL, None).await;

    // Alone.
    let alone = || spa.wanted(&["Four hands"], 1, &[]);
    let visit = spa.book(alone(), at(4, "10:00")).await.expect(201);
    assert_eq!((&visit["price_minor"], prices(&visit)), (&json!(16_000), vec![16_000, 0]));
    assert_eq!(Spa::hands(&visit).len(), 2);
    assert_eq!(taken(&app, &visit).await, these(&[("Room 1", 60), ("staff", 60), ("staff", 60)]));
    let again = spa.book(alone(), at(4, "10:30")).await.problem(409, "slot_taken");
    assert_eq!(again["particulars"]["reasons"], json!(["staff_busy"]), "{again}");
    // Two would need four of the staff.
    let two = spa.book(spa.wanted(&["Four hands"], 2, &[]), at(4, "12:00")).await;
    two.problem(409, "not_possible");

    // And at once with something else.
    let package = at_once(&spa, 15_000, &["Four hands", "Feet"]).await;
    let visit = spa.book(wanted(&package, 1), at(5, "10:00")).await.expect(201);
    assert_eq!(visit["price_minor"], 15_000);
    assert_eq!(prices(&visit), [12_000, 0, 3_000]);
    let took = [("Room 1", 60), ("staff", 30), ("staff", 60), ("staff", 60)];
    assert_eq!(taken(&app, &visit).await, these(&took), "{visit}");
    let mut names: Vec<_> = Spa::hands(&visit).into_iter().map(|(who, _)| who).collect();
    names.sort();
    assert_eq!(names, ["Gus", "Hal", "Ina"]);
    // One of the two is enough in the way.
    spa.book(spa.wanted(&["Feet"], 1, &["Ina"]), at(6, "10:00")).await.expect(201);
    let busy = spa.book(wanted(&package, 1), at(6, "10:00")).await.problem(409, "slot_taken");
    assert_eq!(busy["particulars"]["reasons"], json!(["staff_busy"]), "{busy}");

    // For two, each of them pays, and each needs their own.
    for name in ["Jo", "Kai"] {
        spa.person(name, &["Four hands"], &ALL, None).await;
    }
    spa.person("Lee", &["Feet"], &ALL, None).await;
    let both = spa.book(wanted(&package, 2), at(7, "10:00")).await.expect(201);
    assert_eq!(both["price_minor"], 30_000);
    assert_eq!(prices(&both), [12_000, 0, 12_000, 0, 3_000, 3_000]);
    let took = [("staff", 30), ("staff", 30), ("staff", 60), ("staff", 60), ("staff", 60)];
    let found = taken(&app, &both).await;
    assert_eq!(found[0], ("Room 2".to_owned(), 60), "{both}");
    assert_eq!(found[1..6], these(&took), "{both}");
    assert_eq!(found.len(), 7, "{both}");
}
