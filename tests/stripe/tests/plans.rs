//! Plans of businesses: prices, subscriptions, and what becomes of them in time.

use std::sync::atomic::Ordering;

use openchair_stripe_stand_in::{GivenUp, Outcome};
use serde_json::{Value, json};

use crate::caller::{Caller, NOW, of, read, refusal};

pub const PRICE: &str = "currency=eur&unit_amount=1900&recurring[interval]=month&lookup_key=team\
    &product_data[name]=Team+%26+more&metadata[plan]=team";
const DAY: i64 = 24 * 60 * 60;
const GOOD: &str = "4242424242424242";
const LEFT_ONLY: &str = "4000000000000341";
const ASKS: &str = "4000002500003155";

/// Who pays, and for what.
pub struct Plan {
    pub caller: Caller,
    pub customer: String,
    pub price: String,
}

impl Plan {
    pub async fn new() -> Self {
        let caller = Caller::new().await;
        let (status, price) = caller.ours_posted("/v1/prices", PRICE).await;
        assert_eq!(status, 200, "{price}");
        let customer = "name=Lagoon&email=owner@lagoon.example&metadata[tenant]=t1";
        let (status, customer) = caller.ours_posted("/v1/customers", customer).await;
        assert_eq!(status, 200, "{customer}");
        let (customer, price) = (named(&customer), named(&price));
        Self { caller, customer, price }
    }

    pub fn form(&self) -> String {
        format!(
            "mode=subscription&line_items[0][price]={}&line_items[0][quantity]=1&customer={}\
             &success_url=https://shop.example/done&cancel_url=https://shop.example/back\
             &client_reference_id=t1&metadata[tenant]=t1&subscription_data[metadata][tenant]=t1",
            self.price, self.customer
        )
    }

    pub async fn session(&self, more: &str) -> Value {
        let form = format!("{}{more}", self.form());
        let (status, session) = self.caller.ours_posted("/v1/checkout/sessions", &form).await;
        assert_eq!(status, 200, "{session}");
        session
    }

    /// A subscription that goes on.
    pub async fn paid(&self, more: &str) -> Value {
        let session = named(&self.session(more).await);
        assert_eq!(self.caller.stand.pay(&session, GOOD), Outcome::Paid);
        let path = format!("/v1/checkout/sessions/{session}");
        let session = self.caller.ours(&path).await.1;
        self.subscription(session["subscription"].as_str().unwrap()).await
    }

    pub async fn subscription(&self, id: &str) -> Value {
        let (status, subscription) = self.caller.ours(&format!("/v1/subscriptions/{id}")).await;
        assert_eq!(status, 200, "{subscription}");
        subscription
    }
}

