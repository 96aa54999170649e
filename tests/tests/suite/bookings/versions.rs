//! Under which version the diaries of several locations are kept, and what it costs to read one.

use openchair_domain::ids::{Id, Location};
use openchair_tests::spa::at;
use openchair_tests::{TestApp, bench, eventually};
use serde_json::json;

/// How often the rules and what is taken at a location have changed.
async fn versions(app: &TestApp, at: Id<Location>) -> (i64, i64) {
    let sql = "select rules, busy from availability_versions where location_id = $1";
    let found = sqlx::query_as(sql).bind(at.uuid()).fetch_one(app.database.owner()).await;
    found.unwrap()
}

#[tokio::test]
async fn each_location_has_a_diary_of_its_own() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let here = spa.location.parse::<Id<Location>>().unwrap();
    let annex = app.another_location(&spa.business, "Annex").await;
    // Eve is here in the mornings and there in the afternoons, and one visit a day is enough for her;
    // Wanda is only here.
    let work =
        |opens: &str, closes: &str| json!([{ "weekday": 3, "opens": opens, "closes": closes }]);
    let eve = format!("/v1/staff/{}", spa.id("Eve"));
    let version = spa.owner.get(&eve).await.version();
    let hours = json!({ "locations": [
        { "location_id": spa.location, "work": work("09:00", "13:00") },
        { "location_id": annex.to_string(), "work": work("14:00", "19:00") },
    ] });
    let put = spa.owner.put(&format!("{eve}/hours"), &hours);
    put.header("if-match", &format!("\"{version}\"")).await.expect(200);
    let version = spa.owner.get(&eve).await.version();
    spa.owner.patch(&eve, version, &json!({ "daily_cap": 1 })).await.expect(200);

    let there = format!("services={}&location={annex}", spa.id("Wax"));
    let at_annex = async || spa.offered(&there, 3, 5).await;
    let afternoon = at_annex().await;
    assert_eq!(afternoon.first().map(String::as_str), Some("2026-03-04T14:00"));
    assert_eq!(afternoon.len(), 10, "{afternoon:?}");
    let mut seen = (versions(&app, here).await, versions(&app, annex).await);
    let mut moved = async |what: &str, here_by: (i64, i64), annex_by: (i64, i64)| {
        let now = (versions(&app, here).await, versions(&app, annex).await);
        let grown = |now: (i64, i64), seen: (i64, i64)| (now.0 - seen.0, now.1 - seen.1);
        assert_eq!((grown(now.0, seen.0), grown(now.1, seen.1)), (here_by, annex_by), "{what}");
        seen = now;
    };

    let wax = |who: &str| spa.wanted(&["Wax"], 1, &[who]);
    let wanda = spa.book(wax("Wanda"), at(4, "10:00")).await.expect(201);
    moved("somebody who is only here", (0, 1), (0, 0)).await;
    assert_eq!(at_annex().await, afternoon);
    let wanda = format!("/v1/appointments/{}", wanda["id"].as_str().unwrap());
    let to = json!({ "version": 1, "start": at(4, "11:00") });
    spa.owner.post(&format!("{wanda}/move"), &to).await.expect(200);
    moved("their other time", (0, 1), (0, 0)).await;
    let closed = json!({ "windows": [] });
    let day = format!("/v1/locations/{}/days/2026-03-11", spa.location);
    spa.owner.put(&day, &closed).await.expect(200);
    moved("a day here", (1, 0), (0, 0)).await;
    assert_eq!(at_annex().await, afternoon);

    // Whoever works at both is taken at both: the annex has nobody left.
    let eve = spa.book(wax("Eve"), at(4, "10:00")).await.expect(201);
    moved("somebody of both", (0, 1), (0, 1)).await;
    assert_eq!(at_annex().await, Vec::<String>::new());
    let cancel = format!("/v1/appointments/{}/cancel", eve["id"].as_str().unwrap());
    spa.owner.post(&cancel, &json!({ "version": 1 })).await.expect(200);
    moved("somebody of both, called off", (0, 1), (0, 1)).await;
    assert_eq!(at_annex().await, afternoon);
    let body = json!({ "location": annex.to_string(), "wanted": wax("Eve"),
                       "start": at(4, "15:00"), "customer": { "name": "Ann" } });
    spa.owner.post("/v1/appointments", &body).await.expect(201);
    moved("somebody of both, there", (0, 1), (0, 1)).await;
    let morning = format!("services={}&staff={}", spa.id("Wax"), spa.id("Eve"));
    assert_eq!(spa.offered(&morning, 4, 4).await, Vec::<String>::new());
    assert_eq!(at_annex().await, Vec::<String>::new());
}

/// What the server asked the database, by its log.
fn asked(database: &str) -> Vec<String> {
    let log = std::fs::read(bench().folder().join("postgres.log")).unwrap();
    let ours = format!("openchair_app@{database} LOG:  execute ");
    let mut asked: Vec<String> = Vec::new();
    let mut is_ours = false;
    for line in String::from_utf8_lossy(&log).lines() {
        // What a statement has more of lines is indented.
        let goes_on = line.starts_with('\t');
        is_ours = if goes_on { is_ours } else { line.contains(&ours) };
        match asked.last_mut() {
            Some(last) if is_ours && goes_on => last.push_str(line),
            _ if is_ours => asked.push(line.to_owned()),
            _ => {}
        }
    }
    asked
}

#[tokio::test]
async fn free_times_take_few_queries_and_kept_ones_only_that_of_the_version() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let database = "select current_database()::text";
    let database: String =
        sqlx::query_scalar(database).fetch_one(app.database.owner()).await.unwrap();
    // Whoever connects from now on is listened to: a server that has nothing kept yet.
    app.database.run(&format!("alter database {database} set log_statement = 'all'")).await;
    // No worker in it, which asks for work all the time.
    let (browser, running) = app.second(&[("worker.inside", "false")]).await;
    let search = async |path: &str| {
        let before = asked(&database).len();
        browser.get(path).await.expect(200);
        asked(&database).split_off(before)
    };
    let slug = &spa.business.slug;
    let path = format!(
        "/v1/public/{slug}/slots?services={}&from=2026-03-03&to=2026-03-16",
        spa.id("Facial")
    );
    // What a server asks on its own account comes once; what a search asks, each time.
    let uncached = search(&path).await;
    assert!((1..=4).contains(&uncached.len()), "{uncached:#?}");
    let mut kept = Vec::new();
    eventually("a search that nothing else is asked beside", async || {
        kept = search(&path).await;
        (kept.len() <= 1).then_some(())
    })
    .await;
    assert_eq!(kept.len(), 1, "{kept:#?}");
    assert!(kept[0].contains("availability_versions"), "{kept:#?}");
    spa.book(spa.wanted(&["Facial"], 1, &[]), at(4, "10:00")).await.expect(201);
    let anew = search(&path).await;
    assert!((2..=4).contains(&anew.len()), "{anew:#?}");
    running.stop().await;
}
