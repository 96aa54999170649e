//! Whom a business's owners are, to be written to.

use sea_orm::{DbBackend, FromQueryResult, Statement};

use crate::tenancy::{StoreError, TenantTx};

/// An owner, as they are written to.
#[derive(FromQueryResult)]
pub(crate) struct Owner {
    pub(crate) id: uuid::Uuid,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) locale: String,
    /// What the business is called.
    pub(crate) business: String,
}

/// All of a business's owners.
pub(crate) async fn owners(tx: &TenantTx) -> Result<Vec<Owner>, StoreError> {
    let sql = "
        select u.id, u.name, u.email, u.locale, t.name as business
        from memberships m join users u on u.id = m.user_id join tenants t on t.id = m.tenant_id
        where m.tenant_id = $1 and m.role = 'owner' order by m.id";
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(Owner::find_by_statement(statement).all(tx.conn()).await?)
}
