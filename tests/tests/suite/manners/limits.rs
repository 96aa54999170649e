use chrono::Duration;
use openchair_tests::{PASSWORD, TestApp};
use serde_json::json;

use crate::identity::sign_in;

#[tokio::test]
async fn guessing_passwords_is_slowed_by_account() {
    let app = TestApp::with(&[("limits.sign_in_per_account_per_hour", "5")]).await;
    let (nora, other) = (app.login("Nora").await, app.login("Other").await);
    let browser = app.browser();
    for _ in 0..5 {
        sign_in(&browser, &nora.email, "guess").await.problem(401, "bad_credentials");
    }
    let refused = sign_in(&browser, &nora.email, PASSWORD).await;
    refused.problem(429, "rate_limited");
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=3600).contains(&wait), "{wait}");
    for name in ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"] {
        assert!(refused.header(name).parse::<u64>().is_ok(), "{name}: {:?}", refused.headers);
    }
    // However the address is written, and by whichever way: it is the same account.
    sign_in(&browser, &nora.email.to_uppercase(), "guess").await.problem(429, "rate_limited");
    let program = json!({ "email": nora.email, "password": PASSWORD, "client_name": "x" });
    browser.post("/v1/auth/tokens", &program).await.problem(429, "rate_limited");
    sign_in(&browser, &other.email, PASSWORD).await.expect(200);
    app.clock.advance(Duration::seconds(wait));
    sign_in(&browser, &nora.email, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn one_address_can_take_so_much() {
    let limits = [("limits.per_ip_per_minute", "60"), ("limits.per_ip_burst", "10")];
    let app = TestApp::with(&limits).await;
    let browser = app.browser();
    let mut refused = 0;
    for _ in 0..20 {
        refused += u32::from(browser.get("/v1/signup/proposal").await.status == 429);
    }
    assert_eq!(refused, 10);
    // Probes and pages are not counted.
    browser.get("/healthz").await.expect(200);
    app.clock.advance(Duration::seconds(1));
    browser.get("/v1/signup/proposal").await.expect(200);
    // No header of the caller's own makes it another caller.
    for name in ["x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip"] {
        let call = browser.get("/v1/signup/proposal").header(name, "203.0.113.9");
        call.await.problem(429, "rate_limited");
    }
}

/// What one business asks for is taken from nobody else.
#[tokio::test]
async fn a_burst_of_one_tenant_leaves_the_other_alone() {
    let app = TestApp::start().await;
    let (loud, calm) = (app.business("Loud").await, app.business("Calm").await);
    let loud = app.sign_in(&loud.owner).await.in_tenant(&loud);
    let calm = app.sign_in(&calm.owner).await.in_tenant(&calm);
    let mut refused = None;
    for _ in 0..1000 {
        let answer = loud.get("/v1/tenant").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("a plan has its limit");
    refused.problem(429, "rate_limited");
    let first = calm.get("/v1/tenant").await;
    first.expect(200);
    let left: i64 = first.header("ratelimit-remaining").parse().unwrap();
    assert!(left > 0, "{:?}", first.headers);
    app.clock.advance(Duration::minutes(1));
    loud.get("/v1/tenant").await.expect(200);
}

#[tokio::test]
async fn mails_with_links_are_few() {
    let app = TestApp::with(&[("limits.mail_links_per_account_per_hour", "3")]).await;
    let (nora, other) = (app.login("Nora").await, app.login("Other").await);
    let ask = |email: &str, way: &str| {
        app.browser().post(&format!("/v1/auth/{way}"), &json!({ "email": email }))
    };
    for way in ["magic-link", "password-reset", "magic-link"] {
        ask(&nora.email, way).await.expect(202);
    }
    for way in ["magic-link", "password-reset"] {
        ask(&nora.email, way).await.problem(429, "rate_limited");
    }
    ask(&other.email, "magic-link").await.expect(202);
    // An address without a login is counted alike: the answers tell nothing.
    for _ in 0..3 {
        ask("nobody@example.com", "magic-link").await.expect(202);
    }
    ask("nobody@example.com", "magic-link").await.problem(429, "rate_limited");
}

/// What is one's own is counted, too: nobody is in a business while they ask for it.
#[tokio::test]
async fn somebody_signed_in_can_ask_for_so_much() {
    let app = TestApp::start().await;
    let (nora, other) = (app.login("Nora").await, app.login("Other").await);
    // However many sessions: it is the same person.
    let browsers = [app.sign_in(&nora).await, app.sign_in(&nora).await];
    let mut answered = 0;
    for number in 0..400 {
        let answer = browsers[number % 2].get("/v1/me").await;
        if answer.status == 429 {
            answer.problem(429, "rate_limited");
            break;
        }
        answer.expect(200);
        answered += 1;
    }
    assert_eq!(answered, 240);
    let platform = browsers[0].get("/v1/platform/tenants").await;
    platform.problem(429, "rate_limited");
    app.sign_in(&other).await.get("/v1/me").await.expect(200);
    app.clock.advance(Duration::minutes(1));
    browsers[1].get("/v1/me").await.expect(200);
}
