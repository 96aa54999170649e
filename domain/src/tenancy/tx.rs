use sea_orm::ConnectionTrait;

use super::{Caller, Conn, Db, StoreError, Tools};
use crate::audit::{self, NewEntry};
use crate::diary::Touched;
use crate::entropy::Entropy;
use crate::ids::{Id, Kind, Tenant};
use crate::outbox::{self, NewEvent};
use crate::time::Instant;

/// A transaction that sees one tenant's rows, on behalf of one caller.
#[derive(Debug)]
pub struct TenantTx {
    conn: Conn,
    caller: Caller,
    tools: Tools,
    now: Instant,
    events: Vec<NewEvent>,
    entries: Vec<NewEntry>,
    touched: Touched,
}

impl Db {
    /// Opens a transaction that sees the caller's tenant and nothing else.
    pub async fn tenant(&self, caller: &Caller) -> Result<TenantTx, StoreError> {
        // The id is a UUID printed by us: there is nothing in it to escape. `BEGIN` and the setting
        // travel in one message. `SET LOCAL` is `set_config(…, true)` without a query to plan.
        let begin = format!("BEGIN; SET LOCAL app.tenant_id = '{}'", caller.tenant().uuid());
        let conn = Conn::begin(self.pool(), begin).await?;
        let tools = self.tools().clone();
        Ok(TenantTx {
            conn,
            caller: caller.clone(),
            now: tools.clock.now(),
            tools,
            events: Vec::new(),
            entries: Vec::new(),
            touched: Touched::default(),
        })
    }
}

impl TenantTx {
    /// Who asked for it.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The tenant whose rows it sees.
    pub fn tenant(&self) -> Id<Tenant> {
        self.caller.tenant()
    }

    /// The instant that everything in this transaction happens at.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Writes what must follow, then keeps everything.
    pub async fn commit(self) -> Result<(), StoreError> {
        audit::write(&self.conn, &self.caller, self.now, &self.tools, self.entries).await?;
        // These two last, because they take the location's and the tenant's place in the order until
        // the commit.
        self.touched.write(&self.conn, self.caller.tenant()).await?;
        outbox::write(&self.conn, self.caller.tenant(), self.now, &self.tools, self.events).await?;
        self.conn.commit().await?;
        self.tools.ringer.committed();
        Ok(())
    }

    /// Forgets everything that was written.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.conn.rollback().await?)
    }

    /// What others must hear of, once this is committed.
    pub(crate) fn emit(&mut self, event: NewEvent) {
        self.events.push(event);
    }

    /// Whose availability this changes.
    pub(crate) fn touch(&mut self) -> &mut Touched {
        &mut self.touched
    }

    /// What the audit log must say, once this is committed.
    pub(crate) fn record(&mut self, entry: NewEntry) {
        self.entries.push(entry);
    }

    pub(crate) fn conn(&self) -> &impl ConnectionTrait {
        &self.conn
    }

    pub(crate) fn tools(&self) -> &Tools {
        &self.tools
    }

    pub(crate) fn entropy(&self) -> &dyn Entropy {
        &*self.tools.entropy
    }

    pub(crate) fn new_id<K: Kind>(&self) -> Id<K> {
        Id::new(self.now, &*self.tools.entropy)
    }
}
