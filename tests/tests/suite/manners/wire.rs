use std::io::Read as _;

use openchair_server::openapi;
use openchair_tests::{PASSWORD, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

fn request(line: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("{line} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{headers}\r\n{body}").into_bytes()
}

/// What only a socket can say.
#[tokio::test]
async fn what_no_client_would_send() {
    let app = TestApp::start().await;
    let login = json!({ "email": "a@example.com", "password": "b" }).to_string();
    let json = "content-type: application/json\r\n";
    let post = "POST /v1/auth/sign-in";
    let chunks = format!("3e8\r\n{}\r\n", " ".repeat(1000));
    let cases: Vec<(&str, Vec<u8>)> = vec![
        (
            "chunks without end",
            request(post, &format!("{json}transfer-encoding: chunked\r\n"), &chunks.repeat(400)),
        ),
        (
            "a length too large",
            request(post, &format!("{json}content-length: 99999999\r\n"), &login),
        ),
        (
            "two lengths",
            request(post, &format!("{json}content-length: 1\r\ncontent-length: 2\r\n"), &login),
        ),
        ("no length", request(post, &format!("{json}content-length: x\r\n"), &login)),
        (
            "length and chunks",
            request(
                post,
                &format!("{json}content-length: 5\r\ntransfer-encoding: chunked\r\n"),
                "0\r\n\r\n",
            ),
        ),
        ("two hosts", request("GET /v1/me", "host: b\r\n", "")),
        (
            "two proofs",
            request("GET /v1/me", "authorization: Bearer a\r\nauthorization: Bearer b\r\n", ""),
        ),
        (
            "two tenants",
            request("GET /v1/me", "openchair-tenant: a\r\nopenchair-tenant: b\r\n", ""),
        ),
        (
            "two types",
            request(post, &format!("{json}{json}content-length: {}\r\n", login.len()), &login),
        ),
        ("two cookies lines", request("GET /v1/me", "cookie: a=b\r\ncookie: c=d\r\n", "")),
        ("two origins", request(post, "origin: a\r\norigin: b\r\n", "")),
        (
            "letters beyond ASCII",
            b"GET /v1/me HTTP/1.1\r\nhost: a\r\nconnection: close\r\nuser-agent: \xff\r\n\r\n"
                .to_vec(),
        ),
        (
            "a control in a header",
            b"GET /v1/me HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx: a\x00b\r\n\r\n".to_vec(),
        ),
        ("a long header", request("GET /v1/me", &format!("x: {}\r\n", "y".repeat(600_000)), "")),
        ("many headers", request("GET /v1/me", &"x: y\r\n".repeat(2000), "")),
        ("a long address", request(&format!("GET /v1/{}", "a".repeat(100_000)), "", "")),
        ("a bad address", request("GET /v1/%ff", "", "")),
        ("no protocol", b"GET /v1/me\r\n\r\n".to_vec()),
        ("another protocol", b"GET /v1/me HTTP/9.9\r\nhost: a\r\n\r\n".to_vec()),
        ("a strange method", request("BREW /v1/me", "", "")),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()),
        (
            "an expectation",
            request(post, &format!("{json}expect: 999-nothing\r\ncontent-length: 2\r\n"), "{}"),
        ),
    ];
    for (what, bytes) in cases {
        let answer = app.say(&bytes).await;
        let status = answer.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
        // A line that isn't HTTP may be answered by hanging up.
        let silent =
            answer.is_empty() && ["no protocol", "another protocol", "TLS"].contains(&what);
        assert!(
            silent || status.is_some_and(|status| (400..500).contains(&status)),
            "{what}: {answer}"
        );
        // What hyper refuses has no body; what we refuse is a problem.
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
        assert!(body.is_empty() || answer.contains("application/problem+json"), "{what}: {answer}");
    }
    app.browser().get("/readyz").await.expect(200);
}

#[tokio::test]
async fn a_chunked_body_is_a_body() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let login = json!({ "email": nora.email, "password": PASSWORD }).to_string();
    let chunks: String = login
        .as_bytes()
        .chunks(3)
        .map(|part| format!("{:x}\r\n{}\r\n", part.len(), String::from_utf8_lossy(part)))
        .collect();
    let headers = "content-type: application/json\r\ntransfer-encoding: chunked\r\n";
    let answer =
        app.say(&request("POST /v1/auth/sign-in", headers, &format!("{chunks}0\r\n\r\n"))).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.contains("__Host-openchair="),
        "{answer}"
    );
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    for path in
        ["/v1/me", "/v1/tenant", "/v1/members", "/v1/members/mem_x", "/openapi.json", "/healthz"]
    {
        let get = owner.get(path).await;
        let head = owner.request(Method::HEAD, path).await;
        assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
        for name in ["content-type", "content-length", "etag"] {
            assert_eq!(head.header(name), get.header(name), "{path} {name}");
        }
    }
}

