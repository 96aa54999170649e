use sea_orm::ConnectionTrait;

use super::ending::Ending;
use super::{Caller, Conn, Db, StoreError, TenantFacts, Tools};
use crate::audit::NewEntry;
use crate::bells;
use crate::diary::Touched;
use crate::entropy::Entropy;
use crate::idempotency::Sealed;
use crate::ids::{Id, Kind, Tenant};
use crate::outbox::NewEvent;
use crate::time::Instant;

/// Goes behind the beginning of a transaction.
pub(super) const PLANNED_ONCE: &str = "; SET LOCAL plan_cache_mode = force_generic_plan";

/// The same, with no way left but the indexes.
pub(super) const BY_KEY: &str = "; SET LOCAL plan_cache_mode = force_generic_plan; \
    SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; \
    SET LOCAL jit = off";

/// Goes behind `BEGIN`.
const PICTURE: &str = " ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// A transaction that sees one tenant's rows, on behalf of one caller.
#[derive(Debug)]
pub struct TenantTx {
    conn: Conn,
    caller: Caller,
    tools: Tools,
    now: Instant,
    ending: Ending,
}

impl Db {
    /// Opens a transaction that sees the caller's tenant and nothing else.
    pub async fn tenant(&self, caller: &Caller) -> Result<TenantTx, StoreError> {
        self.open(caller, "", "").await
    }

    /// The same for what is done very often by few statements, each of which has one best way
    /// whatever the values are: PostgreSQL plans them once for a connection. Planning anew, as it
    /// otherwise thinks best, costs more than most of them do.
    pub async fn tenant_planned_once(&self, caller: &Caller) -> Result<TenantTx, StoreError> {
        self.open(caller, "", PLANNED_ONCE).await
    }

    /// The same, seeing the database at one moment from the first query to the last, to read what
    /// belongs together. Nothing can be written.
    pub async fn picture(&self, caller: &Caller) -> Result<TenantTx, StoreError> {
        self.open(caller, PICTURE, PLANNED_ONCE).await
    }

    /// A picture for everybody who looks on in this tenant, whoever they are: nobody's rights are in
    /// it, so what of it goes to whom is for whoever asked to decide.
    pub async fn picture_for_all(&self, tenant: &TenantFacts) -> Result<TenantTx, StoreError> {
        self.picture(&Caller::worker(tenant.clone(), "live")).await
    }

    async fn open(&self, caller: &Caller, kind: &str, how: &str) -> Result<TenantTx, StoreError> {
        // The id is a UUID printed by us: there is nothing in it to escape. `BEGIN` and the setting
        // travel in one message. `SET LOCAL` is `set_config(…, true)` without a query to plan.
        let tenant = caller.tenant().uuid();
        let begin = format!("BEGIN{kind}; SET LOCAL app.tenant_id = '{tenant}'{how}");
        let conn = Conn::begin(self.pool(), begin).await?;
        let tools = self.tools().clone();
        Ok(TenantTx {
            conn,
            caller: caller.clone(),
            now: tools.clock.now(),
            tools,
            ending: Ending::default(),
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
        let tells = !self.ending.events.is_empty();
        if tells {
            self.tools.ringer.remember_for(bells::EVENTS, self.caller.tenant());
        }
        self.ending.write(&self.conn, &self.caller, self.now, &self.tools).await?;
        self.conn.commit().await?;
        self.tools.ringer.committed();
        if tells {
            self.tools.news.of(self.caller.tenant());
        }
        Ok(())
    }

    /// Forgets everything that was written.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.conn.rollback().await?)
    }

    /// What others must hear of, once this is committed.
    pub(crate) fn emit(&mut self, event: NewEvent) {
        self.ending.events.push(event);
    }

    /// Whose availability this changes.
    pub(crate) fn touch(&mut self) -> &mut Touched {
        &mut self.ending.touched
    }

    /// What the audit log must say, once this is committed.
    pub(crate) fn record(&mut self, entry: NewEntry) {
        self.ending.entries.push(entry);
    }

    /// The answer that is given again to who asks again, kept once this is committed.
    pub(crate) fn answer(&mut self, answer: Sealed) {
        self.ending.answer = Some(answer);
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
