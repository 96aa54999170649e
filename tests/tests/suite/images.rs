//! What a business shows of itself: its logo and its photo.

use openchair_domain::authz::BuiltIn;
use openchair_tests::pictures::{flag, jpeg, of_a_telephone, png, says, shown};
use openchair_tests::{Answer, Browser, Business, Call, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

fn put(of: &Browser, kind: &str, version: i64, media_type: &str, file: Vec<u8>) -> Call {
    let call = of.request(Method::PUT, &format!("/v1/tenant/images/{kind}"));
    let call = call.header("if-match", &format!("\"{version}\""));
    call.header("content-type", media_type).body(file)
}

fn remove(of: &Browser, kind: &str, version: i64) -> Call {
    let call = of.delete(&format!("/v1/tenant/images/{kind}"));
    call.header("if-match", &format!("\"{version}\""))
}

async fn shop() -> (TestApp, Business, Browser) {
    let app = TestApp::start().await;
    let lagoon = app.business("Lagoon").await;
    let owner = app.sign_in(&lagoon.owner).await.in_tenant(&lagoon);
    (app, lagoon, owner)
}

fn url(view: &Value) -> &str {
    view["url"].as_str().unwrap_or_else(|| panic!("no picture: {view}"))
}

#[track_caller]
fn refused(answer: &Answer, code: &str) {
    answer.problem(422, "validation_failed");
    let faults = answer.json()["fields"].clone();
    assert_eq!((faults[0]["field"].as_str(), faults[0]["code"].as_str()), (Some(""), Some(code)));
}

#[tokio::test]
async fn a_logo_and_a_photo_are_put_shown_and_taken_away() {
    let (app, lagoon, owner) = shop().await;
    let before = owner.get("/v1/tenant").await;
    assert_eq!((&before.json()["logo"], &before.json()["photo"]), (&Value::Null, &Value::Null));

    let put_logo = put(&owner, "logo", 1, "image/png", png(&flag(800, 400))).await;
    let logo = put_logo.expect(200)["logo"].clone();
    assert_eq!(put_logo.version(), 2);
    assert_eq!((&logo["width"], &logo["height"]), (&json!(512), &json!(256)));
    let photo = put(&owner, "photo", 2, "image/jpeg", jpeg(&flag(3200, 1000))).await.expect(200);
    assert_eq!((&photo["photo"]["width"], &photo["photo"]["height"]), (&json!(1600), &json!(500)));
    assert_eq!(photo["logo"], logo);
    let photo = photo["photo"].clone();

    // Everybody sees both.
    let guest = app.browser();
    let page = guest.get(&format!("/v1/public/{}", lagoon.slug)).await.expect(200);
    assert_eq!((&page["logo"], &page["photo"]), (&logo, &photo));
    let me = owner.get("/v1/me").await.expect(200);
    assert_eq!(me["memberships"][0]["tenant"]["logo"], logo);
    let html = guest.get(&format!("/{}", lagoon.slug)).await.text();
    for (what, url) in [("og:image\" content=\"", url(&photo)), ("\"logo\":\"", url(&logo))] {
        assert!(html.contains(&format!("{what}{}{url}", app.url)), "{what} {url}");
    }

    let preload = format!("rel=\"preload\" as=\"image\" href=\"{}\"", url(&photo));
    assert!(html.contains(&preload), "{html}");
    let framed = guest.get(&format!("/{}?embed", lagoon.slug)).await.text();
    assert!(!framed.contains(&preload), "{framed}");

    for (view, kind, size) in
        [(&logo, "image/png", (512, 256)), (&photo, "image/jpeg", (1600, 500))]
    {
        let file = guest.get(url(view)).await;
        assert_eq!((file.status, file.header("content-type")), (200, kind), "{file}");
        let picture = shown(&file.body).into_rgb8();
        assert_eq!(picture.dimensions(), size);
        assert!(
            picture[(size.0 / 2, 5)].0[0] > 150 && picture[(size.0 / 2, size.1 - 5)].0[2] > 150
        );
    }

    // The same again changes nothing; another takes its place.
    let same = put(&owner, "logo", 3, "image/png", png(&flag(800, 400))).await;
    assert_eq!((same.status, same.version()), (200, 3));
    let other = put(&owner, "logo", 3, "image/png", png(&flag(400, 400))).await.expect(200);
    assert_ne!(other["logo"], logo);
    guest.get(url(&logo)).await.problem(404, "not_found");
    assert_eq!(guest.get(url(&other["logo"])).await.status, 200);

    let gone = remove(&owner, "photo", 4).await;
    assert_eq!((gone.expect(200)["photo"].clone(), gone.version()), (Value::Null, 5));
    guest.get(url(&photo)).await.problem(404, "not_found");
    assert_eq!(remove(&owner, "photo", 5).await.version(), 5, "there is none: nothing happens");
    let log = owner.get("/v1/audit?action=tenant.image_changed").await.expect(200);
    let changes: Vec<_> =
        log["items"].as_array().unwrap().iter().map(|entry| &entry["changes"][0]).collect();
    assert_eq!(changes.len(), 4);
    // Of one moment, they are in no order.
    let told = |field: &str, what: &dyn Fn(&Value) -> bool| {
        changes.iter().any(|change| change["field"] == field && what(&change["after"]))
    };
    assert!(told("photo", &Value::is_null), "{log}");
    let drawn = |after: &Value| after.as_str().is_some_and(|size| size.starts_with("512 × 256 ("));
    assert!(told("logo", &drawn), "{log}");
}

#[tokio::test]
async fn what_is_kept_of_a_telephones_picture_is_what_it_shows() {
    let (app, _, owner) = shop().await;
    let sent = of_a_telephone(&flag(600, 400));
    // Whatever it is called, its bytes say what it is.
    let view = put(&owner, "photo", 1, "image/png", sent).await.expect(200)["photo"].clone();
    assert_eq!((&view["width"], &view["height"]), (&json!(400), &json!(600)), "the right way up");
    let file = app.browser().get(url(&view)).await;
    assert_eq!(file.header("content-type"), "image/jpeg");
    for hidden in ["Exif", "GPS", "archive"] {
        let there = file.body.windows(hidden.len()).any(|part| part == hidden.as_bytes());
        assert!(!there, "{hidden} came along");
    }
    let told = "select count(*) from images where position('GPS'::bytea in bytes) > 0";
    assert_eq!(app.database.count(told).await, 0);
}

#[tokio::test]
async fn what_is_no_picture_is_refused_with_the_reason() {
    const LIMIT: usize = 5 * 1024 * 1024;
    let (app, _, owner) = shop().await;
    let whole = png(&flag(300, 300));
    let before = app.database.fingerprint().await;
    for (file, code) in [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>".to_vec(), "svg"),
        (b"\0\0\0\x18ftypheic\0\0\0\0".to_vec(), "heic"),
        (b"RIFF\x10\0\0\0WEBPVP8X".to_vec(), "webp"),
        (b"GIF89a".to_vec(), "unknown_format"),
        (Vec::new(), "unknown_format"),
        (whole[..whole.len() / 2].to_vec(), "broken"),
        (says(60_000, 60_000), "too_many_pixels"),
        (png(&flag(31, 200)), "too_few_pixels"),
    ] {
        refused(&put(&owner, "logo", 1, "image/png", file).await, code);
    }
    let file = png(&flag(300, 300));
    for kind in ["text/html", "application/json", "multipart/form-data"] {
        let answer = put(&owner, "logo", 1, kind, file.clone()).await;
        answer.problem(415, "unsupported_media_type");
    }
    // As much as fits is looked at; one byte more isn't.
    refused(&put(&owner, "photo", 1, "image/png", vec![0; LIMIT]).await, "unknown_format");
    for path in ["logo", "photo"] {
        // Who is told so before all is sent may find the line closed.
        let sent = put(&owner, path, 1, "image/png", vec![0; LIMIT + 1]).send().await;
        if let Ok(answer) = sent {
            answer.problem(413, "body_too_large");
        }
    }
    let nowhere = put(&owner, "banner", 1, "image/png", file.clone()).await;
    assert!([400, 404, 422].contains(&nowhere.status), "{nowhere}");
    put(&owner, "logo", 7, "image/png", file.clone()).await.problem(412, "version_conflict");
    let unseen = put(&owner, "logo", 1, "image/png", file).without("if-match").await;
    unseen.problem(428, "precondition_required");
    assert_eq!(app.database.fingerprint().await, before);
}

#[tokio::test]
async fn pictures_are_kept_for_ever_and_can_do_nothing() {
    let (app, lagoon, owner) = shop().await;
    let view = put(&owner, "logo", 1, "image/jpeg", jpeg(&flag(200, 200))).await.expect(200);
    let (at, guest) = (url(&view["logo"]), app.browser());
    let file = guest.get(at).await;
    for (name, value) in [
        ("cache-control", "public, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
        ("cross-origin-resource-policy", "cross-origin"),
    ] {
        assert_eq!(file.header(name), value, "{file}");
    }
    let tag = file.header("etag").to_owned();
    let known = guest.get(at).header("if-none-match", &tag).await;
    assert_eq!((known.status, known.body.len(), known.header("etag")), (304, 0, &*tag));
    let head = guest.request(Method::HEAD, at).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), file.body.len().to_string());
    assert_eq!(guest.post_empty(at).await.status, 405);

    let (rest, ending) = at.rsplit_once('.').unwrap();
    let name = rest.rsplit_once('/').unwrap().1;
    for nowhere in [
        format!("/media/{}/{name}.{}", lagoon.slug, if ending == "png" { "jpg" } else { "png" }),
        format!("/media/{}/{}.png", lagoon.slug, "0".repeat(32)),
        format!("/media/{}/{name}", lagoon.slug),
        format!("/media/{}/..%2f{name}.png", lagoon.slug),
        format!("/media/nobody-here/{name}.{ending}"),
    ] {
        let answer = guest.get(&nowhere).await;
        answer.problem(404, "not_found");
        assert_eq!(answer.header("cache-control"), "no-store", "{nowhere}");
    }
}

