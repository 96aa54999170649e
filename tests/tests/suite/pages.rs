//! What customers' browsers are given before they ask the API for anything.

use openchair_tests::{Answer, Browser, TestApp};
use serde_json::{Value, json};

/// What stands between the first `from` and the next `to`.
fn between<'a>(page: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(from)?;
    rest.split_once(to).map(|(inside, _)| inside)
}

fn data(page: &str, kind: &str) -> Option<Value> {
    let inside = between(page, &format!("<script type=\"{kind}\""), "</script>")?;
    let (_, inside) = inside.split_once('>')?;
    Some(serde_json::from_str(inside).unwrap_or_else(|error| panic!("{error}: {inside}")))
}

#[track_caller]
fn boot(page: &Answer) -> Value {
    let text = page.text();
    assert!(text.contains("<script type=\"application/json\" id=\"boot\">"), "{page}");
    data(&text, "application/json").unwrap()
}

async fn rename(owner: &Browser, name: &str) {
    let seen = owner.get("/v1/tenant").await;
    owner.patch("/v1/tenant", seen.version(), &json!({ "name": name })).await.expect(200);
}

#[tokio::test]
async fn a_shops_page_is_there_before_any_script_runs() {
    let app = TestApp::start().await;
    let business = app.business("Lagoon").await;
    let (slug, guest) = (&business.slug, app.browser());
    let api = guest.get(&format!("/v1/public/{slug}")).await.expect(200);
    let line = guest.get(&format!("/v1/public/{slug}/queue")).await.expect(200);
    let board = guest.get(&format!("/v1/public/{slug}/queue/board")).await.expect(200);

    let page = guest.get(&format!("/{slug}")).await;
    let text = page.text();
    assert_eq!((page.status, page.header("cache-control")), (200, "no-cache"), "{page}");
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(boot(&page), json!({ "shop": api }));
    assert!(text.contains(&format!("<h1><bdi>{}</bdi></h1>", business.name)), "{text}");
    let title = between(&text, "<title>", "</title>");
    assert_eq!(title, Some(format!("{} · Book online", business.name).as_str()));
    let url = format!("{}/{slug}", app.url);
    assert!(text.contains(&format!("<link rel=\"canonical\" href=\"{url}\" />")), "{text}");
    let shop = data(&text, "application/ld+json").unwrap();
    assert_eq!(shop["@type"], "DaySpa");
    assert_eq!((&shop["name"], &shop["url"]), (&json!(business.name), &json!(url)));
    let first = api["services"][0]["name"].as_str().unwrap();
    let offer = &shop["hasOfferCatalog"]["itemListElement"][0]["itemListElement"][0];
    assert_eq!(offer["itemOffered"]["name"], first);
    assert!(text.contains(&format!("<li><bdi>{first}</bdi>, ")), "{text}");
    assert!(text.contains("src/book/main.ts"), "{text}");

    let page = guest.get(&format!("/{slug}/queue")).await;
    assert_eq!((page.status, boot(&page)), (200, json!({ "shop": api, "queue": line })));
    assert!(page.text().contains("src/queue/main.ts"), "{page}");
    let page = guest.get(&format!("/{slug}/tv")).await;
    let told = json!({ "shop": api, "queue": line, "board": board });
    assert_eq!((page.status, boot(&page)), (200, told));
    assert!(page.text().contains("src/board/main.ts"), "{page}");
}

/// Of several lines, only one that is named is shown.
#[tokio::test]
async fn whose_line_it_is_must_be_said() {
    let app = TestApp::start().await;
    let business = app.business("Lagoon").await;
    let (slug, guest) = (&business.slug, app.browser());
    let harbour = app.another_location(&business, "Harbour").await;
    let neither = boot(&guest.get(&format!("/{slug}/queue")).await);
    assert_eq!(
        (neither["queue"].is_null(), neither["shop"]["slug"].as_str()),
        (true, Some(&**slug))
    );
    let query = format!("location={harbour}");
    let line = guest.get(&format!("/v1/public/{slug}/queue?{query}")).await.expect(200);
    assert_eq!(line["location_name"], "Harbour");
    assert_eq!(boot(&guest.get(&format!("/{slug}/queue?{query}")).await)["queue"], line);
    let other = app.business("Other").await;
    let theirs = app.location(&other).await;
    let page = guest.get(&format!("/{slug}/queue?location={theirs}")).await;
    assert_eq!((page.status, boot(&page)["queue"].is_null()), (200, true));
}

#[tokio::test]
async fn a_shop_speaks_its_language() {
    let app = TestApp::start().await;
    let business = app.business("Lagoon").await;
    let owner = app.sign_in(&business.owner).await.in_tenant(&business);
    let seen = owner.get("/v1/tenant").await.version();
    owner.patch("/v1/tenant", seen, &json!({ "locale": "ar" })).await.expect(200);
    let page = app.browser().get(&format!("/{}", business.slug)).await.text();
    assert!(page.contains("<html lang=\"ar\" dir=\"rtl\">"), "{page}");
    assert!(page.contains("ساعات العمل"), "{page}");
}

