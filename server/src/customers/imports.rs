//! Files of customers.

use chrono::{DateTime, Utc};
use openchair_domain::authz::perm;
use openchair_domain::customers::{
    self, ImportFacts, ImportReport, ImportRow, ImportState, ImportTotals, NewImport, RowOutcome,
};
use openchair_domain::ids::{Customer, CustomerImport};
use openchair_domain::tenancy::TenantTx;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};

use crate::app::App;
use crate::auth::Can;
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::Tags;
use crate::page::Limit;
use crate::problem::ApiError;

/// A file comes in one body: 4 MiB of it, which is ten thousand rows of four hundred bytes.
pub(crate) const WIDER_BODY: (&str, usize) = ("/v1/customers/imports", 4 * 1024 * 1024);

/// A file of customers, as it is sent.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct NewCustomerImport {
    /// What it is called
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    /// Its text: a first row that names the columns, then at most 10,000 rows
    #[oai(validator(min_length = 1, max_length = 4000000))]
    csv: String,
}

/// How far a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum CustomerImportState {
    /// Looked at; nothing was put in
    Checked,
    /// It is being put in
    Running,
    /// All of it is in
    Done,
    /// It can't be put in
    Failed,
}

/// What will become of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum ImportRowOutcome {
    /// A new customer
    New,
    /// Somebody with this address or number is known already, or is in an earlier row
    Duplicate,
    /// It can't be meant
    Invalid,
}

