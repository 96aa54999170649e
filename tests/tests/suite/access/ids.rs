//! What you may not know exists is answered like what doesn't exist, to the byte.

use std::sync::Arc;

use openchair_tests::{Answer, TestApp};
use serde_json::json;

use super::actors::{Column, World};
use super::matrix::Matrix;
use super::samples::{Operation, operations, sample};

/// An answer but for what differs between any two: the request's id, the date, what is left of
/// budgets.
fn plain(answer: &Answer) -> (u16, String, Vec<(String, String)>) {
    let varying = ["x-request-id", "date", "ratelimit-remaining", "ratelimit-reset"];
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| !varying.contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), format!("{value:?}")))
        .collect();
    (answer.status, answer.without_request_id(), headers)
}

/// The parameter of the path that is an id, with its prefix.
fn id_parameter(operation: &Operation) -> Option<String> {
    let parameter = operation.parameters.iter().find(|parameter| parameter["in"] == "path")?;
    let pattern = parameter["schema"]["pattern"].as_str()?;
    pattern.strip_prefix('^')?.split_once('_').map(|(prefix, _)| prefix.to_owned())
}

#[tokio::test]
async fn unknown_malformed_and_foreign_ids_are_one() {
    let app = Arc::new(TestApp::start().await);
    let matrix = Matrix::read();
    let mut asked = 0;
    for operation in operations() {
        let Some(prefix) = id_parameter(&operation) else { continue };
        let world = World::new(&app).await;
        // Whoever may do it to what is theirs.
        let column =
            if operation.path.starts_with("/v1/platform") { Column::Admin } else { Column::Owner };
        let actor = world.actor(column, matrix.row(&operation.id).needs()).await;
        let outsider = world.actor(Column::Outsider, matrix.row(&operation.id).needs()).await;
        let valid = sample(&operation, &world, &actor, false).await;
        // What the id would be if the request were the other business's.
        let foreign = sample(&operation, &world, &outsider, false).await.path;
        let foreign = if foreign == valid.path || operation.path.contains("/me/") {
            foreign
        } else {
            panic!("the sample of {} depends on who asks", operation.id)
        };
        let id_at = operation.path.split('/').position(|part| part.starts_with('{')).unwrap();
        let theirs = foreign.split('/').nth(id_at).unwrap().to_owned();
        let (asker, theirs) = match operation.path.contains("/me/") {
            // The outsider's own, asked for by the owner.
            true => (&actor, theirs),
            // This business's, asked for by the outsider.
            false if column == Column::Owner => (&outsider, theirs),
            false => (&actor, format!("{prefix}_zzzzzzzzzzzzzzzzzzzzzzzzzz")),
        };
        let mut answers = Vec::new();
        for id in [
            theirs,
            format!("{prefix}_00000000000000000000000007"),
            format!("{prefix}_00000000000000000000000000"),
            format!("{prefix}_7zzzzzzzzzzzzzzzzzzzzzzzzz"),
            format!("{prefix}_UPPERCASE0000000000000000"),
            "evt_00000000000000000000000007".to_owned(),
            prefix.clone(),
            "1".to_owned(),
            "00000000-0000-0000-0000-000000000007".to_owned(),
            "x".repeat(300),
            "%F0%9F%92%88".to_owned(),
            "..%2F..%2Fetc".to_owned(),
        ] {
            let mut parts: Vec<&str> = valid.path.split('/').collect();
            parts[id_at] = &id;
            let request = super::samples::Sample {
                path: parts.join("/"),
                body: valid.body.clone(),
                picture: valid.picture.clone(),
                version: valid.version,
                upgrade: valid.upgrade,
                pass: valid.pass.clone(),
            };
            answers.push((id.clone(), plain(&request.send(&operation, asker).await)));
            asked += 1;
        }
        let (_, first) = &answers[0];
        assert_eq!(first.0, 404, "{}: {first:?}", operation.id);
        for (id, answer) in &answers {
            assert_eq!(answer, first, "{} with {id:?}", operation.id);
        }
    }
    assert!(asked > 100, "{asked}");
}

/// Ids are in headers and bodies, too.
#[tokio::test]
async fn foreign_ids_in_headers_and_bodies_are_unknown_ones() {
    let app = Arc::new(TestApp::start().await);
    let world = World::new(&app).await;
    let (here, there) = (&world.here, &world.there);
    let owner = app.sign_in(&here.business.owner).await.in_tenant(&here.business);

    let mut answers = Vec::new();
    for tenant in [&*there.business.id.to_string(), "ten_00000000000000000000000007", "ten_x", "…"]
    {
        let named = owner.get("/v1/members").without("openchair-tenant");
        let named = named.header("openchair-tenant", if tenant == "…" { "x" } else { tenant });
        answers.push(plain(&named.await));
    }
    assert_eq!(answers[0].0, 404, "{answers:?}");
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");

    let change = |role: String| json!({ "role": role });
    let tenant = |id: String| json!({ "tenant_id": id });
    let invite = |role: String| json!({ "email": "a@example.com", "role": role });
    let heir = |id: String| json!({ "member_id": id, "password": openchair_tests::PASSWORD });
    let mate = format!("/v1/members/{}", here.mate_id());
    let put = "/v1/me/current-tenant";
    for (what, theirs, unknown) in [
        (
            "a role to give",
            owner.patch(&mate, 1, &change(there.role.to_string())).await,
            owner.patch(&mate, 1, &change("rol_00000000000000000000000007".into())).await,
        ),
        (
            "a role to invite with",
            owner.post("/v1/invitations", &invite(there.role.to_string())).await,
            owner.post("/v1/invitations", &invite("rol_00000000000000000000000007".into())).await,
        ),
        (
            "a tenant to stand in",
            owner.put(put, &tenant(there.business.id.to_string())).await,
            owner.put(put, &tenant("ten_00000000000000000000000007".into())).await,
        ),
        (
            "an heir",
            owner.post("/v1/tenant/transfer-ownership", &heir(there.mate_id().to_string())).await,
            owner
                .post(
                    "/v1/tenant/transfer-ownership",
                    &heir("mem_00000000000000000000000007".into()),
                )
                .await,
        ),
    ] {
        assert!((400..500).contains(&theirs.status), "{what}: {theirs}");
        assert_eq!(plain(&theirs), plain(&unknown), "{what}");
    }
    // In a query: somebody else's actor did nothing here.
    let actor = there.business.owner.id;
    let found = owner.get(&format!("/v1/audit?actor={actor}")).await.expect(200);
    assert_eq!(found, json!({ "items": [], "next_cursor": null }));
    // A cursor that points into another tenant's list shows nothing of it.
    let theirs = app.sign_in(&there.business.owner).await.in_tenant(&there.business);
    app.member(&there.business, openchair_domain::authz::BuiltIn::Manager).await;
    let first = theirs.get("/v1/members?limit=1").await.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let ours = owner.get(&format!("/v1/members?cursor={cursor}")).await;
    for secret in world.secrets_from(Column::Owner) {
        assert!(!ours.text().contains(&secret), "{ours}");
    }
}
