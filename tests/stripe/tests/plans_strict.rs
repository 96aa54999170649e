//! What isn't meant is refused where businesses take plans, too.

use serde_json::{Value, json};

use crate::caller::{NOW, read, refusal};
use crate::plans::{PRICE, Plan, named};

const SESSIONS: &str = "/v1/checkout/sessions";

#[tokio::test]
async fn prices() {
    let plan = Plan::new().await;
    let good = PRICE.replace("=team", "=chain");
    let cases = [
        (format!("{good}&colour=red"), "parameter_unknown", "colour"),
        (good.replace("currency=eur&", ""), "parameter_missing", "currency"),
        (good.replace("=eur", "=xyz"), "", "currency"),
        (good.replace("unit_amount=1900&", ""), "parameter_missing", "unit_amount"),
        (good.replace("=1900", "=19.00"), "parameter_invalid_integer", "unit_amount"),
        (good.replace("=1900", "=-1"), "parameter_invalid_integer", "unit_amount"),
        (good.replace("recurring[interval]=month&", ""), "", "recurring"),
        (good.replace("=month", "=moon"), "", "recurring[interval]"),
        (good.replace("product_data[name]", "nickname"), "parameter_missing", "product"),
        (format!("{good}&product=prod_1"), "", "product"),
        (
            good.replace("product_data[name]=Team+%26+more", "product=prod_1"),
            "resource_missing",
            "product",
        ),
        (good.replace("lookup_key=chain&", "transfer_lookup_key=true&"), "", "transfer_lookup_key"),
        (format!("{good}&transfer_lookup_key=yes"), "", "transfer_lookup_key"),
    ];
    for (form, code, param) in cases {
        let answer = plan.caller.ours_posted("/v1/prices", &form).await;
        assert_eq!(refusal(&answer), (400, code, param), "{form}");
    }
    for (query, code, param) in [
        ("colour=red", "parameter_unknown", "colour"),
        ("active=yes", "", "active"),
        ("limit=0", "parameter_invalid_integer", "limit"),
        ("limit=101", "parameter_invalid_integer", "limit"),
        ("starting_after=price_1", "resource_missing", "starting_after"),
        ("expand[]=data.tiers", "property_expansion_unavailable", "expand"),
    ] {
        let answer = plan.caller.ours(&format!("/v1/prices?{query}")).await;
        assert_eq!(refusal(&answer), (400, code, param), "{query}");
    }
    assert_eq!(plan.caller.stand.book().prices.len(), 1);
    assert_eq!(plan.caller.posted("/v1/prices", &good).await.0, 400);
    assert_eq!(plan.caller.ours_posted("/v1/prices", &good).await.0, 200);
}

#[tokio::test]
async fn pages_where_a_plan_is_taken() {
    let plan = Plan::new().await;
    let good = plan.form();
    let price = format!("line_items[0][price]={}", plan.price);
    let customer = format!("customer={}", plan.customer);
    let trial = |end: i64| format!("{good}&subscription_data[trial_end]={end}");
    let inside = "line_items[0][price_data][unit_amount]=1900";
    let cases = [
        (format!("{good}&colour=red"), "parameter_unknown", "colour"),
        // As where something is paid once.
        (
            good.replace(&price, inside),
            "parameter_unknown",
            "line_items[0][price_data][unit_amount]",
        ),
        (good.replace(&price, "locale=de"), "parameter_missing", "line_items[0][price]"),
        (
            good.replace(&price, "line_items[0][price]=price_1"),
            "resource_missing",
            "line_items[0][price]",
        ),
        (
            good.replace("[quantity]=1", "[quantity]=0"),
            "parameter_invalid_integer",
            "line_items[0][quantity]",
        ),
        (
            good.replace("&line_items[0][quantity]=1", ""),
            "parameter_missing",
            "line_items[0][quantity]",
        ),
        (format!("{good}&line_items[1][price]={}", plan.price), "", "line_items[1]"),
        (good.replace(&customer, "locale=de"), "parameter_missing", "customer"),
        (good.replace(&customer, "customer=cus_1"), "resource_missing", "customer"),
        (good.replace("success_url", "metadata[a]"), "parameter_missing", "success_url"),
        (good.replace("https://shop.example/back", "/back"), "url_invalid", "cancel_url"),
        (format!("{good}&locale=ar"), "", "locale"),
        (format!("{good}&expires_at=1790001799"), "", "expires_at"),
        (trial(NOW + 2 * 24 * 60 * 60 - 1), "", "subscription_data[trial_end]"),
        (trial(NOW + 731 * 24 * 60 * 60), "", "subscription_data[trial_end]"),
        (format!("{good}&payment_method_collection=never"), "", "payment_method_collection"),
        (good.replace("=subscription&", "=payment&"), "parameter_unknown", "customer"),
        (good.replace("=subscription&", "=gift&"), "parameter_unknown", "customer"),
    ];
    for (form, code, param) in cases {
        let answer = plan.caller.ours_posted(SESSIONS, &form).await;
        assert_eq!(refusal(&answer), (400, code, param), "{form}");
    }
    // In a business's name there is none of it.
    assert_eq!(plan.caller.posted(SESSIONS, &good).await.0, 400);
    assert!(plan.caller.stand.book().sessions.is_empty());
    plan.paid("").await;
    let pounds = PRICE.replace("=eur", "=gbp").replace("=team", "=pounds");
    let pounds = plan.caller.ours_posted("/v1/prices", &pounds).await.1;
    let mixed = good.replace(&plan.price, &named(&pounds));
    let mixed = plan.caller.ours_posted(SESSIONS, &mixed).await;
    assert!(
        mixed.1["error"]["message"].as_str().unwrap().contains("combine currencies"),
        "{mixed:?}"
    );
}

