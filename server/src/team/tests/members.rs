use chrono::Duration;
use serde_json::{Value, json};

use super::world::{PASSWORD, World};
use super::{ANA, OMAR};

#[tokio::test]
async fn a_business_always_has_an_owner() {
    let world = World::new().await;
    let (ana, _) = world.business("Lagoon", ANA).await;
    world.mails().await;
    let (anas, version) = world.member(&ana, ANA).await;
    let anas_path = format!("/v1/members/{anas}");
    let manager = json!({"role": "manager"});
    let alone = world.patch(&anas_path, &ana, version, manager.clone()).await;
    assert_eq!(alone.brief(), (409, "last_owner"));
    assert_eq!(world.delete(&anas_path, &ana).await.brief(), (409, "last_owner"));
    let leave = format!("/v1/me/memberships/{anas}");
    assert_eq!(world.delete(&leave, &ana).await.brief(), (409, "last_owner"));

    for round in 0..5 {
        let email = format!("owner{round}@lagoon.example");
        let bob = world.joined(&ana, &email, "owner").await;
        let (anas, anas_version) = world.member(&ana, ANA).await;
        let (bobs, bobs_version) = world.member(&ana, &email).await;
        let [anas, bobs] = [anas, bobs].map(|id| format!("/v1/members/{id}"));
        // Each takes the other's crown, or gives up their own, at once.
        let (one, other) = tokio::join!(
            world.patch(&bobs, &ana, bobs_version, manager.clone()),
            world.patch(&anas, &bob, anas_version, manager.clone()),
        );
        let mut outcomes = [one.brief(), other.brief()];
        outcomes.sort_unstable();
        // Whoever comes second may be no owner any more, or be told that before the door.
        assert_eq!((outcomes[0].0, outcomes[1].0), (200, 403), "{outcomes:?}");
        assert!(["owners_only", "not_allowed"].contains(&outcomes[1].1), "{outcomes:?}");
        let roles = world.roles(&ana).await;
        assert_eq!(roles.iter().filter(|role| *role == "owner").count(), 1, "{roles:?}");
        // Back to one owner, Ana.
        if roles[0] != "owner" {
            let (anas, version) = world.member(&bob, ANA).await;
            let path = format!("/v1/members/{anas}");
            assert_eq!(
                world.patch(&path, &bob, version, json!({"role": "owner"})).await.status,
                200
            );
        }
        let (bobs, _) = world.member(&ana, &email).await;
        assert_eq!(world.delete(&format!("/v1/members/{bobs}"), &ana).await.status, 204);
    }

    let bob = world.joined(&ana, OMAR, "owner").await;
    let (bobs, _) = world.member(&ana, OMAR).await;
    let (bobs, leave_bob) = (format!("/v1/me/memberships/{bobs}"), bob);
    let (one, other) = tokio::join!(world.delete(&leave, &ana), world.delete(&bobs, &leave_bob));
    let mut outcomes = [one.brief(), other.brief()];
    outcomes.sort_unstable();
    assert_eq!(outcomes, [(204, ""), (409, "last_owner")]);
}

