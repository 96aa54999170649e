//! What a visitor learns before they ask for a time: whom they can have, and what it costs.

use openchair_tests::TestApp;
use openchair_tests::spa::Spa;
use serde_json::{Value, json};

async fn skills(spa: &Spa, who: &str, skills: Value) {
    let path = format!("/v1/staff/{}", spa.id(who));
    let version = spa.owner.get(&path).await.expect(200)["version"].clone();
    let put = spa.owner.put(&format!("{path}/skills"), &json!({ "skills": skills }));
    put.header("if-match", &format!("\"{version}\"")).await.expect(200);
}

#[tokio::test]
async fn visitors_see_whom_they_can_choose_and_nothing_else_of_them() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let page =
        async || spa.guest.get(&format!("/v1/public/{}", spa.business.slug)).await.expect(200);
    let dear = json!([{ "service_id": spa.id("Facial"), "duration_minutes": 90,
                        "price_minor": 12_000 }]);
    skills(&spa, "Fay", dear).await;
    // As usual, though somebody wrote it down.
    let usual = json!([{ "service_id": spa.id("Massage"), "price_minor": 10_000 },
                       { "service_id": spa.id("Wax") }]);
    skills(&spa, "Max", usual).await;
    let wanda = format!("/v1/staff/{}", spa.id("Wanda"));
    let version = spa.owner.get(&wanda).await.expect(200)["version"].as_i64().unwrap();
    spa.owner.patch(&wanda, version, &json!({ "online": false })).await.expect(200);
    let wax = format!("/v1/services/{}", spa.id("Wax"));
    spa.owner.patch(&wax, 1, &json!({ "online": false })).await.expect(200);

    let only = |service: &str| json!({ "service_id": spa.id(service) });
    let places = json!([spa.location]);
    let max = json!({ "id": spa.id("Max"), "name": "Max", "location_ids": places,
                      "services": [only("Massage")] });
    let found = page().await;
    let fay = json!({ "id": spa.id("Fay"), "name": "Fay", "location_ids": places, "services": [
        { "service_id": spa.id("Facial"), "duration_minutes": 90, "price_minor": 12_000 }] });
    let eve = json!({ "id": spa.id("Eve"), "name": "Eve", "location_ids": places,
                      "services": [only("Facial"), only("Massage"), only("Scrub")] });
    assert_eq!(found["staff"], json!([fay, eve, max]));

    // What is only sold in a package is had by somebody, too; who is gone isn't there.
    let package = json!({ "category_id": spa.id("category"), "name": "Smooth", "mode": "sequence",
                          "price_minor": 9_000, "service_ids": [spa.id("Wax")] });
    spa.owner.post("/v1/packages", &package).await.expect(201);
    spa.owner.delete(&format!("/v1/staff/{}", spa.id("Eve"))).await.expect(200);
    let found = page().await;
    assert_eq!(found["staff"][1]["services"], json!([only("Massage"), only("Wax")]), "{found}");
}

#[tokio::test]
async fn times_come_with_their_price() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let dear = json!([{ "service_id": spa.id("Facial"), "price_minor": 12_000 }]);
    skills(&spa, "Fay", dear).await;
    let addon = json!({ "name": "Oil", "duration_minutes": 0, "price_minor": 1_500 });
    let oil = spa.owner.post("/v1/addons", &addon).await.expect(201)["id"].clone();
    let facial = format!("/v1/services/{}", spa.id("Facial"));
    spa.owner.patch(&facial, 1, &json!({ "addon_ids": [oil] })).await.expect(200);
    let package = json!({ "category_id": spa.id("category"), "name": "Smooth", "mode": "sequence",
                          "price_minor": 9_900, "service_ids": [spa.id("Facial"), spa.id("Wax")] });
    let package = spa.owner.post("/v1/packages", &package).await.expect(201)["id"].clone();
    let with_oil = format!("{}:{}", spa.id("Facial"), oil.as_str().unwrap());
    let (fay, eve) = (spa.id("Fay"), spa.id("Eve"));
    for (query, from, to, who) in [
        (format!("services={}", spa.id("Facial")), 9_000, 12_000, vec![]),
        (format!("services={}&staff={fay}", spa.id("Facial")), 12_000, 12_000, vec!["Fay"]),
        (format!("services={with_oil}&party=2"), 21_000, 27_000, vec![]),
        (format!("services={with_oil}@{fay}@{eve}&party=2"), 24_000, 24_000, vec!["Fay", "Eve"]),
        (format!("package={}", package.as_str().unwrap()), 9_900, 9_900, vec![]),
    ] {
        let days = "from=2026-03-04&to=2026-03-04";
        let slug = &spa.business.slug;
        let slots = spa.guest.get(&format!("/v1/public/{slug}/slots?{query}&{days}")).await;
        let first = spa.guest.get(&format!("/v1/public/{slug}/slots/first?{query}")).await;
        let own = spa.owner.get(&format!("/v1/availability?{query}&{days}")).await;
        for found in [slots, first, own] {
            let quote = &found.expect(200)["quote"];
            let range = (&quote["price_from_minor"], &quote["price_to_minor"]);
            assert_eq!(range, (&json!(from), &json!(to)), "{query}: {quote}");
            assert_eq!(quote["currency"], "USD");
            let named = quote["staff"].as_array().unwrap().iter();
            let named: Vec<_> = named.map(|one| one["name"].as_str().unwrap()).collect();
            assert_eq!(named, who, "{query}");
        }
    }
    // It is what is taken then.
    let hold = spa.hold(
        spa.wanted(&["Facial"], 1, &["Fay"]),
        openchair_tests::spa::at(4, "10:00"),
        "a device",
    );
    assert_eq!(hold.await.expect(201)["price_minor"], 12_000);
}
