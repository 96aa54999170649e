//! The provider's book of a day, gathered; what of ours belongs beside it; and what a look puts right.

use std::collections::BTreeSet;

use super::super::counter::Counter;
use super::super::error::PaymentError;
use super::super::provider::{ProviderError, ReturnStage};
use super::compare::{Comparison, Entry};
use super::gather::{self, Name, by_name};
use super::keeper::{Bookkeeper, DisputeStand, PayoutStand, Period, Reversal, Taking};
use super::words::{Moved, Reason};
use crate::ids::{Id, Payment};
use crate::tenancy::Caller;

/// Everything of a day at the provider.
#[derive(Debug)]
pub(super) struct Theirs {
    account: String,
    period: Period,
    takings: Vec<Taking>,
    reversals: Vec<Reversal>,
    disputes: Vec<DisputeStand>,
    payouts: Vec<PayoutStand>,
}

/// Which payment of ours something taken is, by what we noted there.
fn noted(taking: &Taking) -> Option<Id<Payment>> {
    taking.payment.as_ref().and_then(|id| id.parse().ok())
}

fn of_taking(taking: &Taking) -> Entry {
    Entry {
        moved: Moved::Taken,
        reference: taking.taken.clone(),
        currency: taking.currency.clone(),
        amount_minor: taking.amount_minor,
        is_ours: noted(taking).is_some(),
    }
}

/// What is on its way isn't there yet, and what failed never was.
fn of_reversal(reversal: &Reversal) -> Option<Entry> {
    (reversal.stage == ReturnStage::Done).then(|| Entry {
        moved: Moved::Returned,
        reference: reversal.reference.clone(),
        currency: reversal.currency.clone(),
        amount_minor: reversal.amount_minor,
        is_ours: reversal.refund.is_some(),
    })
}

fn of_dispute(stand: &DisputeStand) -> Entry {
    Entry {
        moved: Moved::Disputed,
        reference: stand.reference.clone(),
        currency: stand.currency.clone(),
        amount_minor: stand.away_minor(),
        is_ours: false,
    }
}

impl Theirs {
    /// Asks for it.
    pub(super) async fn of(
        keeper: &dyn Bookkeeper,
        account: &str,
        period: Period,
    ) -> Result<Self, ProviderError> {
        Ok(Self {
            account: account.to_owned(),
            period,
            takings: keeper.takings(account, period).await?,
            reversals: keeper.reversals(account, period).await?,
            disputes: keeper.disputes(account, period).await?,
            payouts: keeper.payouts(account, period).await?,
        })
    }

    /// What was taken that something here is about.
    fn taken(&self) -> BTreeSet<String> {
        let all = (self.takings.iter().map(|one| &one.taken))
            .chain(self.reversals.iter().map(|one| &one.taken))
            .chain(self.disputes.iter().map(|one| &one.taken));
        all.cloned().collect()
    }

    /// All that moved; what is about something taken that is ours, is ours.
    fn entries(&self, ours: &BTreeSet<String>) -> Vec<Entry> {
        let mine = |entry: Entry, taken: &String| Entry {
            is_ours: entry.is_ours || ours.contains(taken),
            ..entry
        };
        let takings = self.takings.iter().map(|one| mine(of_taking(one), &one.taken));
        let reversals = self
            .reversals
            .iter()
            .filter_map(|one| of_reversal(one).map(|entry| mine(entry, &one.taken)));
        let disputes = self.disputes.iter().map(|one| mine(of_dispute(one), &one.taken));
        takings.chain(reversals).chain(disputes).filter(|one| one.amount_minor != 0).collect()
    }
}

impl Counter {
    /// Both sides of a day: the provider's, and what our book says of the same or wrote in that time.
    pub(super) async fn both(
        &self,
        caller: &Caller,
        day: &Theirs,
    ) -> Result<(Vec<Entry>, Vec<Entry>), PaymentError> {
        let ours = self.ours_of(caller, day).await?;
        let mut theirs = day.entries(&ours);
        let there: BTreeSet<Name> =
            theirs.iter().map(|one| (one.moved, one.reference.clone())).collect();
        let tx = self.db.tenant(caller).await?;
        let written = gather::written(&tx, &day.account, day.period).await?;
        let all: BTreeSet<Name> = there.union(&written).cloned().collect();
        let mut ours = gather::named(&tx, &day.account, &all).await?;
        tx.commit().await?;
        // What we wrote on this day may have happened there on another: that is where it belongs.
        for name in written.difference(&there) {
            let found = self.elsewhere(&day.account, name).await?;
            let same = |one: &&Entry| (one.moved, &one.reference) == (name.0, &name.1);
            let here: Vec<Entry> = ours.iter().filter(same).cloned().collect();
            if by_name(&found) == by_name(&here) {
                ours.retain(|one| !same(&one));
            } else {
                theirs.extend(found);
            }
        }
        Ok((theirs, ours))
    }