pub fn named(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn prices_are_found_by_their_keys() {
    let plan = Plan::new().await;
    let caller = &plan.caller;
    let find = async |query: &str| caller.ours(&format!("/v1/prices?{query}")).await.1;
    let found = find("lookup_keys[]=team&active=true&limit=1").await;
    assert_eq!((found["object"].as_str(), &found["has_more"]), (Some("list"), &json!(false)));
    assert_eq!(found["data"][0]["id"], plan.price);
    assert_eq!(find("lookup_keys[]=chain").await["data"], json!([]));
    let expanded = find("lookup_keys[]=team&expand[]=data.product").await;
    assert_eq!(expanded["data"][0]["product"]["name"], "Team & more");

    let product = found["data"][0]["product"].as_str().unwrap();
    let taken = caller.ours_posted("/v1/prices", PRICE).await;
    assert_eq!(refusal(&taken), (400, "", "lookup_key"));
    let moved = format!(
        "currency=eur&unit_amount=2400&recurring[interval]=month&lookup_key=team\
         &transfer_lookup_key=true&product={product}"
    );
    let moved = caller.ours_posted("/v1/prices", &moved).await.1;
    assert_eq!((&moved["lookup_key"], &moved["product"]), (&json!("team"), &json!(product)));
    assert_eq!(find("lookup_keys[]=team").await["data"][0]["id"], moved["id"]);
    let before = caller.ours(&format!("/v1/prices/{}", plan.price)).await.1;
    assert_eq!((&before["lookup_key"], &before["active"]), (&Value::Null, &json!(true)));
    let all = find("").await;
    assert_eq!((&all["data"][0]["id"], &all["data"][1]["id"]), (&moved["id"], &before["id"]));
    let first = find("limit=1").await;
    assert_eq!((first["data"].as_array().unwrap().len(), &first["has_more"]), (1, &json!(true)));
    let rest = find(&format!("starting_after={}", named(&first["data"][0]))).await;
    assert_eq!((&rest["data"][0]["id"], &rest["has_more"]), (&before["id"], &json!(false)));

    let name = caller.ours_posted(&format!("/v1/products/{product}"), "name=Group").await;
    assert_eq!(name.1["name"], "Group");
    assert_eq!(caller.stand.book().prices[0].title, "Group");
}

#[tokio::test]
async fn from_a_page_to_the_end() {
    let plan = Plan::new().await;
    let stand = &plan.caller.stand;
    let session = plan.session("").await;
    assert_eq!(
        (&session["mode"], &session["payment_status"]),
        (&json!("subscription"), &json!("unpaid"))
    );
    assert_eq!(session["amount_total"], 1_900);
    let id = named(&session);
    let declined = stand.pay(&id, "4000000000009995");
    assert!(matches!(declined, Outcome::Declined { .. }), "{declined:?}");
    // It can be left, and doesn't pay.
    let declined = stand.pay(&id, LEFT_ONLY);
    assert!(matches!(declined, Outcome::Declined { .. }), "{declined:?}");
    assert_eq!(stand.pay(&id, "4242"), Outcome::NoCard);
    assert_eq!(stand.book().subscriptions, []);
    assert_eq!(stand.pay(&id, GOOD), Outcome::Paid);
    let session = plan.caller.ours(&format!("/v1/checkout/sessions/{id}")).await.1;
    assert_eq!(
        (&session["status"], &session["payment_status"]),
        (&json!("complete"), &json!("paid"))
    );
    let subscription = plan.subscription(session["subscription"].as_str().unwrap()).await;
    assert_eq!(subscription["status"], "active");
    assert_eq!(subscription["latest_invoice"], session["invoice"]);
    let item = &subscription["items"]["data"][0];
    assert_eq!(item["price"]["id"], plan.price);
    assert_eq!(item["current_period_start"], NOW);
    assert_eq!(item["current_period_end"], NOW + 30 * DAY);
    // Where it was before.
    assert_eq!(subscription.get("current_period_end"), None);
    let invoice = format!("/v1/invoices/{}", session["invoice"].as_str().unwrap());
    let invoice = plan.caller.ours(&invoice).await.1;
    assert_eq!((&invoice["status"], &invoice["amount_paid"]), (&json!("paid"), &json!(1_900)));
    assert_eq!(invoice["parent"]["subscription_details"]["subscription"], subscription["id"]);
    let customer = plan.caller.ours(&format!("/v1/customers/{}", plan.customer)).await.1;
    let method = &customer["invoice_settings"]["default_payment_method"];
    assert_eq!(&subscription["default_payment_method"], method);
    assert_eq!(stand.book().customers[0].card.as_deref(), Some("4242"));

    let id = named(&subscription);
    let path = format!("/v1/subscriptions/{id}");
    let later = plan.caller.ours_posted(&path, "cancel_at_period_end=true").await.1;
    assert_eq!((&later["cancel_at"], &later["status"]), (&json!(NOW + 30 * DAY), &json!("active")));
    let on = plan.caller.ours_posted(&path, "cancel_at_period_end=false&metadata[why]=fun").await.1;
    assert_eq!((&on["cancel_at"], &on["canceled_at"]), (&Value::Null, &Value::Null));
    assert_eq!(on["metadata"], json!({ "tenant": "t1", "why": "fun" }));
    let ended = read(plan.caller.request("DELETE", &path)).await;
    assert_eq!(
        (ended.0, &ended.1["status"], &ended.1["ended_at"]),
        (200, &json!("canceled"), &json!(NOW))
    );
    let again = read(plan.caller.request("DELETE", &path)).await;
    assert_eq!(refusal(&again), (404, "resource_missing", "id"));
    assert_eq!(plan.subscription(&id).await["status"], "canceled");
    assert!(!stand.renew(&id));
    let late = plan.caller.ours_posted(&path, "cancel_at_period_end=true").await;
    assert_eq!(refusal(&late).0, 400);
    assert_eq!(plan.caller.ours_posted(&path, "metadata[why]=late").await.0, 200);
    let list = async |more: &str| {
        let path = format!("/v1/subscriptions?customer={}{more}", plan.customer);
        plan.caller.ours(&path).await.1["data"].as_array().unwrap().len()
    };
    assert_eq!((list("").await, list("&status=all").await), (0, 1));
    assert_eq!((list("&status=canceled").await, list("&status=active").await), (1, 0));
    // The first one is about a business's account.
    for event in stand.events().iter().skip(1) {
        assert_eq!(event.get("account"), None, "{event}");
    }
}

#[tokio::test]
async fn over_http_like_any_control() {
    let plan = Plan::new().await;
    let caller = &plan.caller;
    let order = async |order: Value| {
        let url = format!("{}/_stand_in/orders", caller.stand.origin());
        of(caller.http.post(url).body(order.to_string()).send().await.unwrap()).await
    };
    let done = async |asked: Value| order(asked).await.1["done"].clone();
    let id = named(&plan.paid("").await);
    let status = async || plan.subscription(&id).await["status"].clone();
    let card = async |number: &str| json!({ "do": "card_of", "customer": plan.customer, "number": number });
    assert_eq!(done(json!({ "do": "renew", "subscription": id })).await, true);
    assert_eq!(status().await, "active");
    assert_eq!(done(card(LEFT_ONLY).await).await, true);
    assert_eq!(done(json!({ "do": "renew", "subscription": id })).await, true);
    assert_eq!(status().await, "past_due");
    let up = json!({ "do": "give_up", "subscription": id, "then": "unpaid" });
    assert_eq!((done(up.clone()).await, status().await), (json!(true), json!("unpaid")));
    assert_eq!(done(up).await, false);
    assert_eq!(done(card(GOOD).await).await, true);
    assert_eq!(done(json!({ "do": "renew", "subscription": id })).await, true);
    assert_eq!(status().await, "active");
    assert_eq!(done(json!({ "do": "cancel", "subscription": id })).await, true);
    assert_eq!(status().await, "canceled");
    assert_eq!(done(json!({ "do": "renew", "subscription": "sub_nothing" })).await, false);
    assert_eq!(
        done(json!({ "do": "card_of", "customer": plan.customer, "number": "1" })).await,
        false
    );
    assert_eq!(order(json!({ "do": "renew" })).await.0, 400);
    let book = of(caller
        .http
        .get(format!("{}/_stand_in/book", caller.stand.origin()))
        .send()
        .await
        .unwrap());
    let book = book.await.1;
    assert_eq!(book["subscriptions"][0]["status"], "canceled");
    assert_eq!(book["invoices"].as_array().unwrap().len(), 3);
    assert_eq!(book["customers"][0]["metadata"]["tenant"], "t1");
    assert_eq!(book["prices"][0]["amount"], 1_900);
}

/// Whoever can't prove that the card is theirs has no plan: what was begun can be paid for 23 hours, and never was
/// anything then.
#[tokio::test]
async fn what_is_never_paid_for_the_first_time_never_begins() {
    let plan = Plan::new().await;
    let stand = &plan.caller.stand;
    let page = named(&plan.session("").await);
    assert_eq!(stand.pay(&page, ASKS), Outcome::Asked);
    assert_eq!(stand.book().subscriptions, []);
    let failed = stand.authenticate(&page, false);
    assert!(matches!(failed, Outcome::Declined { .. }), "{failed:?}");
    let id = stand.book().subscriptions[0].id.clone();
    let status = async || plan.subscription(&id).await["status"].clone();
    assert_eq!(status().await, "incomplete");
    assert_eq!(stand.book().invoices[0].status, "open");
    // The page is still there, for another card.
    let session = plan.caller.ours(&format!("/v1/checkout/sessions/{page}")).await.1;
    assert_eq!((&session["status"], &session["subscription"]), (&json!("open"), &Value::Null));
    let wait = |seconds: i64| plan.caller.now.store(NOW + seconds, Ordering::SeqCst);
    wait(23 * 60 * 60 - 1);
    assert_eq!(status().await, "incomplete");
    wait(23 * 60 * 60);
    assert_eq!(status().await, "incomplete_expired");
    assert_eq!(stand.book().invoices[0].status, "void");
    assert!(!stand.renew(&id));
    let told = stand.events();
    let last = told.last().unwrap();
    assert_eq!(
        (&last["type"], &last["data"]["object"]["id"]),
        (&json!("customer.subscription.updated"), &json!(id))
    );
    // Who proves it in time has it.
    let page = named(&plan.session("").await);
    stand.pay(&page, ASKS);
    stand.authenticate(&page, false);
    let second = stand.book().subscriptions[1].id.clone();
    stand.card_of(&plan.customer, LEFT_ONLY);
    assert!(stand.renew(&second));
    assert_eq!(plan.subscription(&second).await["status"], "incomplete");
    stand.card_of(&plan.customer, GOOD);
    assert!(stand.renew(&second));
    assert_eq!(plan.subscription(&second).await["status"], "active");
    // In a trial nothing is to be paid yet: nothing is left behind.
    let trial = format!("&subscription_data[trial_end]={}", NOW + 10 * DAY);
    let page = named(&plan.session(&trial).await);
    stand.pay(&page, ASKS);
    stand.authenticate(&page, false);
    assert_eq!(stand.book().subscriptions.len(), 2);
}

#[tokio::test]
async fn a_trial_takes_nothing_yet() {
    let plan = Plan::new().await;
    let stand = &plan.caller.stand;
    let end = NOW + 10 * DAY;
    let subscription = plan.paid(&format!("&subscription_data[trial_end]={end}")).await;
    assert_eq!(
        (&subscription["status"], &subscription["trial_end"]),
        (&json!("trialing"), &json!(end))
    );
    let due = || stand.book().invoices.iter().map(|one| one.amount_due).collect::<Vec<_>>();
    assert_eq!(due(), [0]);
    let id = named(&subscription);
    stand.card_of(&plan.customer, LEFT_ONLY);
    assert!(stand.renew(&id));
    assert_eq!(
        (due(), plan.subscription(&id).await["status"].clone()),
        (vec![0, 1_900], json!("past_due"))
    );
    assert!(stand.give_up(&id, GivenUp::Canceled));
    let over = plan.subscription(&id).await;
    assert_eq!(over["cancellation_details"]["reason"], "payment_failed");
    // A trial that was called off is never billed.
    let subscription = plan.paid(&format!("&subscription_data[trial_end]={end}")).await;
    let id = named(&subscription);
    let path = format!("/v1/subscriptions/{id}");
    plan.caller.ours_posted(&path, "cancel_at_period_end=true").await;
    assert!(stand.renew(&id));
    let over = plan.subscription(&id).await;
    assert_eq!((&over["status"], &over["ended_at"]), (&json!("canceled"), &json!(end)));
    assert_eq!(due(), [0, 1_900, 0]);
}
