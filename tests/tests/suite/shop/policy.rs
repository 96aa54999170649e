use serde_json::{Value, json};

use super::{done, shop};

#[tokio::test]
async fn the_rules_of_booking() {
    let (_app, _spa, owner) = shop().await;
    let path = "/v1/booking-policy";
    let read = owner.get(path).await;
    let begun = read.expect(200);
    assert_eq!(read.version(), 1);
    assert_eq!(begun["move_notice_minutes"], begun["cancel_notice_minutes"]);
    assert_eq!((&begun["alignment"], &begun["ask_email"]), (&json!("clock"), &json!("required")));
    let change = json!({ "slot_step_minutes": 20, "alignment": "packed", "ask_phone": "required",
                         "late_cancel_fee_percent": 50, "waitlist_order": "least_gap" });
    let changed = owner.patch(path, 1, &change).await.expect(200);
    for (field, value) in change.as_object().unwrap() {
        assert_eq!(&changed[field], value);
    }
    assert_eq!(changed["horizon_days"], begun["horizon_days"], "what is left out stays");
    assert_eq!(owner.get(path).await.expect(200), changed);
    owner.patch(path, 1, &change).await.problem(412, "version_conflict");
    for (change, field, code) in [
        (json!({ "slot_step_minutes": 0 }), "/slot_step_minutes", "too_small"),
        (json!({ "slot_step_minutes": 241 }), "/slot_step_minutes", "too_large"),
        (json!({ "notice_minutes": -1 }), "/notice_minutes", "too_small"),
        (json!({ "horizon_days": 3650 }), "/horizon_days", "too_large"),
        (json!({ "no_show_fee_percent": 101 }), "/no_show_fee_percent", "too_large"),
        (json!({ "alignment": "tetris" }), "/alignment", "choice"),
        (json!({ "ask_email": "hidden", "ask_phone": "hidden" }), "/ask_phone", "unreachable"),
        (
            json!({ "ask_email": "hidden", "verify_contact": true }),
            "/verify_contact",
            "needs_email",
        ),
    ] {
        let faults = owner.patch(path, 2, &change).await.faults();
        assert_eq!(faults, [(field.to_owned(), code.to_owned())], "{change}");
    }
    assert_eq!(owner.get(path).await.expect(200), changed);
    assert_eq!(done(&owner, "policy.updated").await, 1);
}

#[tokio::test]
async fn services_and_the_business_dont_contradict_each_other() {
    let (app, spa, owner) = shop().await;
    let service = format!("/v1/services/{}", app.services(&spa).await[0]);
    let own = |policy: Value| json!({ "policy": policy });
    let rules = "/v1/booking-policy";
    owner.patch(rules, 1, &json!({ "notice_minutes": 60, "horizon_days": 60 })).await.expect(200);
    for (policy, field) in [
        (json!({ "notice_minutes": 61 * 1440 + 1 }), "/policy/notice_minutes"),
        (json!({ "notice_minutes": 3000, "horizon_days": 1 }), "/policy/notice_minutes"),
    ] {
        let faults = owner.patch(&service, 1, &own(policy)).await.faults();
        assert_eq!(faults, [(field.to_owned(), "beyond_horizon".to_owned())]);
    }
    let far = json!({ "notice_minutes": 31 * 1440, "verify_contact": true });
    owner.patch(&service, 1, &own(far)).await.expect(200);
    for (change, field, code) in [
        (json!({ "horizon_days": 29 }), "/horizon_days", "beyond_horizon"),
        (json!({ "ask_email": "hidden" }), "/ask_email", "needs_email"),
    ] {
        let faults = owner.patch(rules, 2, &change).await.faults();
        assert_eq!(faults, [(field.to_owned(), code.to_owned())], "{change}");
    }
    // And the other way round.
    owner.patch(&service, 2, &own(json!({}))).await.expect(200);
    let change = json!({ "ask_email": "hidden", "ask_phone": "required", "horizon_days": 29 });
    owner.patch(rules, 2, &change).await.expect(200);
    let proven = owner.patch(&service, 3, &own(json!({ "verify_contact": true }))).await.faults();
    assert_eq!(proven, [("/policy/verify_contact".to_owned(), "needs_email".to_owned())]);
}