#[tokio::test]
async fn each_business_shows_its_own() {
    let (app, lagoon, owner) = shop().await;
    let other = app.business("Other").await;
    let theirs = app.sign_in(&other.owner).await.in_tenant(&other);
    let ours = put(&owner, "logo", 1, "image/png", png(&flag(100, 100))).await.expect(200);
    let guest = app.browser();
    // What one of them shows isn't at the other's address, though it would look the same.
    let at_theirs = url(&ours["logo"]).replace(&lagoon.slug, &other.slug);
    guest.get(&at_theirs).await.problem(404, "not_found");
    let same = put(&theirs, "logo", 1, "image/png", png(&flag(100, 100))).await.expect(200);
    assert_eq!(url(&same["logo"]), at_theirs);
    remove(&theirs, "logo", 2).await.expect(200);
    guest.get(&at_theirs).await.problem(404, "not_found");
    assert_eq!(guest.get(url(&ours["logo"])).await.status, 200);

    let desk = app.member(&lagoon, BuiltIn::Receptionist).await;
    let desk = app.sign_in(&desk).await.in_tenant(&lagoon);
    put(&desk, "logo", 2, "image/png", png(&flag(90, 90))).await.problem(403, "not_allowed");
    remove(&desk, "logo", 2).await.problem(403, "not_allowed");
    assert_eq!(guest.get(url(&ours["logo"])).await.status, 200);

    // Under another address it is the same picture, and the old one leads nowhere.
    let moved = owner.patch("/v1/tenant", 2, &json!({ "slug": "laguna" })).await.expect(200);
    assert!(url(&moved["logo"]).starts_with("/media/laguna/"), "{moved}");
    assert_eq!(guest.get(url(&moved["logo"])).await.status, 200);
    guest.get(url(&ours["logo"])).await.problem(404, "not_found");
}