    /// What of all that was taken is ours: known here, or with our name on it there.
    async fn ours_of(
        &self,
        caller: &Caller,
        day: &Theirs,
    ) -> Result<BTreeSet<String>, PaymentError> {
        let keeper = self.keeper.as_ref().ok_or(PaymentError::NotOffered)?;
        let taken = day.taken();
        let tx = self.db.tenant(caller).await?;
        let mut ours = gather::known(&tx, &day.account, taken.iter().cloned().collect()).await?;
        tx.commit().await?;
        let of_day: BTreeSet<&String> = day.takings.iter().map(|one| &one.taken).collect();
        for one in &taken {
            if ours.contains(one) || of_day.contains(one) {
                continue;
            }
            let found = keeper.taking(&day.account, one).await?;
            if found.as_ref().and_then(noted).is_some() {
                ours.insert(one.clone());
            }
        }
        let with_our_name = day.takings.iter().filter(|one| noted(one).is_some());
        ours.extend(with_our_name.map(|one| one.taken.clone()));
        Ok(ours)
    }

    /// Something by its name, whenever it was.
    async fn elsewhere(&self, account: &str, name: &Name) -> Result<Vec<Entry>, PaymentError> {
        let keeper = self.keeper.as_ref().ok_or(PaymentError::NotOffered)?;
        let (moved, reference) = name;
        let found = match moved {
            Moved::Taken => keeper.taking(account, reference).await?.as_ref().map(of_taking),
            Moved::Returned => {
                keeper.reversal(account, reference).await?.as_ref().and_then(of_reversal)
            }
            Moved::Disputed => keeper.dispute(account, reference).await?.as_ref().map(of_dispute),
        };
        Ok(found.into_iter().filter(|one| one.amount_minor != 0).collect())
    }

    /// Looks at whatever a look can put right, and writes down what the provider says of disputes and payouts.
    pub(super) async fn mend(
        &self,
        caller: &Caller,
        day: &Theirs,
        found: &Comparison,
    ) -> Result<(), PaymentError> {
        for payout in &day.payouts {
            self.keep_payout(caller, &day.account, payout).await?;
        }
        for taking in &day.takings {
            let missing = is_missing(found, Moved::Taken, &taking.taken);
            if let Some(payment) = noted(taking).filter(|_| missing) {
                go_on(self.look(caller.tenant(), payment).await)?;
            }
        }
        for reversal in &day.reversals {
            if !is_missing(found, Moved::Returned, &reversal.reference) {
                continue;
            }
            if let Some(id) = reversal.refund.as_ref().and_then(|id| id.parse().ok()) {
                go_on(self.give_back(caller.tenant(), id).await)?;
            }
            let payment = self.payment_of(caller, &day.account, &reversal.taken).await;
            if let Some(payment) = go_on(payment)?.flatten() {
                go_on(self.look_at_returns(caller, Id::from_uuid(payment.id)).await)?;
            }
        }
        for dispute in &day.disputes {
            go_on(self.keep_dispute(caller, &day.account, dispute).await)?;
        }
        Ok(())
    }

    /// Looks at disputes of other days that were decided unheard.
    pub(super) async fn mend_disputes(
        &self,
        caller: &Caller,
        found: &Comparison,
    ) -> Result<(), PaymentError> {
        for one in found.differences.iter().filter(|one| one.moved == Moved::Disputed) {
            if one.is_amiss() {
                go_on(Box::pin(self.look_at_dispute(caller, None, &one.reference)).await)?;
            }
        }
        Ok(())
    }
}

fn is_missing(found: &Comparison, moved: Moved, reference: &str) -> bool {
    let same = |one: &super::compare::Difference| {
        one.moved == moved && one.reference == reference && one.reason == Reason::MissingHere
    };
    found.differences.iter().any(same)
}

/// One that can't be put right doesn't keep the others from it; a provider that is away does.
fn go_on<T>(looked: Result<T, PaymentError>) -> Result<Option<T>, PaymentError> {
    match looked {
        Ok(found) => Ok(Some(found)),
        Err(PaymentError::ProviderAway) => Err(PaymentError::ProviderAway),
        Err(error) => {
            tracing::warn!(%error, "something in the provider's book can't be put right by itself");
            Ok(None)
        }
    }
}
