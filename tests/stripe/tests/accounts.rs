//! Accounts of businesses, and how they say who they are.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::caller::{Caller, NOW, form, read, refusal};

const NEW: &str = "country=FR&email=owner@lagoon.example&business_profile[name]=Lagoon&metadata[tenant]=t1\
    &controller[fees][payer]=account&controller[losses][payments]=stripe\
    &controller[requirement_collection]=stripe&controller[stripe_dashboard][type]=full";

async fn posted(caller: &Caller, path: &str, form: &str) -> (u16, Value) {
    let kind = ("content-type", "application/x-www-form-urlencoded");
    read(caller.request("POST", path).header(kind.0, kind.1).body(form.to_owned())).await
}

#[tokio::test]
async fn from_an_account_to_its_first_page() {
    let mut caller = Caller::new().await;
    let (status, account) = posted(&caller, "/v1/accounts", NEW).await;
    assert_eq!(status, 200, "{account}");
    assert_eq!(account["charges_enabled"], false);
    assert_eq!(account["default_currency"], "eur");
    assert!(!account["requirements"]["currently_due"].as_array().unwrap().is_empty());
    let id = account["id"].as_str().unwrap().to_owned();
    caller.account.clone_from(&id);
    let refused = caller.posted("/v1/checkout/sessions", &form(1_000, "eur")).await;
    assert_eq!(refusal(&refused).0, 400);
    assert!(
        refused.1["error"]["message"].as_str().unwrap().contains("cannot currently make charges")
    );

    let link = format!(
        "account={id}&type=account_onboarding&refresh_url=https://shop.example/again\
         &return_url=https://shop.example/done"
    );
    let (_, link) = posted(&caller, "/v1/account_links", &link).await;
    assert_eq!(link["expires_at"], NOW + 300);
    let url = link["url"].as_str().unwrap();
    let page = caller.http.get(url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Lagoon") && page.contains("value=complete"), "{page}");
    // It is good once.
    let again = caller.http.get(url).send().await.unwrap();
    assert_eq!(again.headers()["location"], "https://shop.example/again");
    let form_kind = ("content-type", "application/x-www-form-urlencoded");
    let later = caller.http.post(url).header(form_kind.0, form_kind.1).body("outcome=later");
    let later = later.send().await.unwrap();
    assert_eq!(later.headers()["location"], "https://shop.example/done");
    let path = format!("/v1/accounts/{id}");
    assert_eq!(caller.get(&path).await.1["details_submitted"], false);
    let done = caller.http.post(url).header(form_kind.0, form_kind.1).body("outcome=complete");
    let done = done.send().await.unwrap();
    assert_eq!(
        (done.status().as_u16(), done.headers()["location"].to_str().unwrap()),
        (303, "https://shop.example/done")
    );
    let (_, account) = caller.get(&path).await;
    for name in ["details_submitted", "charges_enabled", "payouts_enabled"] {
        assert_eq!(account[name], true, "{name}");
    }
    assert_eq!(account["requirements"]["currently_due"], json!([]));
    let told = caller.stand.events().pop().unwrap();
    assert_eq!((&told["type"], &told["account"]), (&json!("account.updated"), &json!(id)));
    caller.session(1_000, "eur").await;
    assert!(caller.stand.restrict(&id, "individual.verification.document"));
    assert_eq!(caller.posted("/v1/checkout/sessions", &form(1_000, "eur")).await.0, 400);
}

#[tokio::test]
async fn what_is_refused() {
    let caller = Caller::new().await;
    let cases = [
        (NEW.replace("country=FR", "country=XX"), "country_unsupported", "country"),
        (NEW.replace("owner@lagoon.example", "owner"), "email_invalid", "email"),
        (format!("{NEW}&type=standard"), "", "type"),
        (format!("{NEW}&hat=red"), "parameter_unknown", "hat"),
    ];
    for (form, code, param) in cases {
        let answer = posted(&caller, "/v1/accounts", &form).await;
        assert_eq!(refusal(&answer), (400, code, param), "{form}");
    }
    let standard = posted(&caller, "/v1/accounts", "type=standard&country=US").await;
    assert_eq!(standard.1["type"], "standard");
    let missing =
        posted(&caller, "/v1/account_links", "account=acct_1&type=account_onboarding").await;
    assert_eq!(refusal(&missing), (400, "parameter_missing", "refresh_url"));
    assert_eq!(
        refusal(&caller.get("/v1/accounts/acct_nobody").await),
        (403, "account_invalid", "")
    );
}

/// A business takes its account away from the platform: whatever is asked in its name is refused.
#[tokio::test]
async fn an_account_that_is_taken_away() {
    let caller = Caller::new().await;
    assert!(caller.stand.revoke(&caller.account));
    assert!(!caller.stand.revoke("acct_nobody"));
    let gone = (403, "account_invalid", "");
    assert_eq!(refusal(&caller.get("/v1/balance").await), gone);
    assert_eq!(refusal(&caller.posted("/v1/checkout/sessions", &form(1_000, "eur")).await), gone);
    let path = format!("/v1/accounts/{}", caller.account);
    assert_eq!(refusal(&caller.ours(&path).await), gone);
    let order = |what: &str| json!({ "do": what, "account": caller.account });
    let url = format!("{}/_stand_in/orders", caller.stand.origin());
    let admitted = read(caller.http.post(&url).json(&order("admit"))).await;
    assert_eq!(admitted.1["done"], true);
    assert_eq!(caller.get("/v1/balance").await.0, 200);
    assert_eq!(read(caller.http.post(&url).json(&order("revoke"))).await.1["done"], true);
    assert_eq!(refusal(&caller.get("/v1/balance").await), gone);
}

#[tokio::test]
async fn a_link_that_is_too_old() {
    let caller = Caller::new().await;
    let link = format!(
        "account={}&type=account_onboarding&refresh_url=https://shop.example/again\
         &return_url=https://shop.example/done",
        caller.account
    );
    let (_, link) = posted(&caller, "/v1/account_links", &link).await;
    caller.now.store(NOW + 300, Ordering::SeqCst);
    let old = caller.http.get(link["url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(old.headers()["location"], "https://shop.example/again");
}
