use openchair_tests::TestApp;
use serde_json::{Value, json};

use super::{category, made, service, spa};

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

/// Customers see what they can book themselves, and nothing of the rest.
#[tokio::test]
async fn the_public_page_shows_what_can_be_booked() {
    let app = TestApp::start().await;
    let (business, owner) = spa(&app).await;
    let path = format!("/v1/public/{}", business.slug);
    let kit = app.browser().get(&path).await.expect(200);
    assert_eq!(names(&kit["services"]).len(), 9);
    for list in ["addons", "packages", "membership_plans", "forms"] {
        assert_eq!(kit[list], json!([]), "{list}");
    }

    let category = category(&owner, "Rites").await;
    let addon = |name: &str| json!({ "name": name, "duration_minutes": 5, "price_minor": 300 });
    let (oil, tea) =
        (made(&owner, "addons", &addon("Oil")).await, made(&owner, "addons", &addon("Tea")).await);
    let consent = |name: &str| json!({ "kind": "consent", "name": name, "text": "I agree." });
    let (terms, secret) = (
        made(&owner, "forms", &consent("Terms")).await,
        made(&owner, "forms", &consent("X")).await,
    );
    let shown = service(&owner, &category, "Shown").await;
    let hidden = service(&owner, &category, "Hidden").await;
    let gone = service(&owner, &category, "Gone").await;
    let change = json!({ "members_only": true, "addon_ids": [oil], "form_ids": [terms],
                         "room_features": ["couples"], "needs_room": true,
                         "policy": { "needs_approval": true } });
    owner.patch(&format!("/v1/services/{shown}"), 1, &change).await.expect(200);
    let change = json!({ "online": false, "addon_ids": [tea] });
    owner.patch(&format!("/v1/services/{hidden}"), 1, &change).await.expect(200);
    let package = |name: &str, online: bool, ids: Value| {
        json!({ "category_id": category, "name": name, "mode": "sequence", "price_minor": 1,
                "online": online, "service_ids": ids })
    };
    made(&owner, "packages", &package("Both", true, json!([shown, hidden]))).await;
    made(&owner, "packages", &package("Inside", false, json!([shown]))).await;
    made(&owner, "packages", &package("Broken", true, json!([shown, gone]))).await;
    owner.delete(&format!("/v1/services/{gone}")).await.expect(200);
    let plan = json!({ "category_id": category, "name": "Club", "period": "month",
                       "price_minor": 900, "service_ids": [shown, hidden] });
    made(&owner, "membership-plans", &plan).await;

    let page = app.browser().get(&path).await.expect(200);
    let services = page["services"].as_array().unwrap();
    assert_eq!(services.len(), 10);
    let service = services.iter().find(|service| service["name"] == "Shown").unwrap();
    let mut fields: Vec<_> = service.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "addon_ids",
            "category",
            "category_id",
            "deposit",
            "description",
            "duration_minutes",
            "form_ids",
            "id",
            "max_customers",
            "members_only",
            "min_customers",
            "name",
            "price_for",
            "price_minor",
        ]
    );
    assert_eq!((&service["category"], &service["members_only"]), (&json!("Rites"), &json!(true)));
    assert_eq!((&service["addon_ids"], &service["form_ids"]), (&json!([oil]), &json!([terms])));
    assert_eq!(names(&page["addons"]), ["Oil"]);
    assert_eq!(names(&page["packages"]), ["Both"]);
    let package = &page["packages"][0];
    assert_eq!(names(&package["items"]), ["Shown", "Hidden"]);
    assert_eq!(
        (&package["duration_minutes"], &package["members_only"]),
        (&json!(120), &json!(true))
    );
    assert_eq!(package["form_ids"], json!([terms]));
    assert_eq!(names(&page["membership_plans"]), ["Club"]);
    assert_eq!(page["membership_plans"][0]["service_ids"], json!([shown]));
    assert_eq!(names(&page["forms"]), ["Terms"]);
    assert_eq!(
        (&page["forms"][0]["text"], &page["forms"][0]["version"]),
        (&json!("I agree."), &json!(1))
    );
    let text = page.to_string();
    for inside in [&tea, &secret, &gone] {
        assert!(!text.contains(inside.as_str()), "{inside}");
    }
}
