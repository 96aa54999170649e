use std::fmt::Write as _;

use openchair_domain::customers::{self, ImportJob};
use openchair_domain::ids::{CustomerImport, Id};
use openchair_tests::{Browser, TestApp, eventually};
use serde_json::{Value, json};

use super::{add, at, names, spa};

async fn check(owner: &Browser, csv: &str) -> Value {
    let body = json!({ "name": "old till", "csv": csv });
    owner.post("/v1/customers/imports", &body).await.expect(201)
}

fn path(import: &Value, rest: &str) -> String {
    format!("/v1/customers/imports/{}{rest}", import["id"].as_str().unwrap())
}

async fn done(owner: &Browser, import: &Value) -> Value {
    eventually("the file is in", async || {
        let now = owner.get(&path(import, "")).await.expect(200);
        (now["state"] == "done").then_some(now)
    })
    .await
}

const FILE: &str = "\u{feff}First name;Last name;E-Mail;Mobile;Notes;Tags;Newsletter;Points\r\n\
    Zoë;Ångström;zoe@example.com;(415) 555-0132;\"likes\r\ntea\";vip, new;yes;7\r\n\
    نور;;noor@example.com;;;;no;\r\n\
    Known;;ANA@example.com;;;;no;\r\n\
    Zoe;Again;ZOE@example.com;;;;;\r\n\
    Bad;Phone;;12;;;;\r\n\
    ;;nobody@example.com;;;;;\r\n\
    💈 Ben;;;;;;;\r\n";

#[tokio::test]
async fn a_file_is_looked_at_and_then_put_in() {
    let app = TestApp::start().await;
    let (_spa, owner) = spa(&app).await;
    let ana = add(&owner, json!({ "name": "Ana", "email": "ana@example.com" })).await;
    let said = json!({ "purpose": "marketing_email", "granted": true });
    owner.post(&at(&ana, "/consents"), &said).await.expect(201);
    app.clock.advance(chrono::Duration::seconds(1));

    let import = check(&owner, FILE).await;
    assert_eq!(
        (import["state"].as_str(), import["rows_total"].as_i64()),
        (Some("checked"), Some(7))
    );
    let report = &import["report"];
    let totals = json!({ "rows": 7, "new": 3, "duplicates": 2, "invalid": 2, "opt_outs": 2 });
    assert_eq!(report["totals"], totals);
    assert_eq!(report["ignored_columns"], json!(["Points"]));
    assert_eq!(
        report["rows"],
        json!([
            { "row": 2, "outcome": "new" },
            { "row": 3, "outcome": "new", "opt_outs": ["marketing_email"] },
            { "row": 4, "outcome": "duplicate", "customer_id": ana["id"], "opt_outs": ["marketing_email"] },
            { "row": 5, "outcome": "duplicate", "same_as_row": 2 },
            { "row": 6, "outcome": "invalid", "field": "phone", "code": "invalid_phone",
              "detail": "No telephone has this number. Is a digit missing, or the country?" },
            { "row": 7, "outcome": "invalid", "field": "name", "code": "required",
              "detail": "Please fill this in." },
            { "row": 8, "outcome": "new" },
        ])
    );
    // Nothing is in yet, and the file lies sealed.
    assert_eq!(names(&owner.get("/v1/customers").await.expect(200)), ["Ana"]);
    let plain = "select count(*) from customer_imports
                 where position('zoe' in lower(encode(file, 'escape'))) > 0
                    or report::text ilike '%zoe%'";
    assert_eq!(app.database.count(plain).await, 0);

    for _ in 0..2 {
        owner.post_empty(&path(&import, "/run")).await.expect(202);
    }
    let ended = done(&owner, &import).await;
    assert_eq!(
        (&ended["rows_done"], &ended["created"], &ended["skipped"]),
        (&json!(7), &json!(3), &json!(4))
    );
    owner.post_empty(&path(&import, "/run")).await.expect(202);
    let list = owner.get("/v1/customers").await.expect(200);
    assert_eq!(names(&list), ["Ana", "Zoë Ångström", "نور", "💈 Ben"]);
    let zoe = &list["items"][1];
    assert_eq!(
        (&zoe["phone"], &zoe["note"], &zoe["tags"], &zoe["source"]),
        (&json!("+14155550132"), &json!("likes\ntea"), &json!(["vip", "new"]), &json!("import"))
    );
    assert_eq!(zoe["consents"]["marketing_email"], true);
    assert_eq!(list["items"][2]["consents"]["marketing_email"], false);
    // Who is known stays as they are, but for what they don't want.
    let now = owner.get(&at(&ana, "")).await.expect(200);
    assert_eq!((&now["version"], &now["consents"]["marketing_email"]), (&json!(1), &json!(false)));
    assert_eq!(
        app.database.count("select count(*) from customer_imports where file is not null").await,
        0
    );

    // The same file again: nobody is new, nobody says anything new.
    let consents = app.database.count("select count(*) from consents").await;
    let again = check(&owner, FILE).await;
    assert_eq!(again["report"]["totals"]["new"], 0);
    owner.post_empty(&path(&again, "/run")).await.expect(202);
    assert_eq!(done(&owner, &again).await["created"], 0);
    assert_eq!(app.database.count("select count(*) from consents").await, consents);
    assert_eq!(app.database.count("select count(*) from customers").await, 4);
}

