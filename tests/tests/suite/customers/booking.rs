use openchair_domain::customers::{self, Contact};
use openchair_domain::ids::{Customer, Id};
use openchair_domain::phone::Phone;
use openchair_domain::text::Email;
use openchair_tests::{Business, TestApp};
use serde_json::{Value, json};

use super::{add, at, id_of, spa, visitor};

fn contact(name: &str, email: &str, phone: &str) -> Contact {
    Contact {
        name: name.to_owned(),
        email: Email::parse(email).ok(),
        phone: Phone::parse(phone, "US").ok(),
        locale: Some("en".to_owned()),
    }
}

async fn book(app: &TestApp, of: &Business, contact: &Contact) -> Id<Customer> {
    let mut tx = visitor(app, of).await;
    let whose = customers::for_booking(&mut tx, contact).await.unwrap();
    tx.commit().await.unwrap();
    whose.id
}

#[tokio::test]
async fn a_booking_finds_who_is_known_and_overwrites_nobody() {
    let app = TestApp::start().await;
    let (spa, owner) = spa(&app).await;
    let ana = json!({ "name": "Ana Pérez", "email": "ana@example.com", "phone": "415 555 0132", "note": "tea" });
    let ana = add(&owner, ana).await;
    // The same name with the same address or number, however it is written.
    for (name, email, phone) in [
        ("Ana Pérez", "ana@example.com", "415 555 0132"),
        ("ANA PEREZ", "ANA@example.com", ""),
        ("ana  perez", "", "+1 415 555 0132"),
        ("Ana Perez", "other@example.com", "+1 415 555 0132"),
    ] {
        assert_eq!(book(&app, &spa, &contact(name, email, phone)).await, id_of(&ana), "{name}");
    }
    let unchanged = owner.get(&at(&ana, "")).await.expect(200);
    assert_eq!(unchanged, ana, "nothing is overwritten or filled in");

    // Another name, or nothing in common: somebody new. Ids sort by time, and the clock stands still.
    app.clock.advance(chrono::Duration::seconds(1));
    let partner = book(&app, &spa, &contact("Ben", "ana@example.com", "415 555 0132")).await;
    let namesake = book(&app, &spa, &contact("Ana Pérez", "another@example.com", "")).await;
    let nameless = book(&app, &spa, &contact("Ana Pérez", "", "")).await;
    let new = [partner, namesake, nameless];
    assert!(new.iter().all(|id| *id != id_of(&ana)) && partner != namesake);
    let found = owner.get("/v1/customers/suggestions").await.expect(200);
    let found = found["items"].as_array().unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["customer"]["id"], ana["id"]);
    assert_eq!(found[0]["other"]["id"], partner.to_string());
    assert_eq!(found[0]["shared"], "email_and_phone");
    // They book again: nothing new.
    assert_eq!(book(&app, &spa, &contact("Ben", "ana@example.com", "")).await, partner);
    let suggestions = "select count(*) from merge_suggestions";
    assert_eq!(app.database.count(suggestions).await, 1);

    let path = format!("/v1/customers/suggestions/{}/dismiss", found[0]["id"].as_str().unwrap());
    for _ in 0..2 {
        owner.post_empty(&path).await.expect(204);
    }
    let left = owner.get("/v1/customers/suggestions").await.expect(200);
    assert_eq!(left["items"], Value::Array(vec![]));
}

/// Whoever was merged is still recognised by what was theirs, and is the one who was kept.
#[tokio::test]
async fn a_merged_customer_is_recognised() {
    let app = TestApp::start().await;
    let (spa, owner) = spa(&app).await;
    let kept = add(&owner, json!({ "name": "Ana Pérez", "email": "ana@example.com" })).await;
    let gone = add(&owner, json!({ "name": "Anita", "email": "anita@example.com" })).await;
    let body = json!({ "other_id": gone["id"], "other_version": 1 });
    owner.post(&at(&kept, "/merge"), &body).header("if-match", "\"1\"").await.expect(200);
    let found = book(&app, &spa, &contact("Anita", "anita@example.com", "")).await;
    assert_eq!(found, id_of(&kept));

    // Also when that one became part of another.
    let last = add(&owner, json!({ "name": "Ana P. Díaz", "email": "diaz@example.com" })).await;
    let body = json!({ "other_id": kept["id"], "other_version": 2 });
    owner.post(&at(&last, "/merge"), &body).header("if-match", "\"1\"").await.expect(200);
    let found = book(&app, &spa, &contact("Anita", "anita@example.com", "")).await;
    assert_eq!(found, id_of(&last));
}

/// A merge that is going on waits for who books, and takes the visit along.
#[tokio::test]
async fn a_merge_waits_for_a_booking() {
    let app = TestApp::start().await;
    let (spa, owner) = spa(&app).await;
    let kept = add(&owner, json!({ "name": "Ana Pérez", "email": "ana.perez@example.com" })).await;
    let gone = add(&owner, json!({ "name": "Ana", "email": "ana@example.com" })).await;
    let mut tx = visitor(&app, &spa).await;
    let found =
        customers::for_booking(&mut tx, &contact("Ana", "ana@example.com", "")).await.unwrap();
    assert_eq!(found.id, id_of(&gone));
    let body = json!({ "other_id": gone["id"], "other_version": 1 });
    let merge = owner.post(&at(&kept, "/merge"), &body).header("if-match", "\"1\"");
    let merge = tokio::spawn(merge.into_future());
    let waits = "select count(*) from pg_stat_activity
                 where datname = current_database() and wait_event_type = 'Lock'";
    openchair_tests::eventually("the merge waits", async || {
        (app.database.count(waits).await > 0).then_some(())
    })
    .await;
    tx.commit().await.unwrap();
    merge.await.unwrap().expect(200);
}