#[tokio::test]
async fn paths_and_methods_that_are_not_there() {
    let app = TestApp::start().await;
    let anybody = app.browser();
    anybody.get("/v1/nothing/here").await.problem(404, "not_found");
    let wrong = anybody.delete("/v1/auth/sign-in").await;
    wrong.problem(405, "method_not_allowed");
    assert_eq!(wrong.header("allow"), "POST");
    let paths = ["/v1/tenant", "/v1/members", "/healthz", "/openapi.json"];
    for path in paths {
        let wrong = anybody.request(Method::PUT, path).await;
        assert!([401, 405].contains(&wrong.status), "{path}: {wrong}");
    }
    for method in ["TRACE", "CONNECT", "PROPFIND"] {
        let answer = app.say(&request(&format!("{method} /v1/me"), "", "")).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{method}: {answer}");
    }
}

#[tokio::test]
async fn the_document_and_its_page_are_served() {
    let app = TestApp::start().await;
    let served = app.browser().get("/openapi.json").await;
    assert_eq!(served.expect(200), serde_json::from_str::<Value>(openapi::document()).unwrap());
    let page = app.browser().get("/docs").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    // The operations are all on it.
    for name in ["/v1/api-keys", "/v1/auth/sign-in", "/v1/invitations/accept"] {
        assert!(page.text().contains(name), "{name}");
    }
}

#[tokio::test]
async fn every_answer_guards_itself() {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    for path in ["/v1/me", "/v1/nothing", "/docs", "/openapi.json", "/healthz", "/dev/mail"] {
        let answer = owner.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src") && !policy.contains("unsafe"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!answer.header("referrer-policy").is_empty(), "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert!(answer.header("server").is_empty(), "{path}");
    }
    // What is somebody's own is kept by no cache.
    let own = owner.get("/v1/me").await;
    assert!(own.header("cache-control").contains("no-store"), "{:?}", own.headers);
    // The caller's id is kept where it is one, and no line of a log can be written with it.
    let named = owner.get("/v1/me").header("x-request-id", "tap-2026.03_a1").await;
    assert_eq!(named.header("x-request-id"), "tap-2026.03_a1");
    for strange in ["a b", "<script>", &"x".repeat(500)] {
        let answer = owner.get("/v1/me").header("x-request-id", strange).await;
        assert_ne!(answer.header("x-request-id"), strange);
    }
}

#[tokio::test]
async fn answers_are_packed_for_whoever_unpacks_them() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let plain = browser.get("/openapi.json").await;
    assert_eq!(plain.header("content-encoding"), "");
    let zipped = browser.get("/openapi.json").header("accept-encoding", "gzip").await;
    assert_eq!(zipped.header("content-encoding"), "gzip");
    assert!(zipped.header("vary").to_lowercase().contains("accept-encoding"));
    assert!(zipped.body.len() * 3 < plain.body.len());
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&zipped.body[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    let brotli = browser.get("/openapi.json").header("accept-encoding", "br, gzip").await;
    assert_eq!(brotli.header("content-encoding"), "br");
}

/// A stop lets finish what runs, and takes nothing new.
#[tokio::test]
async fn a_stop_loses_no_answer() {
    let mut app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    // Somebody else holds the row: the request waits.
    let mut holder = app.database.owner().begin().await.unwrap();
    let hold = sqlx::query("select 1 from tenants where id = $1 for update").bind(spa.id.uuid());
    hold.execute(&mut *holder).await.unwrap();
    let change = tokio::spawn(owner.patch("/v1/tenant", 1, &json!({ "hue": 7 })).into_future());
    openchair_tests::eventually("the request waits for the row", async || {
        let waiting = "select count(*) from pg_stat_activity
                       where datname = current_database() and wait_event_type = 'Lock'";
        (app.database.count(waiting).await > 0).then_some(())
    })
    .await;
    let url = app.url.clone();
    let address = url.trim_start_matches("http://");
    let let_go = async {
        openchair_tests::eventually("new connections are refused", async || {
            tokio::net::TcpStream::connect(address).await.is_err().then_some(())
        })
        .await;
        holder.commit().await.unwrap();
    };
    let ((), ()) = tokio::join!(app.stop(), let_go);
    let answer = change.await.unwrap();
    assert_eq!(answer.expect(200)["hue"], 7);
}

#[tokio::test]
async fn looks_across_tenants_are_counted_by_their_reason() {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    app.sign_in(&spa.owner).await.get("/v1/me").await.expect(200);
    let metrics = app.browser().get("/metrics").await.text();
    for reason in ["sign_up", "identity", "authenticate"] {
        let counted = format!("system_transactions_total{{reason=\"{reason}\"}} ");
        assert!(metrics.contains(&counted), "{counted} in {metrics}");
    }
}
