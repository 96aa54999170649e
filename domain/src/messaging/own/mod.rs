//! A business's own words: kept, looked at, tried out.

mod trial;

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};

use super::templates::{Own, Templates, fields_of};
use super::{Channel, Kind};
use crate::audit::{Change, NewEntry};
use crate::config::LOCALES;
use crate::fault::refusals;
use crate::outbox::NewEvent;
use crate::tenancy::{StoreError, TenantTx};

pub(crate) use trial::rendered;
pub use trial::{Preview, preview, try_out};

refusals! {
    /// Why words can't be read, changed or tried out.
    WordsError {
        NobodyToWriteTo = Conflict "no_address" "Only people have an address that this could be sent to.",
    }
}

/// Which words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemplateKey {
    /// What they are about.
    pub kind: Kind,
    /// By which way they go.
    pub channel: Channel,
    /// In which language.
    pub locale: &'static str,
}

impl TemplateKey {
    /// The words that these names name, if there are such. What a sequence says is in its steps.
    pub fn of(kind: &str, channel: &str, locale: &str) -> Option<Self> {
        Some(Self {
            kind: Kind::stored(kind).ok().filter(|kind| *kind != Kind::Sequence)?,
            channel: Channel::stored(channel).ok()?,
            locale: LOCALES.into_iter().find(|known| *known == locale)?,
        })
    }

    /// As the log names them.
    fn name(self) -> String {
        format!("{}/{}/{}", self.kind.key(), self.channel.key(), self.locale)
    }
}

/// Words as they are used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFacts {
    /// Which.
    pub key: TemplateKey,
    /// What they say.
    pub words: Own,
    /// Whether they are the business's own; else they are built in.
    pub own: bool,
    /// What they may speak of.
    pub fields: &'static [&'static str],
    /// Grows with each change; 0 for what is built in.
    pub version: i32,
}

#[derive(FromQueryResult)]
struct Row {
    kind: String,
    channel: String,
    locale: String,
    subject: Option<String>,
    body: String,
    version: i32,
}

impl Row {
    fn facts(self) -> Result<TemplateFacts, StoreError> {
        let Self { kind, channel, locale, subject, body, version } = self;
        let key = TemplateKey::of(&kind, &channel, &locale);
        let unknown = || StoreError::Unreadable(format!("words for {kind}/{channel}/{locale}"));
        let key = key.ok_or_else(unknown)?;
        let words = Own { subject, body };
        Ok(TemplateFacts { key, words, own: true, fields: fields_of(key.kind), version })
    }
}

/// All words that are the business's own.
pub async fn own_words(tx: &TenantTx) -> Result<Vec<TemplateFacts>, WordsError> {
    let sql = "select kind, channel, locale, subject, body, version from message_templates
               where tenant_id = $1 order by kind, channel, locale";
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    Ok(rows.into_iter().map(Row::facts).collect::<Result<_, _>>()?)
}

async fn find(
    tx: &TenantTx,
    key: TemplateKey,
    hold: bool,
) -> Result<Option<TemplateFacts>, StoreError> {
    let sql = "select kind, channel, locale, subject, body, version from message_templates
               where tenant_id = $1 and kind = $2 and channel = $3 and locale = $4";
    let sql = if hold { format!("{sql} for update") } else { sql.to_owned() };
    let values = [
        tx.tenant().uuid().into(),
        key.kind.key().into(),
        key.channel.key().into(),
        key.locale.into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let row = Row::find_by_statement(statement).one(tx.conn()).await?;
    row.map(Row::facts).transpose()
}

/// The words as they are used: the business's own, or those that are built in.
pub async fn words(
    tx: &TenantTx,
    templates: &Templates,
    key: TemplateKey,
) -> Result<TemplateFacts, WordsError> {
    match find(tx, key, false).await? {
        Some(own) => Ok(own),
        None => Ok(built_in(templates, key)?),
    }
}

fn built_in(templates: &Templates, key: TemplateKey) -> Result<TemplateFacts, StoreError> {
    let words = templates.words(key.kind, key.channel, key.locale);
    let words = words.map_err(|error| StoreError::Unreadable(error.to_string()))?;
    Ok(TemplateFacts { key, words, own: false, fields: fields_of(key.kind), version: 1 })
}

/// Puts own words in the place of what is there; `seen` is the version that the caller knows.
pub async fn put_words(
    tx: &mut TenantTx,
    templates: &Templates,
    key: TemplateKey,
    seen: i64,
    words: &Own,
) -> Result<TemplateFacts, WordsError> {
    let words = templates.check(key.kind, key.channel, words)?;
    let before = find(tx, key, true).await?;
    let version = before.as_ref().map_or(1, |before| before.version);
    if i64::from(version) != seen {
        return Err(WordsError::Stale);
    }
    let sql = "
        insert into message_templates (
            tenant_id, kind, channel, locale, subject, body, version, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (tenant_id, kind, channel, locale) do update set
            subject = excluded.subject, body = excluded.body, version = excluded.version,
            updated_at = excluded.updated_at
        where message_templates.version = excluded.version - 1";
    let values = [
        tx.tenant().uuid().into(),
        key.kind.key().into(),
        key.channel.key().into(),
        key.locale.into(),
        words.subject.clone().into(),
        words.body.clone().into(),
        (version + 1).into(),
        tx.now().into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    // Two first ones at once: neither saw a row to hold.
    if tx.conn().execute_raw(statement).await?.rows_affected() == 0 {
        return Err(WordsError::Stale);
    }
    note(tx, key, before.map(|before| before.words).as_ref(), Some(&words));
    let fields = fields_of(key.kind);
    Ok(TemplateFacts { key, words, own: true, fields, version: version + 1 })
}

/// The built-in words again.
pub async fn drop_words(tx: &mut TenantTx, key: TemplateKey, seen: i64) -> Result<(), WordsError> {
    let before = find(tx, key, true).await?.ok_or(WordsError::NotFound)?;
    if i64::from(before.version) != seen {
        return Err(WordsError::Stale);
    }
    let sql = "delete from message_templates
               where tenant_id = $1 and kind = $2 and channel = $3 and locale = $4";
    let values = [
        tx.tenant().uuid().into(),
        key.kind.key().into(),
        key.channel.key().into(),
        key.locale.into(),
    ];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    note(tx, key, Some(&before.words), None);
    Ok(())
}

fn note(tx: &mut TenantTx, key: TemplateKey, before: Option<&Own>, after: Option<&Own>) {
    let subject = |words: Option<&Own>| words.and_then(|words| words.subject.clone());
    let body = |words: Option<&Own>| words.map(|words| words.body.clone());
    let changes = [
        Change::of("subject", subject(before), subject(after)),
        Change::of("body", body(before), body(after)),
    ];
    let entry = NewEntry::new("message_template.updated", "message_template");
    tx.record(entry.on(key.name(), key.name()).changed(changes));
    let event = serde_json::json!({ "kind": key.kind.key(), "channel": key.channel.key(), "locale": key.locale });
    tx.emit(NewEvent::new("message_template.updated", &event));
}
