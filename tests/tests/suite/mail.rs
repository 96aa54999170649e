//! Mail from the request that causes it to a real SMTP server, through everything in between.

use std::sync::Arc;

use chrono::Duration;
use openchair_domain::config::{self, Kind};
use openchair_domain::identity::{Purpose, SignIn};
use openchair_domain::ids::Id;
use openchair_domain::messaging::templates::Rendered;
use openchair_domain::tenancy::{RequestFacts, SystemReason};
use openchair_domain::tenants::{self, NewBusiness, NewOwner, NewSignUp};
use openchair_domain::text::Email;
use openchair_domain::time::Clock as _;
use openchair_tests::authority::Authority;
use openchair_tests::eventually;
use openchair_tests::scratch::Scratch;
use openchair_tests::smtp::{Envelope, Event, Mailbox, Received, SmtpServer, Tls};
use openchair_worker::Worker;
use openchair_worker::outside::mail::{Fault, Mailer as _, Outgoing};
use openchair_worker::outside::roots::Roots;
use openchair_worker::outside::smtp::Smtp;
use openchair_worker::runner::Options;
use sqlx::Row;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

const ADDRESS: &str = "ana@example.com";
const FROM: &str = "Openchair <no-reply@book.example>";

/// A database with a worker on it.
struct Bench {
    scratch: Scratch,
    worker: JoinHandle<()>,
    stop: DropGuard,
}

fn options() -> Options {
    let seconds = std::time::Duration::from_secs;
    Options {
        batch: 4,
        concurrency: 2,
        // Every job comes with a ring of the bell: who forgets it is found out by a test that hangs.
        poll_every: seconds(300),
        lease: seconds(60),
        grace: seconds(5),
    }
}

impl Bench {
    async fn new(url: &str) -> Self {
        Self::with(url, options()).await
    }

    async fn with(url: &str, options: Options) -> Self {
        Self::on(Scratch::new().await, url, options)
    }

    fn on(scratch: Scratch, url: &str, options: Options) -> Self {
        let mailer = Arc::new(Smtp::new(url, FROM, &Roots::default(), 2).unwrap());
        let (db, identity) = (scratch.db.clone(), scratch.identity.clone());
        let worker = Worker::new(db, identity, mailer, options).unwrap();
        let shutdown = CancellationToken::new();
        let worker = tokio::spawn(worker.run(shutdown.clone()));
        Self { scratch, worker, stop: shutdown.drop_guard() }
    }

