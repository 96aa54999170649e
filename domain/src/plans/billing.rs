//! What businesses pay for their plans: what is asked of the provider between two transactions, never within
//! one.

use std::sync::Arc;

use chrono::Duration;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::biller::{Biller, NewBuyer, NewCheckout, PlanPrice};
use super::entities::subscription;
use super::error::PlanError;
use super::rows::{self, held, hold, paying, row, seen, stands};
use super::standing::Standing;
use super::usage::{Usage, usage};
use crate::audit::{Change, NewEntry};
use crate::config::{Plan, Plans};
use crate::fault::{Faults, ValueFault};
use crate::tenancy::{Caller, Db, TenantTx};
use crate::time::Instant;

/// How long a page can be used.
const PAGE_KEPT: Duration = Duration::minutes(60);
/// One that was opened so long ago isn't led to any more: whoever goes there needs time.
const PAGE_FRESH: Duration = Duration::minutes(45);
/// The provider takes no trial that ends sooner; with room for the way there.
const SHORTEST_TRIAL: Duration = Duration::hours(49);

/// Where businesses pay for their plans, if they have to at all.
#[derive(Debug, Clone)]
pub struct Billing {
    pub(super) db: Db,
    pub(super) biller: Option<Arc<dyn Biller>>,
    pub(super) public_url: String,
}

/// A business's plan, what it uses of it, and which others there are.
#[derive(Debug, Clone)]
pub struct PlanFacts {
    /// The plan's key.
    pub plan: String,
    /// How it stands.
    pub standing: Standing,
    /// Whether plans are paid for here.
    pub charged: bool,
    /// Whether one is paid by a subscription, well or not.
    pub subscribed: bool,
    /// What it pays each month, if it does, and in which currency.
    pub pays: Option<(i64, String)>,
    /// What is in use.
    pub usage: Usage,
}

/// A plan that can be taken.
#[derive(Debug, Clone, Copy)]
pub struct OfferedPlan {
    /// Its key.
    pub key: &'static str,
    /// What it has.
    pub plan: &'static Plan,
}

/// The plans that can be taken, the smallest first.
pub fn offered() -> impl Iterator<Item = OfferedPlan> {
    let plans = Plans::shipped().iter().filter(|(_, plan)| plan.price_minor > 0);
    plans.map(|(key, plan)| OfferedPlan { key, plan })
}

/// The plan that somebody names.
fn wanted(key: &str) -> Result<OfferedPlan, PlanError> {
    if let Some(found) = offered().find(|one| one.key == key) {
        return Ok(found);
    }
    let mut faults = Faults::new();
    faults.note("/plan", ValueFault::new("unknown", "There is no such plan to take."));
    Err(PlanError::Invalid(faults.into_fields()))
}

/// What has to be done at the provider's so that a page is there.
enum Step {
    /// It is there.
    Go(String),
    /// It is to be opened.
    Open(Box<Opening>),
}

struct Opening {
    row: subscription::Model,
    name: String,
    locale: String,
    trial_ends: Option<Instant>,
    /// Another page, which nobody should pay at any more.
    stale: Option<String>,
}

impl Billing {
    /// One where plans are paid for, if there is who takes it.
    pub fn new(db: Db, biller: Option<Arc<dyn Biller>>, public_url: String) -> Self {
        Self { db, biller, public_url }
    }

    fn biller(&self) -> Result<&dyn Biller, PlanError> {
        self.biller.as_deref().ok_or(PlanError::NotCharged)
    }

    fn back_url(&self) -> String {
        format!("{}/app/plan?back=1", self.public_url)
    }

    /// How a business's plan stands, and what it uses of it.
    pub async fn facts(&self, tx: &TenantTx) -> Result<PlanFacts, PlanError> {
        let shop = seen(tx).await?;
        let row = row(tx).await?;
        let charged = self.biller.is_some();
        let paying = row.as_ref().map(paying).transpose()?.flatten();
        let subscribed = paying.is_some_and(|paying| paying.stage.goes_on());
        let pays = row.as_ref().filter(|_| subscribed);
        Ok(PlanFacts {
            standing: stands(&shop, row.as_ref(), charged, tx.now())?,
            pays: pays.and_then(|row| row.amount_minor.zip(row.currency.clone())),
            usage: usage(tx, &shop.time_zone).await?,
            plan: shop.plan,
            charged,
            subscribed,
        })
    }

    /// Where a business takes a plan. Who asks twice gets the same page; for another plan it is another, and the
    /// first is closed.
    pub async fn checkout(&self, caller: &Caller, plan: &str) -> Result<String, PlanError> {
        let biller = self.biller()?;
        let plan = wanted(plan)?;
        let opening = match self.begin(caller, plan).await? {
            Step::Go(url) => return Ok(url),
            Step::Open(opening) => opening,
        };
        let Opening { row, name, locale, trial_ends, stale } = *opening;
        if let Some(stale) = stale {
            biller.close_checkout(&stale).await?;
        }
        let tenant = caller.tenant();
        let customer = if let Some(customer) = row.customer {
            customer
        } else {
            let (key, tenant) = (format!("buyer {tenant}"), tenant.to_string());
            biller.open_buyer(&NewBuyer { key, name, email: None, tenant }).await?
        };
        let page = NewCheckout {
            key: format!("plan {tenant} {}", row.asked),
            customer: customer.clone(),
            price: biller.price(&price(plan)).await?,
            tenant: tenant.to_string(),
            plan: plan.key.to_owned(),
            locale,
            back_url: self.back_url(),
            trial_ends: trial_ends.map(|at| at.timestamp()),
            expires_at: (row.updated_at + PAGE_KEPT).timestamp(),
        };
        let opened = biller.open_checkout(&page).await?;
        let tx = self.db.tenant(caller).await?;
        let now = held(&tx).await?;
        // Whoever asked later has another page; somebody took a plan meanwhile: nobody pays twice.
        let taken = paying(&now)?.is_some_and(|paying| paying.stage.goes_on());
        let late = now.asked != row.asked || taken;
        let mut change: subscription::ActiveModel = now.into();
        change.customer = Set(Some(customer));
        if !late {
            change.page = Set(Some(opened.reference.clone()));
            change.page_url = Set(Some(opened.url.clone()));
            change.page_plan = Set(Some(plan.key.to_owned()));
            change.page_until = Set(Some(row.updated_at + PAGE_FRESH));
        }
        change.update(tx.conn()).await?;
        tx.commit().await?;
        if late {
            biller.close_checkout(&opened.reference).await?;
            return Err(PlanError::Meanwhile);
        }
        Ok(opened.url)
    }

