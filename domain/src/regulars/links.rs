use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde::{Deserialize, Serialize};

use super::passes::{self, Kind, NewPass};
use super::{RegularError, visits};
use crate::ids::{Id, Job};
use crate::jobs::{self, NewJob};
use crate::messaging::{self, NewMail, Template};
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::{Db, StoreError, SystemReason};
use crate::text::Email;

/// The kind of job that sends a link.
pub const SEND_LINK: &str = "regulars.send_link";

/// How long a link is good.
const GOOD_FOR: Duration = Duration::minutes(20);

/// What the worker finds in a [`SEND_LINK`] job, beside the address that somebody typed: that is sealed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendLink {
    /// The language in which they look at the page.
    pub locale: String,
}

/// Somebody asks for a link to their visits. Says nothing about whether anybody knows the address.
pub async fn ask_for_link(db: &Db, email: &Email, locale: &str) -> Result<(), RegularError> {
    let tx = db.system(SystemReason::Regulars).await?;
    let wanted = SendLink { locale: locale.to_owned() };
    let job = NewJob::new(SEND_LINK, &wanted).sealed(email.shown().as_bytes().to_vec());
    jobs::enqueue(tx.conn(), tx.tools(), tx.now(), None, job).await?;
    Ok(tx.commit().await?)
}

/// The worker's part: sends the link if there are visits that are written to the address. A job that runs a
/// second time, because its first worker was lost, doesn't send a second one.
pub async fn send_link(
    db: &Db,
    wanted: &SendLink,
    typed: &[u8],
    public_url: &str,
    job: Id<Job>,
) -> Result<(), StoreError> {
    let typed = std::str::from_utf8(typed).ok().and_then(|typed| Email::parse(typed).ok());
    let Some(typed) = typed else { return Ok(()) };
    let tx = db.system(SystemReason::Regulars).await?;
    let written = visits::written_to(&tx, typed.key()).await?;
    if let Some(email) = written.and_then(|written| Email::parse(&written).ok()) {
        let token = OpaqueToken::generate(TokenKind::RegularLink, tx.entropy());
        let until = tx.now() + GOOD_FOR;
        passes::write(&tx, Kind::Link, &token, (email.shown(), typed.key()), until).await?;
        let mail = NewMail::new(&email, Template::RegularLink, &wanted.locale)
            .with("minutes", GOOD_FOR.num_minutes())
            .until(until)
            .link(format!("{public_url}/me#{}", token.text()))
            .once(format!("{job}.mail"));
        messaging::queue_from_outside(&tx, None, mail).await?;
    }
    tx.commit().await
}

/// Turns a link into a pass for this device. A link is good once, and so are all that were asked for.
pub async fn redeem(db: &Db, link: &str) -> Result<NewPass, RegularError> {
    #[derive(FromQueryResult)]
    struct Proved {
        email: String,
        email_key: String,
    }
    let link = OpaqueToken::parse(TokenKind::RegularLink, link).ok_or(RegularError::LinkInvalid)?;
    let tx = db.system(SystemReason::Regulars).await?;
    let sql = "delete from regular_passes
               where token_hash = $1 and kind = 'link' and expires_at > $2
               returning email, email_key";
    let values = [link.hash().to_vec().into(), tx.now().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let Some(proved) = Proved::find_by_statement(statement).one(tx.conn()).await? else {
        tx.rollback().await?;
        return Err(RegularError::LinkInvalid);
    };
    let sql = "delete from regular_passes where email_key = $1 and kind = 'link'";
    let values = [proved.email_key.clone().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    let secret = OpaqueToken::generate(TokenKind::RegularPass, tx.entropy());
    let expires_at = tx.now() + passes::KEPT;
    let whose = (proved.email.as_str(), proved.email_key.as_str());
    passes::write(&tx, Kind::Device, &secret, whose, expires_at).await?;
    tx.commit().await?;
    Ok(NewPass { secret, email: proved.email, expires_at })
}
