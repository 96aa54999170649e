//! What words look like before customers get them.

use sea_orm::{DbBackend, FromQueryResult, Statement};

use super::{TemplateKey, WordsError, find};
use crate::ids::{Id, Message};
use crate::messaging::address::Address;
use crate::messaging::new::{NewMessage, write};
use crate::messaging::templates::{Own, Rendered, Templates, Writing, sample};
use crate::messaging::{Channel, Click};
use crate::tenancy::{StoreError, TenantTx};

/// What words look like, about somebody who doesn't exist.
pub type Preview = Rendered;

/// Where the links of a preview lead.
const NOWHERE: &str = "https://example.com/b/example";

#[derive(FromQueryResult)]
struct Business {
    name: String,
}

async fn business(tx: &TenantTx) -> Result<String, WordsError> {
    let sql = "select name from tenants where id = $1";
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Business::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.ok_or(WordsError::NotFound)?.name)
}

/// What these words look like; without any, those that are used now. They are checked as if they were
/// to be kept.
pub async fn preview(
    tx: &TenantTx,
    templates: &Templates,
    key: TemplateKey,
    words: Option<&Own>,
) -> Result<Preview, WordsError> {
    let own = match words {
        Some(words) => Some(templates.check(key.kind, key.channel, words)?),
        None => find(tx, key, false).await?.map(|found| found.words),
    };
    Ok(rendered(templates, key, &business(tx).await?, own.as_ref())?)
}

/// Words about somebody who doesn't exist; without any, the built-in ones.
pub(crate) fn rendered(
    templates: &Templates,
    key: TemplateKey,
    business: &str,
    own: Option<&Own>,
) -> Result<Preview, StoreError> {
    let data = sample(key.kind, business);
    let writing = Writing {
        kind: key.kind,
        channel: key.channel,
        locale: key.locale,
        data: &data,
        link: Some(NOWHERE),
        leave: key.kind.comes_by_itself().then_some(NOWHERE),
        own,
    };
    templates.write(&writing).map_err(|error| StoreError::Unreadable(error.to_string()))
}

#[derive(FromQueryResult)]
struct Login {
    email: String,
}

/// Sends the words that are used now to whoever asks, about somebody who doesn't exist.
pub async fn try_out(tx: &mut TenantTx, key: TemplateKey) -> Result<Id<Message>, WordsError> {
    let user = tx.caller().user().ok_or(WordsError::NobodyToWriteTo)?;
    if key.channel != Channel::Email {
        return Err(WordsError::NobodyToWriteTo);
    }
    let sql = "select email from users where id = $1";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [user.uuid().into()]);
    let login = Login::find_by_statement(statement).one(tx.conn()).await?;
    let email = login.ok_or(WordsError::NobodyToWriteTo)?.email;
    let fields = sample(key.kind, &business(tx).await?);
    let to = Address::new(key.channel, &email);
    let message = NewMessage { fields, trial: true, ..NewMessage::new(key.kind, to, key.locale) };
    let message = match key.kind.template().click() {
        Click::Never => message,
        _ => message.link(NOWHERE.to_owned()),
    };
    write(tx, message).await?.ok_or(WordsError::NotFound)
}