#[tokio::test]
async fn subscriptions_and_customers() {
    let plan = Plan::new().await;
    let subscription = plan.paid("").await;
    let path = format!("/v1/subscriptions/{}", named(&subscription));
    let item = format!("items[0][id]={}", named(&subscription["items"]["data"][0]));
    for (form, code, param) in [
        ("colour=red".to_owned(), "parameter_unknown", "colour"),
        (format!("items[0][price]={}", plan.price), "parameter_missing", "items[0][id]"),
        (
            format!("items[0][id]=si_1&items[0][price]={}", plan.price),
            "resource_missing",
            "items[0][id]",
        ),
        (format!("{item}&items[0][price]=price_1"), "resource_missing", "items[0][price]"),
        (format!("{item}&items[0][quantity]=0"), "parameter_invalid_integer", "items[0][quantity]"),
        (format!("{item}&proration_behavior=maybe"), "", "proration_behavior"),
        ("cancel_at_period_end=soon".to_owned(), "", "cancel_at_period_end"),
        ("cancel_at_period_end=".to_owned(), "parameter_invalid_empty", "cancel_at_period_end"),
    ] {
        let answer = plan.caller.ours_posted(&path, &form).await;
        assert_eq!(refusal(&answer), (400, code, param), "{form}");
    }
    let odd = read(plan.caller.request("DELETE", &format!("{path}?colour=red"))).await;
    assert_eq!(refusal(&odd), (400, "parameter_unknown", "colour"));
    for (query, code, param) in [
        ("customer=cus_1", "resource_missing", "customer"),
        ("status=happy", "", "status"),
        ("colour=red", "parameter_unknown", "colour"),
    ] {
        let answer = plan.caller.ours(&format!("/v1/subscriptions?{query}")).await;
        assert_eq!(refusal(&answer), (400, code, param), "{query}");
    }
    // In a business's name it isn't there.
    let elsewhere = plan.caller.get(&path).await;
    assert_eq!(refusal(&elsewhere), (404, "resource_missing", "id"));
    let delete =
        plan.caller.request("DELETE", &path).header("stripe-account", &plan.caller.account);
    assert_eq!(refusal(&read(delete).await).0, 404);
    for path in ["prices/price_1", "customers/cus_1", "subscriptions/sub_1", "invoices/in_1"] {
        let answer = plan.caller.ours(&format!("/v1/{path}")).await;
        assert_eq!((answer.0, refusal(&answer).1), (404, "resource_missing"), "{path}");
    }
    for (form, code, param) in [
        ("email=owner", "email_invalid", "email"),
        ("colour=red", "parameter_unknown", "colour"),
        ("name=", "parameter_invalid_empty", "name"),
    ] {
        let answer = plan.caller.ours_posted("/v1/customers", form).await;
        assert_eq!(refusal(&answer), (400, code, param), "{form}");
    }
    assert_eq!(plan.subscription(&named(&subscription)).await, subscription);
}

/// Every field of Stripe's own examples is in the answers.
#[tokio::test]
async fn answers_have_the_published_shapes() {
    let plan = Plan::new().await;
    let caller = &plan.caller;
    let examples: Value = serde_json::from_str(include_str!("../src/examples_plans.json")).unwrap();
    let subscription = plan.paid("").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let invoice = text(&subscription["latest_invoice"]);
    let invoice = caller.ours(&format!("/v1/invoices/{invoice}")).await.1;
    let price = caller.ours(&format!("/v1/prices/{}", plan.price)).await.1;
    let method = text(&subscription["default_payment_method"]);
    let portal = format!("customer={}&return_url=https://shop.example", plan.customer);
    let product = format!("/v1/products/{}", text(&price["product"]));
    let answers = [
        ("subscription_item", subscription["items"]["data"][0].clone()),
        ("subscription", subscription),
        ("line_item", invoice["lines"]["data"][0].clone()),
        ("invoice", invoice),
        ("price", price),
        ("product", caller.ours(&product).await.1),
        ("customer", caller.ours(&format!("/v1/customers/{}", plan.customer)).await.1),
        ("payment_method", caller.ours(&format!("/v1/payment_methods/{method}")).await.1),
        (
            "billing_portal.session",
            caller.ours_posted("/v1/billing_portal/sessions", &portal).await.1,
        ),
    ];
    assert_eq!(answers.len(), examples.as_object().unwrap().len());
    for (kind, answer) in answers {
        assert_eq!(answer["object"], json!(kind), "{answer}");
        let fields = answer.as_object().unwrap();
        for field in examples[kind].as_object().unwrap().keys() {
            assert!(fields.contains_key(field), "{kind}.{field}");
        }
    }
}