#[tokio::test]
async fn who_is_taken_off_the_team_is_out_with_the_next_request() {
    let world = World::new().await;
    let (ana, lagoon) = world.business("Lagoon", ANA).await;
    let (omar, barber) = world.business("Barber", OMAR).await;
    world.mails().await;
    let token = world.invite(&ana, OMAR, "manager").await;
    let said = world.post("/v1/invitations/accept", &omar, json!({ "token": token })).await;
    assert_eq!(said.status, 200);
    let rosa = world.joined(&ana, "rosa@lagoon.example", "receptionist").await;
    assert_eq!(world.roles(&omar).await.len(), 3);

    let (omars, _) = world.member(&ana, OMAR).await;
    let (rosas, _) = world.member(&ana, "rosa@lagoon.example").await;
    for id in [&omars, &rosas] {
        assert_eq!(world.delete(&format!("/v1/members/{id}"), &ana).await.status, 204);
        let gone = world.delete(&format!("/v1/members/{id}"), &ana).await;
        assert_eq!(gone.brief(), (404, "not_found"));
    }
    // Named, it isn't there; unnamed, Omar stands in the business that is left.
    assert_eq!(world.get("/v1/members", &omar.naming(&lagoon)).await.brief(), (404, "not_found"));
    assert_eq!(world.roles(&omar).await, ["owner"]);
    assert_eq!(world.get("/v1/me", &omar).await.text("/current_tenant"), barber);
    assert_eq!(world.get("/v1/members", &rosa).await.brief(), (403, "no_business"));
    assert_eq!(world.get("/v1/me", &rosa).await.body["current_tenant"], Value::Null);
    let log = world.audit(&ana).await;
    assert_eq!(log.iter().filter(|e| e["action"] == "team.member_removed").count(), 2);

    // Somebody else's place is nobody's to leave; one's own is.
    let rosa = world.invite(&ana, "rosa@lagoon.example", "receptionist").await;
    assert!(!rosa.is_empty());
    let kim = world.joined(&ana, "kim@lagoon.example", "provider").await;
    let (anas, _) = world.member(&ana, ANA).await;
    let (kims, _) = world.member(&ana, "kim@lagoon.example").await;
    let path = |id: &str| format!("/v1/me/memberships/{id}");
    assert_eq!(world.delete(&path(&anas), &kim).await.brief(), (404, "not_found"));
    assert_eq!(world.delete(&path(&kims), &kim).await.status, 204);
    assert_eq!(world.delete(&path(&kims), &kim).await.brief(), (404, "not_found"));
    assert_eq!(world.roles(&ana).await, ["owner"]);
}

