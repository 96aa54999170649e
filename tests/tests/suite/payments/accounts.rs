//! A business's account at the provider: how it is kept up.

use chrono::Duration;
use openchair_domain::payments::look_at_accounts_due;
use openchair_stripe_stand_in::Act;
use openchair_tests::cards::Counter;
use openchair_tests::eventually;
use serde_json::Value;

const PATH: &str = "/v1/payment-account";

/// One where nothing is told from now on, and all that was told was asked about.
async fn quiet_counter() -> Counter {
    // Days pass, and nobody is signed out.
    let counter =
        Counter::with(&[("session.idle_hours", "8760"), ("session.absolute_hours", "17520")]).await;
    counter.stripe.quiet().await;
    counter.stripe.drop_webhooks(1_000);
    let waiting = "select count(*) from jobs where kind like 'payments.%' and state <> 'done'";
    eventually("everything was asked", async || {
        (counter.app.database.count(waiting).await == 0).then_some(())
    })
    .await;
    counter
}

async fn account(counter: &Counter) -> Value {
    counter.spa.owner.get(PATH).await.expect(200)
}

/// Two ask at once, and who asked first is answered last: what they were told is older by then.
#[tokio::test]
async fn an_older_answer_undoes_nothing() {
    let counter = quiet_counter().await;
    counter.app.clock.advance(Duration::seconds(1));
    counter.stripe.trouble("GET /v1/accounts/", Act::Late, 1);
    assert!(counter.stripe.restrict(&counter.account, "individual.verification.document"));
    let owner = &counter.spa.owner;
    let look = format!("{PATH}/look");
    let (first, ()) = tokio::join!(async { owner.post_empty(&look).await }, async {
        counter.stripe.waiting(1).await;
        assert!(counter.stripe.onboard(&counter.account));
        counter.app.clock.advance(Duration::seconds(1));
        let second = owner.post_empty(&look).await.expect(200);
        assert_eq!(second["charges_enabled"], true, "{second}");
        counter.stripe.let_go();
    });
    assert_eq!(first.expect(200)["charges_enabled"], true, "what is known is said");
    assert_eq!(account(&counter).await["charges_enabled"], true);
    // Whoever asks later is believed.
    assert!(counter.stripe.restrict(&counter.account, "individual.verification.document"));
    counter.app.clock.advance(Duration::seconds(1));
    let third = owner.post_empty(&look).await.expect(200);
    assert_eq!(third["charges_enabled"], false, "{third}");
}

/// What was told of it was lost: a day later it is asked about.
#[tokio::test]
async fn an_account_of_which_nothing_is_heard_is_asked_about() {
    let counter = quiet_counter().await;
    assert!(counter.stripe.restrict(&counter.account, "individual.verification.document"));
    let db = &counter.app.app().db;
    counter.app.clock.advance(Duration::hours(23));
    assert_eq!(look_at_accounts_due(db).await.unwrap(), 0);
    assert_eq!(account(&counter).await["charges_enabled"], true);
    counter.app.clock.advance(Duration::hours(2));
    look_at_accounts_due(db).await.unwrap();
    let open = "select count(*) from payment_accounts where charges_enabled";
    eventually("it is known", async || (counter.app.database.count(open).await == 0).then_some(()))
        .await;
    assert_eq!(look_at_accounts_due(db).await.unwrap(), 0, "it was looked at");
}
