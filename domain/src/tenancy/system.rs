//! The door for what has to look across tenants. It is narrow: a role of its own in the database,
//! with grants table by table, and a reason that has a name and is counted.

use std::sync::{Mutex, PoisonError};

use sea_orm::ConnectionTrait;

use super::tx::{BY_KEY, PLANNED_ONCE};
use super::{Conn, Db, StoreError, Tools};
use crate::bells;
use crate::entropy::Entropy;
use crate::ids::{Id, Kind, Tenant};
use crate::time::Instant;

/// How often each reason was given.
pub const SYSTEM_TRANSACTIONS: &str = "system_transactions_total";

/// Why somebody may look across tenants. A new need is a new name here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemReason {
    /// Finding out who asks: sessions, tokens, API keys.
    Authenticate,
    /// Sign-in, magic links, password resets, and everything else about one's own login.
    Identity,
    /// A business signs itself up.
    SignUp,
    /// An invitation is looked at or accepted by somebody who isn't a member yet.
    Invitation,
    /// A visitor looks at a shop's public page.
    PublicPage,
    /// The worker claims and finishes jobs.
    Jobs,
    /// The development mailbox.
    Mailbox,
    /// A platform administrator looks after the deployment.
    Platform,
    /// Time that was kept for nobody comes back.
    Bookings,
    /// What the provider of payments tells, and what it is to be asked.
    Payments,
    /// What is said to customers: what is due in many businesses is written and sent at once.
    Messages,
    /// Demo data are put in.
    Demo,
    /// What happened, and who may still look on.
    Live,
    /// Whose endpoints are to be told of events, and what is due there.
    Webhooks,
    /// How the deployment does, and who is told when it isn't well.
    Watch,
    /// A customer who comes back looks at their visits in all businesses.
    Regulars,
    /// Is the database there, and is it ours?
    Readiness,
}

impl SystemReason {
    /// The name under which it is counted and logged.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authenticate => "authenticate",
            Self::Identity => "identity",
            Self::SignUp => "sign_up",
            Self::Invitation => "invitation",
            Self::PublicPage => "public_page",
            Self::Jobs => "jobs",
            Self::Mailbox => "mailbox",
            Self::Platform => "platform",
            Self::Bookings => "bookings",
            Self::Payments => "payments",
            Self::Messages => "messages",
            Self::Demo => "demo",
            Self::Live => "live",
            Self::Webhooks => "webhooks",
            Self::Watch => "watch",
            Self::Regulars => "regulars",
            Self::Readiness => "readiness",
        }
    }
}

impl SystemReason {
    /// Whether its statements are planned once, see [`Db::tenant_planned_once`].
    const fn is_often(self) -> bool {
        matches!(self, Self::Authenticate | Self::PublicPage | Self::Live | Self::Webhooks)
    }
}

/// A transaction that looks across tenants, for one named reason.
#[derive(Debug)]
pub struct SystemTx {
    conn: Conn,
    tools: Tools,
    now: Instant,
    reason: SystemReason,
    told: Mutex<Vec<Id<Tenant>>>,
}

impl Db {
    /// Opens a transaction that looks across tenants.
    pub async fn system(&self, reason: SystemReason) -> Result<SystemTx, StoreError> {
        self.across(reason, if reason.is_often() { PLANNED_ONCE } else { "" }).await
    }

    /// The same for a few statements that are said very often, each of which finds all that it touches by
    /// a key or at the beginning of an index. They are planned once for a connection, and never by what
    /// the planner believes of a table: it may have been empty a minute ago, and what is due now is, by
    /// its statistics, always next to nothing.
    pub(crate) async fn system_by_key(&self, reason: SystemReason) -> Result<SystemTx, StoreError> {
        self.across(reason, BY_KEY).await
    }

    async fn across(&self, reason: SystemReason, how: &str) -> Result<SystemTx, StoreError> {
        let name = reason.name();
        // People who look after the deployment are few, and everybody may know when they looked.
        if reason == SystemReason::Platform {
            tracing::info!(reason = name, "system transaction");
        } else {
            tracing::debug!(reason = name, "system transaction");
        }
        metrics::counter!(SYSTEM_TRANSACTIONS, "reason" => name).increment(1);
        let begin = format!("BEGIN; SET LOCAL ROLE openchair_system{how}");
        let conn = Conn::begin(self.pool(), begin).await?;
        let tools = self.tools().clone();
        Ok(SystemTx { conn, now: tools.clock.now(), tools, reason, told: Mutex::default() })
    }
}

impl SystemTx {
    /// The instant that everything in this transaction happens at.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Why it was opened.
    pub fn reason(&self) -> SystemReason {
        self.reason
    }

    /// Keeps everything that was written.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.conn.commit().await?;
        self.tools.ringer.committed();
        let told = self.told.into_inner().unwrap_or_else(PoisonError::into_inner);
        for tenant in told {
            self.tools.news.of(tenant);
        }
        Ok(())
    }

    /// Forgets everything that was written.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.conn.rollback().await?)
    }

    /// An event of this tenant was written.
    pub(crate) fn has_told(&self, tenant: Id<Tenant>) {
        self.tools.ringer.remember_for(bells::EVENTS, tenant);
        self.told.lock().unwrap_or_else(PoisonError::into_inner).push(tenant);
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
