use chrono::Duration;
use serde_json::{Value, json};

use super::world::{PASSWORD, World};
use super::{ANA, OMAR};

#[tokio::test]
async fn somebody_is_invited_and_joins() {
    let world = World::new().await;
    let (ana, tenant) = world.business("Lagoon", ANA).await;
    world.mails().await;
    let token = world.invite(&ana, OMAR, "manager").await;
    let again = world.post(
        "/v1/invitations",
        &ana,
        json!({"email": "OMAR@lagoon.example", "role": "provider"}),
    );
    assert_eq!(again.await.brief(), (409, "already_invited"));

    let look = world.anonymous("/v1/invitations/look", json!({ "token": token })).await;
    assert_eq!(look.status, 200);
    assert_eq!(look.body["business"], "Lagoon");
    assert_eq!(look.body["inviter"], "Owner of Lagoon");
    assert_eq!(look.body["role"], json!({"key": "manager", "name": "Manager"}));
    assert_eq!((&look.body["email"], &look.body["has_account"]), (&json!(OMAR), &json!(false)));

    let accept = async |body: Value| world.anonymous("/v1/invitations/accept", body).await;
    let bare = accept(json!({ "token": token })).await;
    assert_eq!(bare.brief(), (422, "validation_failed"), "{bare:?}");
    assert_eq!(
        (bare.text("/fields/0/field"), bare.text("/fields/1/field")),
        ("/name".into(), "/password".into())
    );
    let weak = accept(json!({"token": token, "name": "Omar", "password": "12345"})).await;
    assert_eq!((weak.status, weak.text("/fields/0/field")), (422, "/password".into()));

    let joined = accept(json!({"token": token, "name": "Omar", "password": PASSWORD})).await;
    assert_eq!(joined.brief(), (200, ""), "{joined:?}");
    assert_eq!(joined.body["status"], "signed_in");
    assert_eq!(joined.text("/me/current_tenant"), tenant);
    assert_eq!(joined.body["me"]["user"]["email_verified"], true);
    let omar = joined.browser();
    assert_eq!(world.roles(&omar).await, ["owner", "manager"]);
    let used = accept(json!({"token": token, "name": "Eve", "password": PASSWORD})).await;
    assert_eq!(used.brief(), (401, "link_invalid"));
    let member = world.post("/v1/invitations", &ana, json!({"email": OMAR, "role": "provider"}));
    assert_eq!(member.await.brief(), (409, "already_member"));

    let (id, version) = world.member(&ana, OMAR).await;
    let read = world.get(&format!("/v1/members/{id}"), &ana).await;
    assert_eq!((read.status, version), (200, 1));
    assert_eq!(read.body["user"]["name"], "Omar");
    assert_eq!(read.text("/last_seen_at"), read.text("/joined_at"));
    world.clock.advance(Duration::minutes(5));
    world.get("/v1/members", &omar).await;
    let read = world.get(&format!("/v1/members/{id}"), &ana).await;
    assert_eq!(read.text("/last_seen_at"), "2026-05-04T09:05:01+00:00");

    let log = world.audit(&ana).await;
    let said: Vec<_> = log.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert!(said.contains(&"team.member_invited"), "{said:?}");
    let entry = log.iter().find(|entry| entry["action"] == "team.member_joined").unwrap();
    assert_eq!(
        (&entry["actor"]["name"], &entry["subject"]["name"]),
        (&json!("Omar"), &json!("Omar"))
    );
    assert_eq!(entry["changes"][0]["after"], "Manager");
}