#[tokio::test]
async fn a_role_is_composed_given_and_deleted() {
    let world = World::new().await;
    let (ana, _) = world.business("Lagoon", ANA).await;
    let (eve, _) = world.business("Other", "eve@other.example").await;
    world.mails().await;
    let mia = world.joined(&ana, "mia@lagoon.example", "manager").await;
    let all = world.get("/v1/permissions", &ana).await;
    assert_eq!(all.body["items"][0]["key"], "tenant:read");

    let night = json!({"name": "Night desk", "permissions": ["team:read", "booking:read"]});
    let made = world.post("/v1/roles", &mia, night.clone()).await;
    assert_eq!(made.status, 201, "{made:?}");
    let night_key = made.text("/key");
    assert_eq!(
        world
            .post("/v1/roles", &ana, json!({"name": "NIGHT DESK", "permissions": ["team:read"]}))
            .await
            .brief(),
        (409, "role_name_taken")
    );
    assert_eq!(world.post("/v1/roles", &eve, night).await.status, 201);
    let beyond = json!({"name": "Guard", "permissions": ["tenant:secure"]});
    assert_eq!(
        world.post("/v1/roles", &mia, beyond.clone()).await.brief(),
        (403, "beyond_own_rights")
    );
    let guard = world.post("/v1/roles", &ana, beyond).await.text("/key");
    let crown = json!({"name": "Crown", "permissions": ["tenant:transfer"]});
    assert_eq!(world.post("/v1/roles", &ana, crown).await.status, 422);

    // A manager gives what a manager has, and no more.
    let kim = world.joined(&mia, "kim@lagoon.example", &night_key).await;
    assert_eq!(world.get("/v1/members", &kim).await.status, 200);
    assert_eq!(world.get("/v1/roles", &kim).await.brief(), (403, "not_allowed"));
    let (kims, version) = world.member(&ana, "kim@lagoon.example").await;
    let kims = format!("/v1/members/{kims}");
    for (role, refused) in [
        ("owner", (403, "owners_only")),
        (&*guard, (403, "beyond_own_rights")),
        ("rol_00000000000000000000000000", (422, "validation_failed")),
        ("emperor", (422, "validation_failed")),
    ] {
        let said = world.patch(&kims, &mia, version, json!({ "role": role })).await;
        assert_eq!(said.brief(), refused, "{role}");
        let said = world
            .post("/v1/invitations", &mia, json!({"email": "x@lagoon.example", "role": role}))
            .await;
        assert_eq!(said.brief(), refused, "{role}");
    }
    let (anas, anas_version) = world.member(&ana, ANA).await;
    let said = world
        .patch(&format!("/v1/members/{anas}"), &mia, anas_version, json!({"role": "provider"}))
        .await;
    assert_eq!(said.brief(), (403, "owners_only"));
    assert_eq!(
        world.delete(&format!("/v1/members/{anas}"), &mia).await.brief(),
        (403, "owners_only")
    );

    // What a role allows is in force at once, for those who have it.
    let path = format!("/v1/roles/{night_key}");
    let more = json!({"permissions": ["team:read", "role:read"]});
    assert_eq!(world.patch(&path, &mia, 7, more.clone()).await.status, 412);
    let changed = world.patch(&path, &mia, 1, more).await;
    assert_eq!(
        (changed.status, &changed.body["members"], &changed.body["version"]),
        (200, &json!(1), &json!(2))
    );
    let roles = world.get("/v1/roles", &kim).await;
    let names: Vec<_> = roles.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Owner", "Manager", "Receptionist", "Provider", "Guard", "Night desk"]);
    let foreign = world.delete(&path, &eve).await;
    assert_eq!(foreign.brief(), (404, "not_found"));
    assert_eq!(world.delete(&path, &ana).await.brief(), (409, "role_in_use"));

    // Nobody has it, but somebody is invited to it.
    let said = world.patch(&kims, &ana, version, json!({"role": "provider"})).await;
    assert_eq!((said.status, said.text("/role/name")), (200, "Provider".into()));
    assert_eq!(world.patch(&kims, &ana, version, json!({"role": "manager"})).await.status, 412);
    world.invite(&ana, "late@lagoon.example", &night_key).await;
    assert_eq!(world.delete(&path, &ana).await.brief(), (409, "role_in_use"));
    world.clock.advance(Duration::days(8));
    assert_eq!(world.delete(&path, &ana).await.status, 204);
    let listed = world.get("/v1/invitations", &ana).await;
    assert_eq!(listed.text("/items/0/status"), "expired");
    assert_eq!(listed.text("/items/0/role/key"), "deleted");
    let log = world.audit(&ana).await;
    let entry = log.iter().find(|entry| entry["action"] == "team.role_changed").unwrap();
    assert_eq!(
        entry["changes"],
        json!([{"field": "role", "before": "Night desk", "after": "Provider"}])
    );
}

#[tokio::test]
async fn a_business_changes_hands() {
    let world = World::new().await;
    let (ana, _) = world.business("Lagoon", ANA).await;
    let mia = world.joined(&ana, OMAR, "manager").await;
    let (anas, _) = world.member(&ana, ANA).await;
    let (mias, _) = world.member(&ana, OMAR).await;
    world.mails().await;
    let hand = async |who, id: &str, password: Option<&str>| {
        let body = json!({ "member_id": id, "password": password });
        world.post("/v1/tenant/transfer-ownership", who, body).await
    };
    assert_eq!(hand(&mia, &mias, Some(PASSWORD)).await.brief(), (403, "not_allowed"));
    assert_eq!(hand(&ana, &mias, None).await.brief(), (401, "bad_credentials"));
    assert_eq!(hand(&ana, &mias, Some("guess")).await.brief(), (401, "bad_credentials"));
    let nobody = "mem_00000000000000000000000000";
    assert_eq!(hand(&ana, nobody, Some(PASSWORD)).await.brief(), (404, "not_found"));
    assert_eq!(hand(&ana, &anas, Some(PASSWORD)).await.text("/fields/0/field"), "/member_id");
    assert!(world.mails().await.is_empty());

    let done = hand(&ana, &mias, Some(PASSWORD)).await;
    assert_eq!((done.status, done.text("/role/key")), (200, "owner".into()), "{done:?}");
    assert_eq!(world.get("/v1/me", &ana).await.status, 401, "the old cookie is worth nothing");
    let ana = done.browser();
    assert_eq!(world.roles(&ana).await, ["manager", "owner"]);
    assert_eq!(hand(&ana, &mias, Some(PASSWORD)).await.brief(), (403, "not_allowed"));
    let mails = world.mails().await;
    let to: Vec<_> = mails.iter().map(|(to, data, _)| (&**to, data["what"].as_str())).collect();
    let what = Some("ownership_transferred");
    assert!(to.len() == 2 && to.contains(&(ANA, what)) && to.contains(&(OMAR, what)), "{to:?}");
    let log = world.audit(&mia).await;
    let entry = log.iter().find(|e| e["action"] == "tenant.ownership_transferred").unwrap();
    assert_eq!(entry["changes"][0]["before"], "Owner of Lagoon");
    assert_eq!(entry["changes"][0]["after"], "Somebody New");
}