    /// A business signs itself up without a password: its owner gets a magic link.
    async fn sign_up(&self, locale: &str) {
        let business = NewBusiness {
            name: "Lagoon Spa".to_owned(),
            kind: Kind::Spa,
            country: "US".to_owned(),
            slug: None,
            time_zone: None,
            currency: None,
            locale: Some(locale.to_owned()),
        };
        let owner =
            NewOwner { name: "Ana Pérez".to_owned(), email: ADDRESS.to_owned(), password: None };
        let new = NewSignUp { business, owner: Some(owner) };
        let Scratch { db, identity, .. } = &self.scratch;
        let ready = tenants::prepare(identity, new, None).await.unwrap();
        let tx = db.system(SystemReason::SignUp).await.unwrap();
        tenants::sign_up(&tx, identity, ready, &RequestFacts::default()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Time goes by, and the worker looks.
    fn later(&self, by: Duration) {
        self.scratch.clock.advance(by);
        self.scratch.db.bell().ring();
    }

    /// The mail's job once it is in `state` after so many tries: its error, and whether the link is
    /// still there.
    async fn job_in(&self, state: &str, attempts: i32) -> (String, bool) {
        let sql = "select coalesce(last_error, '') as error, sealed is not null as sealed
                   from jobs where kind = 'mail.send' and state = $1 and attempts = $2";
        eventually(state, async || {
            let asked = sqlx::query(sql).bind(state).bind(attempts);
            let row = asked.fetch_optional(&self.scratch.owner).await.unwrap();
            row.map(|row| (row.get("error"), row.get("sealed")))
        })
        .await
    }

    /// Its job was looked at, and put off: that was no try, and the link is still there.
    async fn put_off(&self) {
        let now = self.scratch.clock.now();
        let sql = "select sealed is not null from jobs
                   where kind = 'mail.send' and state = 'waiting' and attempts = 0 and run_at > $1";
        let sealed: bool = eventually("it is put off", async || {
            let asked = sqlx::query_scalar(sql).bind(now);
            asked.fetch_optional(&self.scratch.owner).await.unwrap()
        })
        .await;
        assert!(sealed);
    }

    async fn stop(self) -> Scratch {
        drop(self.stop);
        self.worker.await.unwrap();
        self.scratch
    }
}

/// The link in a mail, the same in both parts.
fn link(mail: &Received) -> String {
    let link = mail.text.lines().find(|line| line.starts_with("http")).expect("a link").to_owned();
    assert!(mail.html.contains(&format!("href=\"{link}\"")), "{}", mail.html);
    link
}

async fn signs_in(bench: &Bench, mail: &Received) {
    let link = link(mail);
    let (page, token) = link.split_once('#').expect("the token is in the fragment");
    assert!(page.ends_with("/sign-in/link"), "{page}");
    let redeemed = bench.scratch.identity.redeem_magic_link(token, &RequestFacts::default()).await;
    assert!(matches!(redeemed, Ok(SignIn::Done(_, me)) if me.user.email == ADDRESS));
}

#[tokio::test]
async fn a_link_arrives_in_both_parts_and_signs_in() {
    let mut smtp = SmtpServer::start().await;
    let bench = Bench::new(&smtp.url()).await;
    bench.sign_up("en").await;
    let mail = smtp.mail().await;

    let envelope = Envelope {
        from: "no-reply@book.example".into(),
        to: vec![ADDRESS.into()],
        user: None,
        method: None,
        secure: false,
    };
    assert_eq!(mail.envelope, envelope);
    let from = Mailbox { name: "Openchair".into(), address: "no-reply@book.example".into() };
    assert_eq!(mail.from, from);
    assert_eq!(mail.to, [Mailbox { name: String::new(), address: ADDRESS.into() }]);
    assert_eq!(mail.subject, "Your sign-in link");
    assert!(mail.message_id.starts_with("<job_") && mail.message_id.ends_with("@book.example>"));
    assert_eq!(mail.date, "2026-03-08T10:00:00.000Z");
    assert_eq!(mail.headers["auto-submitted"], "auto-generated");
    assert_eq!(mail.headers["content-language"], "en");
    let kind = mail.headers["content-type"].as_str().unwrap();
    assert!(kind.starts_with("multipart/alternative"), "{kind}");
    assert_eq!(mail.attachments, 0);
    for part in [&mail.text, &mail.html] {
        assert!(part.contains("Ana Pérez") && part.contains("20 minutes"), "{part}");
    }
    signs_in(&bench, &mail).await;

    let (error, sealed) = bench.job_in("done", 1).await;
    assert_eq!((error.as_str(), sealed), ("", false), "the link is wiped");
    assert!(smtp.is_quiet().await);
    bench.stop().await;
}

#[tokio::test]
async fn other_scripts_arrive_as_they_were_written() {
    let mut smtp = SmtpServer::start().await;
    let bench = Bench::new(&smtp.url()).await;
    bench.sign_up("ar").await;
    let mail = smtp.mail().await;
    assert_eq!(mail.subject, "رابط تسجيل الدخول");
    assert!(
        mail.text.contains("مرحبًا Ana Pérez،") && mail.text.contains("20 دقيقة"),
        "{}",
        mail.text
    );
    assert!(mail.html.contains("<html lang=\"ar\" dir=\"rtl\""), "{}", mail.html);
    signs_in(&bench, &mail).await;
    bench.stop().await;
}

#[tokio::test]
async fn a_link_that_is_asked_for_is_sent_to_logins_only() {
    let mut smtp = SmtpServer::start().await;
    let bench = Bench::new(&smtp.url()).await;
    bench.sign_up("en").await;
    smtp.mail().await;
    for (address, purpose) in
        [("nobody@example.com", Purpose::MagicLink), ("ANA@example.com", Purpose::PasswordReset)]
    {
        let address = Email::parse(address).unwrap();
        bench.scratch.identity.ask_for_link(&address, purpose).await.unwrap();
    }
    let mail = smtp.mail().await;
    assert_eq!(mail.subject, "Set a new password");
    assert_eq!(mail.envelope.to, [ADDRESS]);
    assert!(link(&mail).contains("/reset-password#"));
    eventually("the end of all jobs", async || {
        let sql = "select count(*) from jobs where state <> 'done'";
        let left: i64 = sqlx::query_scalar(sql).fetch_one(&bench.scratch.owner).await.unwrap();
        (left == 0).then_some(())
    })
    .await;
    assert!(smtp.is_quiet().await, "nobody@example.com got a mail");
    bench.stop().await;
}

#[tokio::test]
async fn a_temporary_refusal_is_tried_again_and_arrives_once() {
    let mut smtp = SmtpServer::start().await;
    let bench = Bench::new(&smtp.url()).await;
    smtp.refuse(451, 2).await;
    bench.sign_up("en").await;
    for attempt in 1..=2 {
        assert!(matches!(smtp.next().await, Event::Refused { code: 451 }));
        let (error, sealed) = bench.job_in("waiting", attempt).await;
        assert!(error.contains("451") && sealed, "{error}");
        bench.later(Duration::minutes(1));
    }
    signs_in(&bench, &smtp.mail().await).await;
    let (error, sealed) = bench.job_in("done", 3).await;
    assert_eq!((error.as_str(), sealed), ("", false));
    assert!(smtp.is_quiet().await);
    bench.stop().await;
}

#[tokio::test]
async fn a_final_refusal_goes_to_the_dead_letters() {
    let mut smtp = SmtpServer::start().await;
    let bench = Bench::new(&smtp.url()).await;
    smtp.refuse(550, 1).await;
    bench.sign_up("en").await;
    assert!(matches!(smtp.next().await, Event::Refused { code: 550 }));
    let (error, sealed) = bench.job_in("dead", 1).await;
    // Driven again, it needs its link.
    assert!(error.contains("550") && sealed, "{error}");
    bench.later(Duration::days(30));
    assert!(smtp.is_quiet().await);
    bench.stop().await;
}

#[tokio::test]
async fn a_server_that_is_away_is_waited_for() {
    let port = SmtpServer::start().await.stop().await;
    let bench = Bench::new(&format!("smtp://127.0.0.1:{port}")).await;
    bench.sign_up("en").await;
    bench.put_off().await;
    let mut smtp = SmtpServer::start_on(port).await;
    bench.later(Duration::minutes(1));
    signs_in(&bench, &smtp.mail().await).await;
    bench.job_in("done", 1).await;
    bench.stop().await;
}

/// Nobody is there for a day and more: what is of use then arrives, and nothing else.
#[tokio::test]
async fn a_long_absence_loses_what_is_of_no_use_and_nothing_else() {
    let port = SmtpServer::start().await.stop().await;
    let bench = Bench::new(&format!("smtp://127.0.0.1:{port}")).await;
    bench.sign_up("en").await;
    bench.put_off().await;
    // Their sign-in link is good for twenty minutes.
    bench.later(Duration::minutes(21));
    bench.job_in("done", 1).await;
    let ana = "update users set email_verified_at = null";
    sqlx::query(ana).execute(&bench.scratch.owner).await.unwrap();
    let address = Email::parse(ADDRESS).unwrap();
    bench.scratch.identity.ask_for_link(&address, Purpose::VerifyEmail).await.unwrap();
    bench.put_off().await;
    for _ in 0..30 {
        bench.later(Duration::hours(1));
        bench.put_off().await;
    }
    let mut smtp = SmtpServer::start_on(port).await;
    bench.later(Duration::hours(1));
    let mail = smtp.mail().await;
    assert!(link(&mail).contains("/verify-email#"), "{}", mail.subject);
    assert!(smtp.is_quiet().await);
    bench.stop().await;
}

#[tokio::test]
async fn a_mail_whose_receipt_was_lost_comes_again_under_its_name() {
    let mut smtp = SmtpServer::start().await;
    let bench = Bench::new(&smtp.url()).await;
    smtp.drop_one().await;
    bench.sign_up("en").await;
    let first = smtp.mail().await;
    assert!(matches!(smtp.next().await, Event::Dropped));
    bench.job_in("waiting", 1).await;
    bench.later(Duration::minutes(1));
    let second = smtp.mail().await;
    assert_eq!(first.message_id, second.message_id);
    assert_eq!(link(&first), link(&second));
    bench.job_in("done", 2).await;
    bench.stop().await;
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left_in_time() {
    let mut smtp = SmtpServer::start().await;
    // Half of it is for one try, and a busy machine takes its time to get as far as the silence.
    let lease = std::time::Duration::from_secs(8);
    let bench = Bench::with(&smtp.url(), Options { lease, ..options() }).await;
    smtp.stall_one().await;
    bench.sign_up("en").await;
    smtp.mail().await;
    assert!(matches!(smtp.next().await, Event::Stalled));
    let (error, _) = bench.job_in("waiting", 1).await;
    assert!(error.contains("longer"), "{error}");
    bench.later(Duration::minutes(1));
    smtp.mail().await;
    bench.job_in("done", 2).await;
    bench.stop().await;
}

#[tokio::test]
async fn a_wrong_password_of_ours_loses_no_mail() {
    let mut smtp = SmtpServer::start_for("openchair:p@ss").await;
    let wrong = format!("smtp://openchair:wrong@127.0.0.1:{}", smtp.port);
    let bench = Bench::new(&wrong).await;
    bench.sign_up("en").await;
    bench.put_off().await;
    assert!(matches!(smtp.next().await, Event::Denied));
    let scratch = bench.stop().await;

    let right = format!("smtp://openchair:p%40ss@127.0.0.1:{}", smtp.port);
    let bench = Bench::on(scratch, &right, options());
    bench.later(Duration::minutes(1));
    let mail = smtp.mail().await;
    assert_eq!(mail.envelope.user.as_deref(), Some("openchair"));
    signs_in(&bench, &mail).await;
    bench.stop().await;
}

/// Who is to be spoken to under encryption only, and can't be, gets nothing.
#[tokio::test]
async fn nothing_is_said_in_the_clear_or_to_somebody_else() {
    let mut plain = SmtpServer::start().await;
    let mut unknown = SmtpServer::start_with_unknown_certificate().await;
    let at = "2026-03-08T10:00:00Z".parse().unwrap();
    let content = Rendered { subject: "Hi".into(), text: "Hi".into(), html: String::new() };
    let id = Id::from_uuid(uuid::Uuid::from_u128(1));
    let smtp = |url: &str| Smtp::new(url, FROM, &Roots::default(), 1).unwrap();
    let mail = Outgoing::new((id, "mail".to_owned()), at, ADDRESS, "en", content);
    let cases = [
        (format!("{}?tls=required", plain.url()), "STARTTLS"),
        (format!("{}?tls=required", unknown.url()), "certificate"),
        (format!("{}?tls=opportunistic", unknown.url()), "certificate"),
    ];
    for (url, why) in cases {
        let refused = smtp(&url).send(&mail).await.unwrap_err();
        assert_eq!(refused.fault, Fault::Away, "{url}: {refused}");
        assert!(refused.reason.contains(why), "{url}: {refused}");
    }
    assert!(plain.is_quiet().await);
    assert!(unknown.is_quiet().await);
    let authority = Authority::new();
    let file = Some(authority.file().to_owned());
    let roots = Roots::from_settings(&config::Outside { extra_roots: file }).unwrap();
    for (certified, why) in [
        (Authority::new().certify("localhost"), "UnknownIssuer"),
        (authority.certify("elsewhere.example"), "not valid for name"),
        (authority.certified_once("localhost"), "expired"),
    ] {
        let mut server = SmtpServer::start_as(&certified, Tls::Whole, "").await;
        let url = format!("smtps://localhost:{}", server.port);
        let smtp = Smtp::new(&url, FROM, &roots, 1).unwrap();
        let refused = smtp.send(&mail).await.unwrap_err();
        assert_eq!(refused.fault, Fault::Away, "{refused}");
        assert!(refused.reason.contains(why), "{refused}");
        assert!(server.is_quiet().await);
    }
    // Where it need not be, and isn't offered, it goes without.
    let url = format!("{}?tls=opportunistic", plain.url());
    smtp(&url).send(&mail).await.unwrap();
    assert_eq!(plain.mail().await.subject, "Hi");
}