#[tokio::test]
async fn whatever_a_shop_is_called_is_text() {
    const NAME: &str = "</script><script>alert(1)</script><!--boot-->";
    let app = TestApp::start().await;
    let business = app.business("Lagoon").await;
    let owner = app.sign_in(&business.owner).await.in_tenant(&business);
    rename(&owner, NAME).await;
    let location = app.location(&business).await;
    let place = json!({ "name": "<img src=x>", "address": "\"><script>alert(2)</script>" });
    owner.patch(&format!("/v1/locations/{location}"), 1, &place).await.expect(200);
    let guest = app.browser();
    let api = guest.get(&format!("/v1/public/{}", business.slug)).await.expect(200);
    assert_eq!(api["name"], NAME);
    for (rest, scripts) in [("", 3), ("/gift", 3), ("/queue", 3), ("/tv", 2)] {
        let page = guest.get(&format!("/{}{rest}", business.slug)).await;
        let text = page.text();
        assert_eq!(boot(&page)["shop"], api, "{page}");
        if let Some(shop) = data(&text, "application/ld+json") {
            assert_eq!(shop["name"], NAME);
        }
        // Its own script, the boot, and what search engines read.
        for tag in ["<script", "</script>"] {
            assert_eq!(text.matches(tag).count(), scripts, "{tag} in {text}");
        }
        assert!(!text.contains("<img") && !text.contains("<!--"), "{text}");
        assert!(text.contains("&lt;/script&gt;&lt;script&gt;alert(1)"), "{text}");
    }
}

#[tokio::test]
async fn there_is_no_such_shop() {
    let app = TestApp::start().await;
    let guest = app.browser();
    for path in ["/nobody-here", "/nobody-here/queue", "/Nobody-Here/", "/nobody-here?embed"] {
        let page = guest.get(path).await;
        assert_eq!((page.status, page.header("cache-control")), (404, "no-store"), "{page}");
        assert_eq!(boot(&page), json!({ "shop": null }));
        let text = page.text();
        assert!(text.contains("<meta name=\"robots\" content=\"noindex\" />"), "{page}");
        assert!(text.contains("<h1>There is no shop at this address.</h1>"), "{page}");
    }
    // What can't be a shop's is the product's: a program is told so as ever, people in words.
    for path in ["/v2", "/help", "/a.php", "/docs/", "/nobody_here"] {
        guest.get(path).await.problem(404, "not_found");
        let person = guest.get(path).header("sec-fetch-dest", "document").await;
        assert_eq!((person.status, boot(&person)), (404, json!({ "shop": null })), "{path}");
    }
    guest.get("/nobody-here/elsewhere").await.problem(404, "not_found");
}

#[tokio::test]
async fn an_address_is_written_in_one_way() {
    let app = TestApp::start().await;
    let business = app.business("Lagoon").await;
    let (slug, guest) = (&business.slug, app.browser());
    let loud = slug.to_uppercase();
    for (path, to) in [
        (format!("/{loud}"), format!("/{slug}")),
        (format!("/{slug}/"), format!("/{slug}")),
        (format!("/{loud}/queue/?a=b"), format!("/{slug}/queue?a=b")),
        (format!("/{slug}/tv/"), format!("/{slug}/tv")),
        (format!("/{loud}/gift/"), format!("/{slug}/gift")),
        (format!("/{loud}?embed"), format!("/{slug}?embed")),
    ] {
        let moved = guest.get(&path).await;
        assert_eq!((moved.status, moved.header("location")), (308, to.as_str()), "{path}");
    }
}

/// A link's token is in its address, and there it stays.
#[tokio::test]
async fn pages_with_a_token_tell_nobody_of_it() {
    let app = TestApp::start().await;
    let guest = app.browser();
    for (at, shell) in [
        ("b", "book"),
        ("w", "book"),
        ("o", "book"),
        ("g", "book"),
        ("q", "queue"),
        ("kiosk", "queue"),
    ] {
        let token = format!("oc_{shell}_hush");
        let page = guest.get(&format!("/{at}/{token}")).await;
        let text = page.text();
        assert_eq!((page.status, page.header("referrer-policy")), (200, "no-referrer"), "{page}");
        assert_eq!(page.header("x-robots-tag"), "noindex");
        assert!(text.contains(&format!("src/{shell}/main.ts")), "{text}");
        assert!(text.contains("<meta name=\"robots\" content=\"noindex\" />"), "{text}");
        assert!(!text.contains(&token) && !text.contains("id=\"boot\""), "{text}");
        assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
        guest.get(&format!("/{at}/{token}/more")).await.problem(404, "not_found");
    }
    assert!(app.logs.lines().iter().all(|line| !line.text.contains("hush")));
    let metrics = guest.get("/metrics").await.text();
    assert!(metrics.contains("/b/{}") && !metrics.contains("hush"), "{metrics}");
}