    async fn begin(&self, caller: &Caller, plan: OfferedPlan) -> Result<Step, PlanError> {
        let tx = self.db.tenant(caller).await?;
        let shop = hold(&tx).await?;
        let row = held(&tx).await?;
        if paying(&row)?.is_some_and(|paying| paying.stage.goes_on()) {
            return Err(PlanError::Subscribed);
        }
        if !usage(&tx, &shop.time_zone).await?.fits(plan.plan) {
            return Err(PlanError::TooSmall);
        }
        let open = row.page_until.is_some_and(|until| until > tx.now());
        if let (true, Some(url), Some(of)) = (open, &row.page_url, &row.page_plan)
            && of == plan.key
        {
            return Ok(Step::Go(url.clone()));
        }
        let stale = row.page.clone();
        let number = row.asked + 1;
        let mut change: subscription::ActiveModel = row.into();
        change.asked = Set(number);
        change.page = Set(None);
        change.page_url = Set(None);
        change.page_plan = Set(None);
        change.page_until = Set(None);
        change.updated_at = Set(tx.now());
        let row = change.update(tx.conn()).await?;
        let trial_ends = shop.trial_ends_at.filter(|at| *at > tx.now() + SHORTEST_TRIAL);
        tx.commit().await?;
        let (name, locale) = (shop.name, shop.locale);
        Ok(Step::Open(Box::new(Opening { row, name, locale, trial_ends, stale })))
    }

    /// Where a business looks at its bills, changes its card and ends its plan: at the provider's.
    pub async fn portal(&self, caller: &Caller) -> Result<String, PlanError> {
        let biller = self.biller()?;
        let tx = self.db.tenant(caller).await?;
        let customer = row(&tx).await?.and_then(|row| row.customer);
        tx.commit().await?;
        let customer = customer.ok_or(PlanError::NotSubscribed)?;
        Ok(biller.portal(&customer, &self.back_url()).await?)
    }

    /// Another plan from now on, for who pays one already. What that means for the current bill is left to the
    /// provider.
    pub async fn change(&self, caller: &Caller, plan: &str) -> Result<(), PlanError> {
        let biller = self.biller()?;
        let plan = wanted(plan)?;
        // What is known may be old.
        self.look_as(caller).await?;
        let tx = self.db.tenant(caller).await?;
        let shop = hold(&tx).await?;
        let row = held(&tx).await?;
        let goes_on = paying(&row)?.is_some_and(|paying| paying.stage.goes_on());
        let (Some(customer), Some(reference), true) = (&row.customer, &row.reference, goes_on)
        else {
            return Err(PlanError::NotSubscribed);
        };
        if row.plan.as_deref() == Some(plan.key) {
            return Err(PlanError::SamePlan);
        }
        if !usage(&tx, &shop.time_zone).await?.fits(plan.plan) {
            return Err(PlanError::TooSmall);
        }
        let (customer, reference, number) = (customer.clone(), reference.clone(), row.asked + 1);
        let mut change: subscription::ActiveModel = row.into();
        change.asked = Set(number);
        change.update(tx.conn()).await?;
        tx.commit().await?;
        let price = biller.price(&price(plan)).await?;
        let all = biller.subscriptions(&customer).await?;
        let one = all.into_iter().find(|one| one.id == reference);
        let one = one.ok_or(PlanError::NotSubscribed)?;
        let before = one.plan.clone();
        // Whoever asks again has seen before how it stands: what was done isn't asked for twice.
        let key = format!("change {} {number}", caller.tenant());
        biller.change(&key, &one, &price).await?;
        let mut tx = self.db.tenant(caller).await?;
        let entry = NewEntry::new("tenant.plan_changed", "tenant").on(caller.tenant(), shop.name);
        tx.record(entry.changed([Change::of("plan", before, plan.key)]));
        tx.commit().await?;
        self.look_as(caller).await
    }

    /// Asks the provider how it is paid, and does what follows from it.
    pub async fn look(&self, caller: &Caller) -> Result<(), PlanError> {
        self.biller()?;
        self.look_as(caller).await
    }

    /// Brings a business to how its plan stands.
    pub(super) async fn weigh(&self, caller: &Caller) -> Result<Standing, PlanError> {
        let mut tx = self.db.tenant(caller).await?;
        let standing = rows::weigh(&mut tx, self.biller.is_some(), &self.public_url).await?;
        tx.commit().await?;
        Ok(standing)
    }
}

fn price(OfferedPlan { key, plan }: OfferedPlan) -> PlanPrice {
    PlanPrice {
        plan: key.to_owned(),
        name: plan.name.clone(),
        amount_minor: plan.price_minor.into(),
        currency: Plans::shipped().currency.clone(),
    }
}
