use chrono::NaiveDate;
use openchair_domain::customers;
use openchair_domain::ids::{Id, Service};
use openchair_tests::TestApp;
use serde_json::json;
use uuid::Uuid;

use super::{add, at, id_of, lines, spa, visitor};

#[tokio::test]
async fn a_membership_opens_what_is_for_members_for_a_period() {
    let app = TestApp::start().await;
    let (spa, owner) = spa(&app).await;
    let ana = add(&owner, json!({ "name": "Ana" })).await;
    let plan = app.membership_plan(&spa).await;
    let services = "select id from services where tenant_id = $1 order by id limit 2";
    let services: Vec<Uuid> = sqlx::query_scalar(services)
        .bind(spa.id.uuid())
        .fetch_all(app.database.owner())
        .await
        .unwrap();
    let (closed, open) =
        (Id::<Service>::from_uuid(services[0]), Id::<Service>::from_uuid(services[1]));
    let setup = format!(
        "update services set members_only = true where id = '{0}';
         insert into membership_plan_services (tenant_id, plan_id, service_id)
         values ('{1}', '{2}', '{0}')",
        closed.uuid(),
        spa.id.uuid(),
        plan.uuid(),
    );
    app.database.run(&setup).await;
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let may = async |services: &[Id<Service>], on: &str| {
        let tx = visitor(&app, &spa).await;
        let live = customers::live_memberships(&tx, id_of(&ana)).await.unwrap();
        services.iter().all(|service| live.opens(*service, day(on)))
    };
    assert!(!may(&[open], "2026-03-02").await);
    assert!(!may(&[closed], "2026-03-02").await);

    let body = json!({ "plan_id": plan, "starts_on": "2026-03-01" });
    let made = owner.post(&at(&ana, "/memberships"), &body).await.expect(201);
    assert_eq!(
        (made["starts_on"].as_str(), made["ends_on"].as_str()),
        (Some("2026-03-01"), Some("2027-03-01"))
    );
    for (on, is_open) in
        [("2026-02-28", false), ("2026-03-01", true), ("2027-02-28", true), ("2027-03-01", false)]
    {
        assert_eq!(may(&[closed], on).await, is_open, "{on}");
        let tx = visitor(&app, &spa).await;
        let plans = customers::active_plans(&tx, id_of(&ana), day(on)).await.unwrap();
        assert_eq!(plans, if is_open { vec![plan] } else { vec![] }, "{on}");
    }
    let path = at(&ana, &format!("/memberships/{}", made["id"].as_str().unwrap()));
    for _ in 0..2 {
        owner.delete(&path).await.expect(204);
    }
    assert!(!may(&[closed], "2026-03-02").await);
    assert_eq!(lines(&app, "customer.membership_cancelled", &ana).await, 1);
    let list = owner.get(&at(&ana, "/memberships")).await.expect(200);
    assert!(list["items"][0]["cancelled_at"].is_string());

    // Today, where the business is; and what can't be meant.
    let made = owner.post(&at(&ana, "/memberships"), &json!({ "plan_id": plan })).await.expect(201);
    assert_eq!(made["starts_on"], "2026-03-02");
    let there = app.business("There").await;
    let theirs = app.membership_plan(&there).await;
    let theirs = owner.post(&at(&ana, "/memberships"), &json!({ "plan_id": theirs })).await;
    assert_eq!(theirs.faults(), [("/plan_id".into(), "unknown_plan".into())]);
    let far = json!({ "plan_id": plan, "starts_on": "2126-03-01" });
    let far = owner.post(&at(&ana, "/memberships"), &far).await;
    assert_eq!(far.faults(), [("/starts_on".into(), "out_of_range".into())]);
}
