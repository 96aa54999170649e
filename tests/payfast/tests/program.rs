//! The stand-in as a process of its own.

use std::process::{Child, Command};

use openchair_payfast_stand_in::signature;

fn started(arguments: &[&str]) -> (Child, String) {
    let merchant =
        ["--merchant-id", "10001234", "--merchant-key", "key1", "--passphrase", "salt-1"];
    let all = [&merchant, arguments].concat();
    openchair_stand_in::started(env!("CARGO_BIN_EXE_payfast-stand-in"), &all).unwrap()
}

/// It knows whom it was told of, and ends with its leash.
#[tokio::test]
async fn it_says_where_it_is_and_ends_with_its_leash() {
    let (mut child, origin) = started(&["--leash"]);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let begin = async |key: &str| {
        let mut fields: Vec<_> = [
            ("merchant_id", "10001234"),
            ("merchant_key", key),
            ("amount", "100.00"),
            ("item_name", "Cut"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        fields.push(("signature".to_owned(), signature(&fields, "salt-1")));
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        let asked = http
            .post(format!("{origin}/eng/process"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.extend_pairs(fields).finish());
        asked.send().await.unwrap().status().as_u16()
    };
    assert_eq!((begin("key1").await, begin("key2").await), (302, 400));
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
