//! What a sequence looks like before customers get it.

use sea_orm::{DbBackend, FromQueryResult, Statement};

use super::SequenceError;
use super::read::read;
use crate::config::LOCALES;
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, Sequence};
use crate::messaging::templates::{Rendered, Templates};
use crate::messaging::{self, Channel, Kind, TemplateKey};
use crate::tenancy::{StoreError, TenantTx};

/// A step as somebody who doesn't exist would get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepShown {
    /// Which.
    pub position: usize,
    /// How long after the step before.
    pub wait_minutes: i32,
    /// By which way.
    pub channel: Channel,
    /// In which language: the one that was asked for, if it is said in that.
    pub locale: &'static str,
    /// What it looks like.
    pub rendered: Rendered,
}

#[derive(FromQueryResult)]
struct Shop {
    name: String,
    locale: String,
}

/// All steps, as somebody who doesn't exist would get them; in the language of the shop if none is asked
/// for.
pub async fn preview(
    tx: &TenantTx,
    templates: &Templates,
    id: Id<Sequence>,
    locale: Option<&str>,
) -> Result<Vec<StepShown>, SequenceError> {
    let sequence = read(tx, id).await?;
    if locale.is_some_and(|locale| !LOCALES.contains(&locale)) {
        let mut faults = Faults::new();
        let detail = format!("One of {}, please.", LOCALES.join(", "));
        faults.note("/locale", ValueFault::new("unknown_language", detail));
        return Err(faults.into());
    }
    let sql = "select name, locale from tenants where id = $1";
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let shop = Shop::find_by_statement(statement).one(tx.conn()).await?;
    let shop = shop.ok_or(SequenceError::NotFound)?;
    let mut shown = Vec::with_capacity(sequence.steps.len());
    for (place, step) in sequence.steps.iter().enumerate() {
        let wordless = || StoreError::Unreadable(format!("the words of step {place} of {id}"));
        let in_words = step.in_words(locale.unwrap_or(&shop.locale), &shop.locale);
        let (locale, words) = in_words.ok_or_else(wordless)?;
        let locale = LOCALES.into_iter().find(|known| *known == locale).ok_or_else(wordless)?;
        let channel = step.channel.unwrap_or(Channel::Email);
        let key = TemplateKey { kind: Kind::Sequence, channel, locale };
        let rendered = messaging::rendered(templates, key, &shop.name, Some(&words.own))?;
        let wait_minutes = step.wait_minutes;
        shown.push(StepShown { position: place + 1, wait_minutes, channel, locale, rendered });
    }
    Ok(shown)
}