#[tokio::test]
async fn only_what_is_made_for_it_can_be_framed() {
    let app = TestApp::start().await;
    let business = app.business("Lagoon").await;
    let (slug, guest) = (&business.slug, app.browser());
    for path in [
        format!("/{slug}"),
        format!("/{slug}?embedded"),
        format!("/{slug}/queue?embed"),
        format!("/{slug}/tv?embed"),
        "/b/oc_x?embed".to_owned(),
        "/me?embed".to_owned(),
        "/app?embed".to_owned(),
        "/?embed".to_owned(),
    ] {
        let page = guest.get(&path).await;
        let policy = page.header("content-security-policy");
        assert!(policy.ends_with("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(page.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(page.header("cross-origin-resource-policy"), "same-origin", "{path}");
    }
    let plain = guest.get(&format!("/{slug}")).await;
    for query in ["embed", "embed=1", "a=b&embed"] {
        let page = guest.get(&format!("/{slug}?{query}")).await;
        let policy = page.header("content-security-policy");
        assert!(policy.ends_with("frame-ancestors *"), "{policy}");
        let framed_by_nobody = policy.replace("frame-ancestors *", "frame-ancestors 'none'");
        assert_eq!(framed_by_nobody, plain.header("content-security-policy"));
        assert_eq!(page.header("cross-origin-opener-policy"), "unsafe-none");
        assert_eq!((page.status, page.text()), (200, plain.text()));
    }
    let script = guest.get("/widget.js").await;
    assert_eq!(
        (script.status, script.header("cross-origin-resource-policy")),
        (200, "cross-origin")
    );
}

#[tokio::test]
async fn pages_have_the_manners_of_files() {
    let app = TestApp::start().await;
    let business = app.business("Lagoon").await;
    let guest = app.browser();
    let path = format!("/{}", business.slug);
    let page = guest.get(&path).await;
    let tag = page.header("etag").to_owned();
    assert_eq!((tag.len(), page.header("vary")), (26, "accept-encoding"), "{tag}");
    let kept = guest.get(&path).header("if-none-match", &tag).await;
    assert_eq!((kept.status, kept.body.len(), kept.header("etag")), (304, 0, tag.as_str()));
    let head = guest.request(reqwest::Method::HEAD, &path).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    for name in ["content-type", "content-length", "etag", "content-security-policy"] {
        assert_eq!(head.header(name), page.header(name), "{name}");
    }
    let wrong = guest.post(&path, &json!({})).await;
    wrong.problem(405, "method_not_allowed");
    assert_eq!(wrong.header("allow"), "GET, HEAD");
    // What has changed since is sent again.
    let owner = app.sign_in(&business.owner).await.in_tenant(&business);
    rename(&owner, "Lagoon by the sea").await;
    let again = guest.get(&path).header("if-none-match", &tag).await;
    assert_eq!(again.status, 200);
    assert!(again.text().contains("<bdi>Lagoon by the sea</bdi>"), "{again}");
    let robots = guest.get("/robots.txt").await.text();
    assert!(robots.contains("Disallow: /b/\n") && !robots.contains("Disallow: /app\n"), "{robots}");
}

/// Looking at a page costs as much as asking the API for what is in it.
#[tokio::test]
async fn pages_are_counted() {
    let app = TestApp::with(&[("limits.public_per_ip_per_minute", "4")]).await;
    let business = app.business("Lagoon").await;
    let (slug, guest) = (&business.slug, app.browser());
    assert_eq!(guest.get(&format!("/{slug}")).await.status, 200);
    guest.get(&format!("/v1/public/{slug}")).await.expect(200);
    // Two things are in this one.
    assert_eq!(guest.get(&format!("/{slug}/queue")).await.status, 200);
    for path in [format!("/{slug}"), "/nobody-here".to_owned()] {
        let refused = guest.get(&path).await;
        assert_eq!((refused.status, refused.header("cache-control")), (429, "no-store"));
        assert!(!refused.header("retry-after").is_empty(), "{refused}");
        // The page is there all the same, and tells people in its words what the API tells it.
        assert!(refused.text().contains("src/book/main.ts"), "{refused}");
        assert!(!refused.text().contains("id=\"boot\""), "{refused}");
    }
    guest.get(&format!("/v1/public/{slug}")).await.problem(429, "rate_limited");
    // What asks nothing of the database isn't counted.
    for path in ["/", "/app", "/b/oc_x", "/me", "/robots.txt", "/widget.js"] {
        assert_eq!(guest.get(path).await.status, 200, "{path}");
    }

    let limits = [("limits.per_ip_per_minute", "60"), ("limits.per_ip_burst", "3")];
    let app = TestApp::with(&limits).await;
    let guest = app.browser();
    for _ in 0..3 {
        assert_eq!(guest.get("/nobody-here").await.status, 404);
    }
    guest.get("/nobody-here").await.problem(429, "rate_limited");
}
