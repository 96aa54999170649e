//! The first lock between tenants: types. [`Db`] hides the connection behind two doors, and every
//! row that anybody reads or writes passes through one of them.
//!
//! * [`Db::tenant`] wants a [`Caller`], which only authentication and the job runner can make. The
//!   transaction that it opens sees one tenant's rows: row-level security in the database (the
//!   second lock) sees to it.
//! * [`Db::system`] wants a [`SystemReason`]: the few things that have to look across tenants
//!   (signing in, relaying jobs) each have a name, and the name is logged. The database grants that
//!   door a role of its own, table by table.

mod caller;
mod conn;
mod db;
mod ending;
mod error;
mod rows;
mod system;
mod tx;
mod versions;

pub use caller::{Caller, Principal, RequestFacts, TenantFacts};
pub use db::{Db, DbOptions, StartError};
pub use error::StoreError;
pub use system::{SYSTEM_TRANSACTIONS, SystemReason, SystemTx};
pub use tx::TenantTx;

pub(crate) use conn::Conn;
pub(crate) use db::Tools;
pub(crate) use error::Outcome;
