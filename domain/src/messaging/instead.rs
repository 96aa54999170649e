//! What can't go the way that its customer chose, because that way is gone, goes the next best.

use sea_orm::{DbBackend, FromQueryResult, Statement};

use super::address::Reach;
use super::log::{self, Named};
use super::new::{sealed_part, write};
use super::sending::{Outcome, settle_all};
use super::{Channel, Reason, State, settings};
use crate::tenancy::{Db, RequestFacts, StoreError};
use crate::tenants;

#[derive(FromQueryResult)]
struct Known {
    email: Option<String>,
    phone: Option<String>,
}

/// Writes a message once more for the best other way, and says whether it goes that way. What becomes of
/// the first one is written with it, so that whoever is lost in between does neither, and whoever comes
/// second finds that it was done.
pub async fn instead(db: &Db, (tenant, message): Named, because: &str) -> Result<bool, StoreError> {
    let visitor = tenants::visitor(db, tenant, RequestFacts::default()).await?;
    let Some((caller, _)) = visitor else { return Ok(false) };
    let tx = db.tenant(&caller).await?;
    let Some(row) = log::held(&tx, message).await? else { return Ok(false) };
    let given_up = row.reason.as_deref() == Some(Reason::GaveUp.key());
    if State::stored(&row.state)? != State::Queued && !given_up {
        return Ok(true);
    }
    let sql = "
        select coalesce(a.contact_email, c.email) as email, c.phone
        from customers c
        left join appointments a on a.tenant_id = c.tenant_id and a.id = $3
        where c.tenant_id = $1 and c.id = $2 and c.erased_at is null";
    let values = [tenant.uuid().into(), row.customer_id.into(), row.appointment_id.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let Some(known) = Known::find_by_statement(statement).one(tx.conn()).await? else {
        return Ok(false);
    };
    let (email, phone) = (known.email.as_deref(), known.phone.as_deref());
    let reach = Reach { email, phone, ..Reach::default() };
    let (gone, on) = (Channel::stored(&row.channel)?, settings::of(&tx).await?.by(db.ways()));
    let on: Vec<Channel> = on.channels.into_iter().filter(|channel| *channel != gone).collect();
    let Some(to) = reach.choose(&on) else { return Ok(false) };
    let link = match &row.link {
        Some(sealed) => Some(tx.tools().open(&sealed_part(message), sealed)?),
        None => None,
    };
    let unreadable = |_| StoreError::Unreadable("the link".to_owned());
    let link = link.map(String::from_utf8).transpose().map_err(unreadable)?;
    let mut copy = log::copy(row, to)?;
    copy.link = link;
    // About a visit it may be there already: then it is said, too.
    write(&tx, copy).await?;
    let because = format!("{because}; it goes another way");
    let outcome = Outcome::Failed(Reason::Refused, because);
    settle_all(tx.conn(), tx.now(), &[((tenant, message), outcome)]).await?;
    tx.commit().await?;
    Ok(true)
}
