use openchair_domain::platform::{self, PlatformError};
use openchair_domain::tenancy::SystemReason;
use openchair_domain::text::Email;
use openchair_tests::TestApp;

async fn set(app: &TestApp, email: &str, admin: bool) -> Result<bool, PlatformError> {
    let tx = app.app().db.system(SystemReason::Platform).await.unwrap();
    let email = Email::parse(email).unwrap();
    let done = platform::set_administrator(&tx, &email, admin).await?;
    tx.commit().await.unwrap();
    Ok(done.changed)
}

/// What `openchair-server platform-admin` does.
#[tokio::test]
async fn an_administrator_is_made_and_unmade() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.login("Ada").await, app.login("Eve").await);
    app.give_factor(&ada).await;
    let (ada_in, eve_in) = (app.sign_in(&ada).await, app.sign_in(&eve).await);
    let tenants = "/v1/platform/tenants";
    ada_in.get(tenants).await.problem(404, "not_found");
    assert!(set(&app, &ada.email.to_uppercase(), true).await.unwrap());
    assert!(!set(&app, &ada.email, true).await.unwrap(), "again changes nothing");
    ada_in.get(tenants).await.expect(200);
    eve_in.get(tenants).await.problem(404, "not_found");
    assert!(set(&app, &ada.email, false).await.unwrap());
    ada_in.get(tenants).await.problem(404, "not_found");

    let nobody = set(&app, "nobody@example.com", true).await;
    assert!(matches!(nobody, Err(PlatformError::NotFound)), "{nobody:?}");
    // Anybody can sign up with anybody's address.
    let unverified = format!("where id = '{}'", eve.id.uuid());
    app.database.run(&format!("update users set email_verified_at = null {unverified}")).await;
    let refused = set(&app, &eve.email, true).await;
    assert!(matches!(refused, Err(PlatformError::AddressNotVerified)), "{refused:?}");
    eve_in.get(tenants).await.problem(404, "not_found");
}