fn many(rows: usize) -> String {
    let mut csv = String::from("name,email,phone,newsletter\n");
    for n in 0..rows {
        writeln!(csv, "Person {n},person.{n}@example.com,,{}", if n % 3 == 0 { "no" } else { "" })
            .unwrap();
    }
    csv
}

/// A worker that is lost in the middle, and two at the same file: each row is in once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_lost_leaves_nothing_twice() {
    let app =
        TestApp::with(&[("worker.inside", "false"), ("database.max_connections", "10")]).await;
    let (spa, owner) = spa(&app).await;
    let import = check(&owner, &many(1_500)).await;
    let job =
        ImportJob { import: import["id"].as_str().unwrap().parse::<Id<CustomerImport>>().unwrap() };
    let work = || {
        let (db, tenant, job) = (app.app().db.clone(), spa.id, job.clone());
        tokio::spawn(async move { customers::continue_import(&db, tenant, &job).await })
    };
    // Not told to run: nothing happens.
    work().await.unwrap().unwrap();
    assert_eq!(app.database.count("select count(*) from customers").await, 0);
    owner.post_empty(&path(&import, "/run")).await.expect(202);

    for step in 1..=2 {
        let lost = work();
        eventually("some rows are in", async || {
            let done = "select rows_done::bigint from customer_imports";
            (app.database.count(done).await >= step * 200).then_some(())
        })
        .await;
        lost.abort();
        let _ = lost.await;
        let sql = "select (i.rows_done = (select count(*) from customers))::int::bigint from customer_imports i";
        assert_eq!(app.database.count(sql).await, 1, "a batch is in, and counted, or neither");
    }
    let both = [work(), work()];
    for one in both {
        one.await.unwrap().unwrap();
    }
    let ended = owner.get(&path(&import, "")).await.expect(200);
    assert_eq!(
        (&ended["state"], &ended["rows_done"], &ended["created"], &ended["skipped"]),
        (&json!("done"), &json!(1500), &json!(1500), &json!(0))
    );
    let once = "select count(*) from (select email_key from customers group by email_key having count(*) = 1) once";
    assert_eq!(app.database.count(once).await, 1_500);
    assert_eq!(app.database.count("select count(*) from consents").await, 500);
    let events = "select count(*) from outbox_events where kind = 'customer.created'";
    assert_eq!(app.database.count(events).await, 1_500);
    let finished = "select count(*) from audit_entries where action = 'customer_import.finished'";
    assert_eq!(app.database.count(finished).await, 1);
}

#[tokio::test]
async fn files_that_are_none_are_refused_and_large_ones_have_a_limit() {
    let app = TestApp::start().await;
    let (_spa, owner) = spa(&app).await;
    let ask = async |csv: &str| {
        let body = json!({ "name": "old till", "csv": csv });
        owner.post("/v1/customers/imports", &body).await
    };
    for (csv, code) in [
        ("email\na@b.co\n", "no_name_column"),
        ("name,email\n", "no_rows"),
        ("name\n\u{1}\n", "control_character"),
    ] {
        assert_eq!(ask(csv).await.faults(), [("/csv".into(), code.into())], "{csv:?}");
    }
    assert_eq!(ask(&many(10_001)).await.faults(), [("/csv".into(), "too_many_rows".into())]);
    ask(&"x".repeat(5 * 1024 * 1024)).await.problem(413, "body_too_large");
    assert_eq!(app.database.count("select count(*) from customer_imports").await, 0);
    let report = ask(&many(10_000)).await.expect(201)["report"].clone();
    assert_eq!(report["totals"]["new"], 10_000);
    // Other operations take no more than before.
    let large = json!({ "name": "Ana", "note": "x".repeat(300 * 1024) });
    owner.post("/v1/customers", &large).await.problem(413, "body_too_large");
}

