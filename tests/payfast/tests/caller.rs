//! Somebody who asks the stand-in.

use std::sync::{Arc, Mutex};

use data_encoding::HEXLOWER;
use md5::{Digest as _, Md5};
use openchair_payfast_stand_in::{Clock, Fields, Merchant, Outcome, Settings, Stand, signature};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use url::form_urlencoded::{Serializer, byte_serialize};

/// When the tests take place: half an hour after midnight where PayFast is.
pub const NOW: i64 = 1_789_943_400;

/// A stand-in, somebody whose money it takes, and who asks.
pub struct Caller {
    pub stand: Stand,
    pub merchant: Merchant,
    pub http: Client,
}

impl Caller {
    pub async fn new() -> Self {
        let settings = Settings { clock: Clock::new(|| NOW), ..Settings::default() };
        let stand = Stand::start(settings).await.unwrap();
        let merchant = stand.new_merchant();
        let http = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Self { stand, merchant, http }
    }

    /// What begins a payment, without its signature.
    pub fn fields(&self, amount: &str, notify: &str) -> Fields {
        let said = [
            ("merchant_id", &*self.merchant.id),
            ("merchant_key", &self.merchant.key),
            ("return_url", "https://shop.example/back?paid=1"),
            ("cancel_url", "https://shop.example/back"),
            ("notify_url", notify),
            ("email_address", "ann@example.com"),
            ("m_payment_id", "pay_1"),
            ("amount", amount),
            ("item_name", "Cut & <wash>"),
        ];
        said.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    pub fn signed(&self, mut fields: Fields) -> Fields {
        let own = signature(&fields, &self.merchant.passphrase);
        fields.push(("signature".to_owned(), own));
        fields
    }

    /// The answer's status, where it leads, and what it says.
    pub async fn begun(&self, fields: &Fields) -> (u16, Option<String>, String) {
        let answer = self.form("/eng/process", fields).send().await.unwrap();
        let place =
            answer.headers().get("location").map(|place| place.to_str().unwrap().to_owned());
        (answer.status().as_u16(), place, answer.text().await.unwrap())
    }

    /// The name of a page where so much is to be paid.
    pub async fn page(&self, amount: &str, notify: &str) -> String {
        let (status, place, text) = self.begun(&self.signed(self.fields(amount, notify))).await;
        assert_eq!(status, 302, "{text}");
        place.unwrap().rsplit('/').next().unwrap().to_owned()
    }

    /// A payment that was made: how PayFast calls it.
    pub async fn paid(&self, amount: &str) -> String {
        let page = self.page(amount, "https://shop.example/hook").await;
        self.stand.drop_notices(1);
        assert_eq!(self.stand.pay(&page), Outcome::Paid);
        self.stand.payments().last().unwrap().pf_payment_id.clone()
    }

    pub fn form(&self, path: &str, fields: &Fields) -> RequestBuilder {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        self.http
            .post(format!("{}{path}", self.stand.origin()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    }

    /// A request to the API, signed by whoever knows this passphrase. `said` is in the query or the body.
    pub fn api(
        &self,
        method: &str,
        path: &str,
        said: &[(&str, &str)],
        salt: &str,
    ) -> RequestBuilder {
        let stamp = "2026-09-21T00:30:00+02:00";
        let mut all = vec![
            ("merchant-id", &*self.merchant.id),
            ("version", "v1"),
            ("timestamp", stamp),
            ("passphrase", salt),
        ];
        all.extend_from_slice(said);
        all.sort_unstable();
        let encoded = |value: &str| byte_serialize(value.as_bytes()).collect::<String>();
        let text: Vec<_> =
            all.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let own = HEXLOWER.encode(&Md5::digest(text.join("&").as_bytes()));
        let url = format!("{}{path}", self.stand.origin());
        self.http
            .request(method.parse().unwrap(), url)
            .header("merchant-id", &self.merchant.id)
            .header("version", "v1")
            .header("timestamp", stamp)
            .header("signature", own)
    }
}

/// Listens, and answers as told; with 200 if told nothing.
pub struct Listener {
    pub url: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    pub async fn new(said: impl IntoIterator<Item = u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (book, mut said) = (Arc::clone(&heard), said.into_iter().collect::<Vec<_>>());
        said.reverse();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mut stream = BufReader::new(stream);
                let (mut line, mut length) = (String::new(), 0);
                while stream.read_line(&mut line).await.unwrap() > 2 {
                    if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
                        length = value.trim().parse().unwrap();
                    }
                    line.clear();
                }
                let mut body = vec![0; length];
                stream.read_exact(&mut body).await.unwrap();
                book.lock().unwrap().push(String::from_utf8(body).unwrap());
                let status = said.pop().unwrap_or(200);
                let answer = format!(
                    "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
                );
                stream.get_mut().write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self { url, heard }
    }

    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}
