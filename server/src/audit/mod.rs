//! Who did what, over HTTP.

mod dto;

use openchair_domain::audit::{self, Entry, Filter};
use openchair_domain::authz::perm;
use openchair_domain::time::Instant;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;

use crate::app::App;
use crate::auth::Can;
use crate::csv::{self, CsvFile};
use crate::input::Moment;
use crate::listing::{Listed, listed, window};
use crate::openapi::Tags;
use crate::page::Limit;
use crate::problem::ApiError;

use dto::AuditEntryView;

/// The operations on the audit log.
#[derive(Debug)]
pub struct AuditApi(pub App);

#[OpenApi(prefix_path = "/v1/audit", tag = "Tags::Audit")]
impl AuditApi {
    /// The newest entries first.
    #[oai(path = "/", method = "get", operation_id = "list_audit_entries")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the query")]
    async fn list(
        &self,
        who: Can<perm::ReadAudit>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
        /// An action (`api_key.created`), or the part before the dot
        #[oai(validator(max_length = 80))]
        action: Query<Option<String>>,
        /// A user's or key's id
        #[oai(validator(max_length = 40))]
        actor: Query<Option<String>>,
        from: Query<Option<Moment>>,
        to: Query<Option<Moment>>,
    ) -> Result<Listed<AuditEntryView>, ApiError> {
        let filter =
            Filter { action: action.0, actor: actor.0, from: moment(from), to: moment(to) };
        let tx = self.0.db.tenant(&who).await?;
        let entries = audit::list(&tx, &filter, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(entries, AuditEntryView::from))
    }

    /// The newest 10,000 entries of a time as CSV.
    #[oai(path = "/export", method = "get", operation_id = "export_audit_entries")]
    async fn export(
        &self,
        who: Can<perm::ExportAudit>,
        from: Query<Option<Moment>>,
        to: Query<Option<Moment>>,
    ) -> Result<CsvFile, ApiError> {
        let filter = Filter { from: moment(from), to: moment(to), ..Filter::default() };
        let mut tx = self.0.db.tenant(&who).await?;
        let entries = audit::export(&mut tx, &filter).await?;
        tx.commit().await?;
        Ok(file(&entries))
    }
}

fn moment(given: Query<Option<Moment>>) -> Option<Instant> {
    given.0.map(|moment| moment.0)
}

/// A line for each entry.
fn file(entries: &[Entry]) -> CsvFile {
    let mut text = String::from(
        "at,actor_kind,actor_id,actor_name,action,subject_kind,subject_id,subject_name,changes,ip,request_id\r\n",
    );
    for entry in entries {
        let changes = serde_json::to_string(&entry.changes).unwrap_or_default();
        let at = entry.at.to_rfc3339();
        let optional = |value: &Option<String>| value.clone().unwrap_or_default();
        let cells = [
            at,
            entry.actor.kind.clone(),
            optional(&entry.actor.id),
            entry.actor.name.clone(),
            entry.action.clone(),
            entry.subject_kind.clone(),
            optional(&entry.subject_id),
            optional(&entry.subject_name),
            changes,
            optional(&entry.ip),
            optional(&entry.request_id),
        ];
        text.push_str(&csv::row(cells.map(|value| csv::cell(&value))));
    }
    CsvFile::new(text, "audit.csv")
}
