//! The stand-in as a process of its own.

use std::process::{Child, Command};

use crate::caller::read;

fn started(arguments: &[&str]) -> (Child, String) {
    let all = [&["--secret-key", "sk_test_of_a_process"], arguments].concat();
    openchair_stand_in::started(env!("CARGO_BIN_EXE_stripe-stand-in"), &all).unwrap()
}

#[tokio::test]
async fn it_says_where_it_is_and_ends_with_its_leash() {
    let (mut child, origin) = started(&["--leash"]);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let balance = http
        .get(format!("{origin}/v1/balance"))
        .bearer_auth("sk_test_of_a_process")
        .header("stripe-version", openchair_stripe_stand_in::VERSION);
    assert_eq!(read(balance).await.1["object"], "balance");
    assert!(child.try_wait().unwrap().is_none());
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

#[tokio::test]
async fn it_ends_when_it_is_asked_to() {
    let (mut child, _) = started(&[]);
    let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    assert!(child.wait().unwrap().success());
}