#[tokio::test]
async fn an_invitation_ends() {
    let world = World::new().await;
    let (ana, _) = world.business("Lagoon", ANA).await;
    world.mails().await;
    let look = async |token: &str| {
        let said = world.anonymous("/v1/invitations/look", json!({ "token": token })).await;
        said.brief().0
    };
    let first = world.invite(&ana, OMAR, "provider").await;
    let listed = world.get("/v1/invitations", &ana).await;
    let id = listed.text("/items/0/id");
    assert_eq!(listed.text("/items/0/status"), "pending");

    let resent = world.post(&format!("/v1/invitations/{id}/resend"), &ana, Value::Null).await;
    assert_eq!((resent.status, &resent.body), (202, &Value::Null));
    let second = world.mailed(OMAR).await;
    assert_eq!((look(&first).await, look(&second).await), (401, 200));

    world.clock.advance(Duration::days(7));
    assert_eq!(look(&second).await, 401);
    assert_eq!(world.get("/v1/invitations", &ana).await.text("/items/0/status"), "expired");
    let third = world.invite(&ana, OMAR, "receptionist").await;
    assert_eq!(look(&third).await, 200);
    let listed = world.get("/v1/invitations", &ana).await;
    let states = [listed.text("/items/0/status"), listed.text("/items/1/status")];
    assert_eq!(states, ["pending", "expired"]);

    let path = format!("/v1/invitations/{}", listed.text("/items/0/id"));
    assert_eq!(world.delete(&path, &ana).await.status, 204);
    assert_eq!(world.delete(&path, &ana).await.brief(), (409, "invitation_over"));
    assert_eq!(look(&third).await, 401);
    assert_eq!(world.get("/v1/invitations", &ana).await.text("/items/0/status"), "revoked");
    for token in ["", "x", "oc_in_", &format!("oc_in_{}", "a".repeat(52))] {
        let said = world.anonymous("/v1/invitations/look", json!({ "token": token })).await;
        assert!(matches!(said.status, 401 | 422), "{token}: {said:?}");
    }
}

#[tokio::test]
async fn an_invitation_takes_no_login_over() {
    let world = World::new().await;
    let (ana, lagoon) = world.business("Lagoon", ANA).await;
    let (omar, barber) = world.business("Barber", OMAR).await;
    let (eve, _) = world.business("Eve's", "eve@evil.example").await;
    world.mails().await;
    let token = world.invite(&ana, OMAR, "manager").await;
    let look = world.anonymous("/v1/invitations/look", json!({ "token": token })).await;
    assert_eq!(look.body["has_account"], true);

    let body = json!({"token": token, "name": "Eve", "password": "a-password-of-my-own-77"});
    let said = world.anonymous("/v1/invitations/accept", body.clone()).await;
    assert_eq!(said.brief(), (401, "sign_in_to_accept"));
    let said = world.post("/v1/invitations/accept", &eve, body.clone()).await;
    assert_eq!(said.brief(), (401, "sign_in_to_accept"));
    let sign_in = json!({"email": OMAR, "password": "a-password-of-my-own-77"});
    assert_eq!(world.anonymous("/v1/auth/sign-in", sign_in).await.status, 401);

    let said = world.post("/v1/invitations/accept", &omar, body).await;
    assert_eq!(said.brief(), (200, ""), "{said:?}");
    assert_eq!(said.text("/me/current_tenant"), lagoon);
    assert_eq!(said.body["me"]["user"]["name"], "Owner of Barber");
    assert_eq!(world.get("/v1/me", &omar).await.text("/current_tenant"), lagoon);
    assert_eq!(world.roles(&omar).await, ["owner", "manager"]);
    assert_eq!(world.roles(&omar.naming(&barber)).await, ["owner"]);
    let sign_in = json!({"email": OMAR, "password": PASSWORD});
    assert_eq!(world.anonymous("/v1/auth/sign-in", sign_in).await.status, 200);
}

#[tokio::test]
async fn of_two_who_use_one_link_one_joins() {
    let world = World::new().await;
    let (ana, _) = world.business("Lagoon", ANA).await;
    world.mails().await;
    for round in 0..5 {
        let email = format!("new{round}@lagoon.example");
        let token = world.invite(&ana, &email, "provider").await;
        let body = |name: &str| json!({"token": token, "name": name, "password": PASSWORD});
        let (one, other) = tokio::join!(
            world.anonymous("/v1/invitations/accept", body("One")),
            world.anonymous("/v1/invitations/accept", body("Other")),
        );
        let mut outcomes = [one.brief(), other.brief()];
        outcomes.sort_unstable();
        assert_eq!(outcomes[0], (200, ""), "{outcomes:?}");
        assert!(["link_invalid", "sign_in_to_accept"].contains(&outcomes[1].1), "{outcomes:?}");
        assert_eq!(world.roles(&ana).await.len(), round + 2);
    }
}
