use openchair_tests::{Browser, TestApp};
use serde_json::{Value, json};

use super::{add, at, id_of, lines, names, spa};

async fn merge(owner: &Browser, kept: &Value, gone: &Value) -> Value {
    let body = json!({ "other_id": gone["id"], "other_version": gone["version"] });
    let seen = format!("\"{}\"", kept["version"]);
    owner.post(&at(kept, "/merge"), &body).header("if-match", &seen).await.expect(200)
}

fn undo_path(merged: &Value) -> String {
    format!("/v1/customers/merges/{}/undo", merged["merge"]["id"].as_str().unwrap())
}

/// Everything that is a customer's, by table; what changes with every step is left out.
async fn everything(app: &TestApp) -> Vec<String> {
    let rows = async |sql: &str| -> Vec<String> {
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()))
            .fetch_all(app.database.owner())
            .await
            .unwrap()
    };
    let mut all = rows(
        "select 'customers ' || (to_jsonb(c) - 'version' - 'updated_at')::text
         from customers c order by id",
    )
    .await;
    for table in [
        "appointments",
        "consents",
        "form_answers",
        "customer_memberships",
        "series",
        "waitlist_entries",
    ] {
        let sql = format!("select '{table} ' || id || ' ' || customer_id from {table} order by id");
        all.extend(rows(&sql).await);
    }
    all
}

async fn with_a_past(owner: &Browser) -> (Value, Value) {
    let kept = json!({ "name": "Ana Pérez", "email": "ana@example.com", "tags": ["VIP", "tea"] });
    let kept = add(owner, kept).await;
    let gone = json!({ "name": "Anita 💆", "email": "anita@example.com", "phone": "415 555 0132",
                       "note": "likes it quiet", "locale": "es", "tags": ["vip", "new"] });
    let gone = add(owner, gone).await;
    let notes = json!({ "text": "allergic to nuts" });
    let put = owner.put(&at(&kept, "/medical"), &notes).header("if-match", "\"1\"");
    put.await.expect(200);
    let notes = json!({ "text": "asthma" });
    let put = owner.put(&at(&gone, "/medical"), &notes).header("if-match", "\"1\"");
    put.await.expect(200);
    let read = async |customer: &Value| owner.get(&at(customer, "")).await.expect(200);
    (read(&kept).await, read(&gone).await)
}

#[tokio::test]
async fn a_merge_moves_everything_and_its_undo_moves_it_back() {
    let app = TestApp::start().await;
    let (spa, owner) = spa(&app).await;
    let (kept, gone) = with_a_past(&owner).await;
    let plan = app.membership_plan(&spa).await;
    let form = app.form(&spa, "intake").await;
    for customer in [&kept, &gone] {
        app.visit(&spa, id_of(customer), &spa.owner, -7).await;
        app.visit(&spa, id_of(customer), &spa.owner, 7).await;
        app.consent(&spa, id_of(customer)).await;
        app.form_answers(&spa, id_of(customer), form, &json!({ "who": customer["name"] })).await;
        app.customer_membership(&spa, id_of(customer), plan).await;
    }
    waiting(&app, &spa, &gone).await;
    let before = everything(&app).await;

    let merged = merge(&owner, &kept, &gone).await;
    let now = &merged["customer"];
    assert_eq!(now["id"], kept["id"]);
    assert_eq!((&now["name"], &now["email"]), (&kept["name"], &kept["email"]), "never renamed");
    assert_eq!(now["phone"], gone["phone"]);
    assert_eq!((&now["note"], &now["locale"]), (&gone["note"], &gone["locale"]));
    assert_eq!(now["tags"], json!(["VIP", "tea", "new"]));
    let count = async |rest: &str| {
        let list = owner.get(&at(&kept, rest)).await.expect(200);
        list["items"].as_array().unwrap().len()
    };
    assert_eq!(count("/visits").await, 4);
    assert_eq!(count("/consents").await, 2);
    assert_eq!(count("/answers").await, 2);
    assert_eq!(count("/memberships").await, 2);
    let notes = owner.get(&at(&kept, "/medical")).await.expect(200);
    assert_eq!(notes["text"], "allergic to nuts\n\nasthma");
    let waits = format!(
        "select count(*) from waitlist_entries where customer_id = '{}'",
        id_of(&kept).uuid()
    );
    assert_eq!(app.database.count(&waits).await, 1);
    for rest in ["", "/visits", "/consents", "/memberships", "/medical", "/answers"] {
        owner.get(&at(&gone, rest)).await.problem(404, "not_found");
    }
    owner.patch(&at(&gone, ""), 3, &json!({ "note": "x" })).await.problem(404, "not_found");
    assert_eq!(names(&owner.get("/v1/customers").await.expect(200)), ["Ana Pérez"]);
    assert_eq!(lines(&app, "customer.merged", &kept).await, 1);

    let undone = owner.post_empty(&undo_path(&merged)).await.expect(200);
    assert!(undone["undone_at"].is_string());
    assert_eq!(everything(&app).await, before);
    let notes = owner.get(&at(&kept, "/medical")).await.expect(200);
    assert_eq!(notes["text"], "allergic to nuts");
    let notes = owner.get(&at(&gone, "/medical")).await.expect(200);
    assert_eq!(notes["text"], "asthma");
    owner.post_empty(&undo_path(&merged)).await.problem(409, "already_undone");
    let merges = owner.get("/v1/customers/merges").await.expect(200);
    assert_eq!(merges["items"][0]["gone"]["name"], gone["name"]);
    // It can be done again.
    let read = async |customer: &Value| owner.get(&at(customer, "")).await.expect(200);
    merge(&owner, &read(&kept).await, &read(&gone).await).await;
}