#[tokio::test]
async fn another_business_sees_and_touches_nothing() {
    let world = World::new().await;
    let (ana, lagoon) = world.business("Lagoon", ANA).await;
    let (eve, _) = world.business("Other", "eve@other.example").await;
    world.mails().await;
    world.invite(&ana, OMAR, "provider").await;
    let (anas, version) = world.member(&ana, ANA).await;
    let invitation = world.get("/v1/invitations", &ana).await.text("/items/0/id");
    assert_eq!(world.get("/v1/members", &eve.naming(&lagoon)).await.brief(), (404, "not_found"));
    let unknown = world.get("/v1/members/mem_00000000000000000000000000", &eve).await;
    let foreign = world.get(&format!("/v1/members/{anas}"), &eve).await;
    assert_eq!((foreign.status, &foreign.body), (404, &unknown.body));
    let refusals = [
        world
            .patch(&format!("/v1/members/{anas}"), &eve, version, json!({"role": "provider"}))
            .await,
        world.delete(&format!("/v1/members/{anas}"), &eve).await,
        world.delete(&format!("/v1/me/memberships/{anas}"), &eve).await,
        world.post(&format!("/v1/invitations/{invitation}/resend"), &eve, Value::Null).await,
        world.delete(&format!("/v1/invitations/{invitation}"), &eve).await,
        world
            .post(
                "/v1/tenant/transfer-ownership",
                &eve,
                json!({"member_id": anas, "password": PASSWORD}),
            )
            .await,
    ];
    for said in refusals {
        assert_eq!((said.status, &said.body), (404, &unknown.body));
    }
    assert_eq!(world.get("/v1/invitations", &eve).await.body["items"], json!([]));
    assert_eq!(world.roles(&eve).await.len(), 1);
}

#[tokio::test]
async fn a_team_is_listed_in_pages() {
    let world = World::new().await;
    let (ana, _) = world.business("Lagoon", ANA).await;
    world.mails().await;
    for n in 0..4 {
        world.joined(&ana, &format!("n{n}@lagoon.example"), "provider").await;
    }
    for (path, emails, expected) in [
        (
            "/v1/members",
            "/user/email",
            [
                ANA,
                "n0@lagoon.example",
                "n1@lagoon.example",
                "n2@lagoon.example",
                "n3@lagoon.example",
            ]
            .as_slice(),
        ),
        (
            "/v1/invitations",
            "/email",
            ["n3@lagoon.example", "n2@lagoon.example", "n1@lagoon.example", "n0@lagoon.example"]
                .as_slice(),
        ),
    ] {
        let (mut seen, mut next) = (Vec::new(), String::new());
        loop {
            let page = world.get(&format!("{path}?limit=2{next}"), &ana).await;
            let items = page.body["items"].as_array().unwrap();
            seen.extend(
                items.iter().map(|item| item.pointer(emails).unwrap().as_str().unwrap().to_owned()),
            );
            let Some(cursor) = page.body["next_cursor"].as_str() else { break };
            next = format!("&cursor={cursor}");
        }
        assert_eq!(seen, expected, "{path}");
    }
}