/// One row's line in the report.
#[derive(Debug, Clone, Object)]
#[oai(skip_serializing_if_is_none)]
struct ImportRowView {
    /// As a spreadsheet counts: the row that names the columns is 1
    row: u32,
    outcome: ImportRowOutcome,
    /// Which column is wrong
    field: Option<String>,
    code: Option<String>,
    detail: Option<String>,
    /// The customer whom it repeats
    customer_id: Option<Ref<Customer>>,
    /// The earlier row that it repeats
    same_as_row: Option<u32>,
    /// What they don't want; it counts, also for customers who are known
    #[oai(skip_serializing_if_is_empty, default)]
    opt_outs: Vec<String>,
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl From<ImportRow> for ImportRowView {
    fn from(row: ImportRow) -> Self {
        Self {
            row: number(row.row),
            outcome: match row.outcome {
                RowOutcome::New => ImportRowOutcome::New,
                RowOutcome::Duplicate => ImportRowOutcome::Duplicate,
                RowOutcome::Invalid => ImportRowOutcome::Invalid,
            },
            field: row.field,
            code: row.code,
            detail: row.detail,
            customer_id: row.customer.map(Ref::from),
            same_as_row: row.same_as_row.map(number),
            opt_outs: row.opt_outs,
        }
    }
}

/// How many rows end how.
#[derive(Debug, Clone, Object)]
struct ImportTotalsView {
    rows: u32,
    new: u32,
    duplicates: u32,
    invalid: u32,
    /// Rows with an opt-out
    opt_outs: u32,
}

impl From<ImportTotals> for ImportTotalsView {
    fn from(totals: ImportTotals) -> Self {
        Self {
            rows: number(totals.rows),
            new: number(totals.new),
            duplicates: number(totals.duplicates),
            invalid: number(totals.invalid),
            opt_outs: number(totals.opt_outs),
        }
    }
}

/// What the dry run says.
#[derive(Debug, Clone, Object)]
struct ImportReportView {
    totals: ImportTotalsView,
    /// Columns that nobody knows; they are left out
    ignored_columns: Vec<String>,
    rows: Vec<ImportRowView>,
}

impl From<ImportReport> for ImportReportView {
    fn from(report: ImportReport) -> Self {
        Self {
            totals: report.totals.into(),
            ignored_columns: report.ignored_columns,
            rows: report.rows.into_iter().map(ImportRowView::from).collect(),
        }
    }
}

/// A file of customers, and how far it is.
#[derive(Debug, Clone, Object)]
struct CustomerImportView {
    id: Ref<CustomerImport>,
    name: String,
    state: CustomerImportState,
    rows_total: i32,
    rows_done: i32,
    /// How many customers were made
    created: i32,
    /// How many rows were left out
    skipped: i32,
    report: ImportReportView,
    /// Why it came to nothing: `unreadable`, `gave_up` (it was tried too often), `not_run` (nobody said
    /// in a week that it shall be put in)
    reason: Option<String>,
    created_by: String,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
}

impl From<ImportFacts> for CustomerImportView {
    fn from(import: ImportFacts) -> Self {
        Self {
            id: import.id.into(),
            name: import.name,
            state: match import.state {
                ImportState::Checked => CustomerImportState::Checked,
                ImportState::Running => CustomerImportState::Running,
                ImportState::Done => CustomerImportState::Done,
                ImportState::Failed => CustomerImportState::Failed,
            },
            rows_total: import.rows_total,
            rows_done: import.rows_done,
            created: import.created,
            skipped: import.skipped,
            report: import.report.into(),
            reason: import.reason,
            created_by: import.created_by,
            created_at: import.created_at,
            started_at: import.started_at,
            finished_at: import.finished_at,
        }
    }
}

/// A file of customers, in a list.
#[derive(Debug, Clone, Object)]
struct CustomerImportLine {
    id: Ref<CustomerImport>,
    name: String,
    state: CustomerImportState,
    rows_total: i32,
    rows_done: i32,
    /// How many customers were made
    created: i32,
    /// How many rows were left out
    skipped: i32,
    totals: ImportTotalsView,
    /// Why it came to nothing: `unreadable`, `gave_up`, `not_run`
    reason: Option<String>,
    created_by: String,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
}

impl From<ImportFacts> for CustomerImportLine {
    fn from(import: ImportFacts) -> Self {
        let CustomerImportView {
            id,
            name,
            state,
            rows_total,
            rows_done,
            created,
            skipped,
            report,
            reason,
            created_by,
            created_at,
            started_at,
            finished_at,
        } = import.into();
        Self {
            id,
            name,
            state,
            rows_total,
            rows_done,
            created,
            skipped,
            totals: report.totals,
            reason,
            created_by,
            created_at,
            started_at,
            finished_at,
        }
    }
}

/// 202: the worker does the rest.
#[derive(Debug, ApiResponse)]
enum ImportRuns {
    /// How far it is; ask again for more.
    #[oai(status = 202)]
    Runs(Json<CustomerImportView>),
}

/// The operations on files of customers.
#[derive(Debug)]
pub struct CustomerImportsApi(pub App);

#[OpenApi(prefix_path = "/v1/customers/imports", tag = "Tags::Customers")]
impl CustomerImportsApi {
    /// Looks at a file of customers (CSV with commas, semicolons or tabs) and says what would become
    /// of each row. Puts nobody in. A row repeats a customer who has the same address or number, or,
    /// without either, the same name. A body of up to 4 MiB, at most 10,000 rows.
    #[oai(path = "/", method = "post", operation_id = "check_customer_import")]
    async fn check(
        &self,
        who: Can<perm::ImportCustomers>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewCustomerImport>,
    ) -> Result<Created<CustomerImportView>, ApiError> {
        let new = NewImport { name: body.0.name.clone(), csv: body.0.csv.clone() };
        let make = async |tx: &mut TenantTx| Ok(customers::import(tx, &new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// Files that were sent, the newest first, without what was said of each row.
    #[oai(path = "/", method = "get", operation_id = "list_customer_imports")]
    async fn list(
        &self,
        who: Can<perm::ImportCustomers>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<CustomerImportLine>, ApiError> {
        let page = window(limit.0, cursor.0.as_deref())?;
        let tx = self.0.db.tenant(&who).await?;
        let found = customers::imports(&tx, page).await?;
        tx.commit().await?;
        Ok(listed(found, CustomerImportLine::from))
    }

    /// A file, what was said of it, and how far it is.
    #[oai(path = "/:import", method = "get", operation_id = "read_customer_import")]
    async fn read(
        &self,
        who: Can<perm::ImportCustomers>,
        import: Path<Ref<CustomerImport>>,
    ) -> Result<Json<CustomerImportView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = customers::read_import(&tx, import.0.0).await?;
        tx.commit().await?;
        Ok(Json(found.into()))
    }

    /// Puts the new customers of a file in; those who are known stay as they are, but for their
    /// opt-outs. Told again, it answers how far the file is.
    #[oai(path = "/:import/run", method = "post", operation_id = "run_customer_import")]
    async fn run(
        &self,
        who: Can<perm::ImportCustomers>,
        import: Path<Ref<CustomerImport>>,
    ) -> Result<ImportRuns, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let started = customers::run_import(&mut tx, import.0.0).await?;
        tx.commit().await?;
        Ok(ImportRuns::Runs(Json(started.into())))
    }
}