async fn waiting(app: &TestApp, spa: &openchair_tests::Business, customer: &Value) {
    let sql = "
        insert into waitlist_entries (tenant_id, id, location_id, wanted, title, first_day, last_day,
                                      earliest, latest, name, locale, note, customer_id, state,
                                      token_hash, created_at, updated_at)
        values ($1, $2, $3, '{}', 'Facial', '2026-03-03', '2026-03-04', 0, 1440, 'Anita', 'en', '',
                $2, 'waiting', '', $4, $4)";
    let done = sqlx::query(sql).bind(spa.id.uuid()).bind(id_of(customer).uuid());
    let done = done.bind(app.location(spa).await.uuid()).bind(app.now());
    done.execute(app.database.owner()).await.unwrap();
}

#[tokio::test]
async fn what_changed_since_stays_and_what_came_since_stays_too() {
    let app = TestApp::start().await;
    let (spa, owner) = spa(&app).await;
    let (kept, gone) = with_a_past(&owner).await;
    let merged = merge(&owner, &kept, &gone).await;
    let version = merged["customer"]["version"].as_i64().unwrap();
    let change = json!({ "phone": "415 555 0199", "tags": ["VIP", "new", "kind"] });
    owner.patch(&at(&kept, ""), version, &change).await.expect(200);
    let since = app.visit(&spa, id_of(&kept), &spa.owner, 3).await;
    owner.post_empty(&undo_path(&merged)).await.expect(200);
    let now = owner.get(&at(&kept, "")).await.expect(200);
    assert_eq!(now["phone"], "+14155550199", "somebody wrote it since");
    assert_eq!((now["note"].as_str(), now["locale"].is_null()), (Some(""), true));
    assert_eq!(now["tags"], json!(["VIP", "kind"]));
    let visits = owner.get(&at(&kept, "/visits")).await.expect(200);
    assert_eq!(visits["items"][0]["id"], since.to_string());
}

#[tokio::test]
async fn merges_that_cannot_be() {
    let app = TestApp::start().await;
    let (_spa, owner) = spa(&app).await;
    let mut people = Vec::new();
    for name in ["Ana", "Ben", "Cem"] {
        people.push(add(&owner, json!({ "name": name })).await);
    }
    let [ana, ben, cem] = &people[..] else { unreachable!() };
    let ask = async |kept: &Value, body: Value, seen: i64| {
        let seen = format!("\"{seen}\"");
        owner.post(&at(kept, "/merge"), &body).header("if-match", &seen).await
    };
    let with =
        |other: &Value, version: i64| json!({ "other_id": other["id"], "other_version": version });
    ask(ana, with(ana, 1), 1).await.problem(409, "same_customer");
    ask(ana, with(ben, 1), 2).await.problem(412, "version_conflict");
    ask(ana, with(ben, 2), 1).await.problem(412, "version_conflict");
    let unknown = json!({ "other_id": "cus_00000000000000000000000007", "other_version": 1 });
    ask(ana, unknown, 1).await.problem(404, "not_found");

    let first = merge(&owner, ana, ben).await;
    ask(ana, with(ben, 2), 2).await.problem(404, "not_found");
    ask(ben, with(cem, 1), 2).await.problem(404, "not_found");
    // Ana goes on into Cem: what made her of two can't be undone before that.
    let second = merge(&owner, cem, &first["customer"]).await;
    owner.post_empty(&undo_path(&first)).await.problem(409, "merged_since");
    owner.post_empty(&undo_path(&second)).await.expect(200);
    owner.post_empty(&undo_path(&first)).await.expect(200);
    assert_eq!(names(&owner.get("/v1/customers").await.expect(200)), ["Ana", "Ben", "Cem"]);
}

/// Ten merge the same two at once, in both directions: one wins, nobody waits in a circle.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_merges_at_once_one_wins() {
    let app = TestApp::with(&[("database.max_connections", "10")]).await;
    let (_spa, owner) = spa(&app).await;
    let ana = add(&owner, json!({ "name": "Ana" })).await;
    let ben = add(&owner, json!({ "name": "Ben" })).await;
    let calls = (0..10).map(|n| {
        let (kept, gone) = if n % 2 == 0 { (&ana, &ben) } else { (&ben, &ana) };
        let body = json!({ "other_id": gone["id"], "other_version": 1 });
        let call = owner.post(&at(kept, "/merge"), &body).header("if-match", "\"1\"");
        tokio::spawn(call.into_future())
    });
    let mut won = 0;
    for answer in futures_util::future::join_all(calls).await {
        let answer = answer.unwrap();
        won += i32::from(answer.status == 200);
        assert!([200, 404, 412].contains(&answer.status), "{answer}");
    }
    assert_eq!(won, 1);
}
