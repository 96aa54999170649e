use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use crate::ids::Id;
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::{Caller, Db, RequestFacts, StoreError, SystemReason, TenantFacts};

#[derive(FromQueryResult)]
struct Found {
    tenant_id: Uuid,
    id: Uuid,
    plan: String,
    require_two_factor: bool,
    read_only: bool,
}

/// Whoever holds a link: let into the business that it belongs to, without rights, with what it leads
/// to there and the link itself. `sql` finds `tenant_id`, `id`, and `plan`, `require_two_factor` and `read_only`
/// of the business, by the link's hash. None: the link is forged, or leads nowhere any more.
pub(crate) async fn by_link(
    db: &Db,
    sql: &'static str,
    kind: TokenKind,
    token: &str,
    request: RequestFacts,
) -> Result<Option<(Caller, Uuid, OpaqueToken)>, StoreError> {
    let Some(token) = OpaqueToken::parse(kind, token) else { return Ok(None) };
    let values = [token.hash().to_vec().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let tx = db.system(SystemReason::PublicPage).await?;
    let found = Found::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.map(|found| {
        let facts = TenantFacts {
            id: Id::from_uuid(found.tenant_id),
            plan: found.plan,
            require_two_factor: found.require_two_factor,
            read_only: found.read_only,
        };
        (Caller::visitor(facts, request), found.id, token)
    }))
}