/// A file that can't be opened any more ends as failed, not as a job that is tried forever.
#[tokio::test]
async fn a_file_that_was_changed_fails() {
    let app = TestApp::start().await;
    let (_spa, owner) = spa(&app).await;
    let import = check(&owner, "name\nAna\n").await;
    app.database
        .run("update customer_imports set file = overlay(file placing '\\x00' from 40)")
        .await;
    owner.post_empty(&path(&import, "/run")).await.expect(202);
    eventually("it failed", async || {
        let now = owner.get(&path(&import, "")).await.expect(200);
        (now["state"] == "failed").then_some(())
    })
    .await;
    assert_eq!(app.database.count("select count(*) from customers").await, 0);
}

/// A file that is tried again and again ends, too, and whoever waits for it sees why.
#[tokio::test]
async fn a_file_that_nobody_can_put_in_fails() {
    let app = TestApp::start().await;
    let (_spa, owner) = spa(&app).await;
    let import = check(&owner, "name\nAna\n").await;
    app.database
        .run(
            "create function fail() returns trigger language plpgsql as
                 $$ begin raise exception 'broken'; end $$;
             create trigger fail before insert on customers for each row execute function fail()",
        )
        .await;
    owner.post_empty(&path(&import, "/run")).await.expect(202);
    let tried = "select count(*) from jobs where kind = 'customers.import' and state = 'waiting'
                 and attempts > 0";
    eventually("it was tried", async || (app.database.count(tried).await == 1).then_some(())).await;
    app.database
        .run("update jobs set attempts = 12, run_at = created_at where kind = 'customers.import'")
        .await;
    let ended = eventually("it failed", async || {
        let now = owner.get(&path(&import, "")).await.expect(200);
        (now["state"] == "failed").then_some(now)
    })
    .await;
    assert_eq!(ended["reason"], "gave_up");
    let files = "select count(*) from customer_imports where file is not null";
    assert_eq!(app.database.count(files).await, 0);
}

#[tokio::test]
async fn files_are_listed_and_forgotten_if_nobody_wants_them() {
    let app = TestApp::with(&[("worker.inside", "false")]).await;
    let (_spa, owner) = spa(&app).await;
    let first = check(&owner, "name\nAna\n").await;
    app.clock.advance(chrono::Duration::days(6));
    let second = check(&owner, "name\nBen\n").await;
    let page = owner.get("/v1/customers/imports?limit=1").await.expect(200);
    assert_eq!(page["items"][0]["id"], second["id"]);
    assert_eq!(page["items"][0]["totals"]["new"], 1);
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = owner.get(&format!("/v1/customers/imports?limit=1&cursor={cursor}")).await;
    let next = next.expect(200);
    assert_eq!((&next["items"][0]["id"], &next["next_cursor"]), (&first["id"], &Value::Null));
    let db = &app.app().db;
    assert_eq!(customers::forget_files(db).await.unwrap(), 0);
    app.clock.advance(chrono::Duration::days(2));
    assert_eq!(customers::forget_files(db).await.unwrap(), 1);
    let gone = owner.get(&path(&first, "")).await.expect(200);
    assert_eq!((&gone["state"], &gone["reason"]), (&json!("failed"), &json!("not_run")));
    assert_eq!(owner.get(&path(&second, "")).await.expect(200)["state"], "checked");
    let files = "select count(*) from customer_imports where file is not null";
    assert_eq!(app.database.count(files).await, 1);
}

/// Merged into somebody who was merged, too: still known, as whom all of it became.
#[tokio::test]
async fn who_was_merged_twice_is_known() {
    let app = TestApp::start().await;
    let (_spa, owner) = spa(&app).await;
    let mut last: Option<Value> = None;
    for name in ["ana", "ann", "anne"] {
        let email = format!("{name}@example.com");
        let new = add(&owner, json!({ "name": name, "email": email })).await;
        if let Some(gone) = last {
            let body = json!({ "other_id": gone["id"], "other_version": gone["version"] });
            let merge = owner.post(&at(&new, "/merge"), &body);
            merge.header("if-match", "\"1\"").await.expect(200);
        }
        last = Some(owner.get(&at(&new, "")).await.expect(200));
    }
    let import = check(&owner, "name,email\nAna,ana@example.com\n").await;
    let row = &import["report"]["rows"][0];
    assert_eq!(row["outcome"], "duplicate", "{import}");
    assert_eq!(row["customer_id"], last.unwrap()["id"]);
}
