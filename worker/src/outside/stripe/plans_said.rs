//! What Stripe answers about plans, as far as we read it.

use std::collections::HashMap;

use openchair_domain::payments::ProviderError;
use openchair_domain::plans::{Going, SubscriptionState};
use serde::Deserialize;

use super::amounts::from_stripe;

/// Something that was made, or is there.
#[derive(Debug, Deserialize)]
pub(super) struct Named {
    pub(super) id: String,
    pub(super) url: Option<String>,
    pub(super) status: Option<String>,
}

/// Some of many.
#[derive(Debug, Deserialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Price {
    pub(super) id: String,
    active: bool,
    currency: String,
    /// None, where it depends on how much is taken.
    unit_amount: Option<i64>,
    recurring: Option<Recurring>,
    product: Option<Product>,
    /// What we noted of it.
    #[serde(default)]
    metadata: HashMap<String, String>,
}

#[derive(Debug, Deserialize)]
struct Recurring {
    interval: String,
    interval_count: i64,
}

/// What a price is for; its name at Stripe's, unless it was asked for.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Product {
    Written {
        id: String,
        name: Option<String>,
        active: Option<bool>,
    },
    #[expect(dead_code, reason = "tells that it wasn't written out")]
    Named(String),
}

impl Price {
    /// Whether a plan costs this, each month.
    pub(super) fn is(&self, plan: &str, amount: i64, currency: &str) -> bool {
        let monthly = self
            .recurring
            .as_ref()
            .is_some_and(|each| each.interval == "month" && each.interval_count == 1);
        self.active
            // Nobody can take what isn't offered any more.
            && self.product().is_some()
            && monthly
            && self.unit_amount == Some(amount)
            && self.currency == currency
            && self.plan() == Some(plan)
    }

    /// What it is for, if something new can be for it.
    pub(super) fn product(&self) -> Option<&str> {
        match self.product.as_ref()? {
            Product::Written { id, active: Some(true), .. } => Some(id),
            Product::Written { .. } | Product::Named(_) => None,
        }
    }

    /// What it is for, where that is called otherwise.
    pub(super) fn renamed(&self, wanted: &str) -> Option<&str> {
        match self.product.as_ref()? {
            Product::Written { id, name: Some(name), active: Some(true) } if name != wanted => {
                Some(id)
            }
            Product::Written { .. } | Product::Named(_) => None,
        }
    }

    fn plan(&self) -> Option<&str> {
        self.metadata.get("plan").map(String::as_str)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Subscription {
    id: String,
    status: String,
    items: Page<Item>,
    created: i64,
    cancel_at: Option<i64>,
    #[serde(default)]
    cancel_at_period_end: bool,
}

#[derive(Debug, Deserialize)]
struct Item {
    id: String,
    price: Price,
    current_period_end: Option<i64>,
}

impl Subscription {
    /// How it stands.
    pub(super) fn state(self) -> Result<SubscriptionState, ProviderError> {
        let stage = stage(&self.status)?;
        let mut items = self.items.data;
        // Somebody may have added something else to it by hand.
        let place = items.iter().position(|item| item.price.plan().is_some()).unwrap_or(0);
        if items.is_empty() {
            let said = format!("Stripe doesn't say what {} is for", self.id);
            return Err(ProviderError::Away(said));
        }
        let item = items.swap_remove(place);
        let currency = item.price.currency.to_uppercase();
        let at_period_end = item.current_period_end.filter(|_| self.cancel_at_period_end);
        Ok(SubscriptionState {
            id: self.id,
            item: item.id,
            stage,
            plan: item.price.plan().map(str::to_owned),
            amount_minor: from_stripe(item.price.unit_amount.unwrap_or(0), &currency)?,
            currency,
            price: item.price.id,
            period_ends: item.current_period_end,
            ends_at: self.cancel_at.or(at_period_end),
            created: self.created,
        })
    }
}

fn stage(status: &str) -> Result<Going, ProviderError> {
    Ok(match status {
        // What was never paid for the first time never was a plan, also once nobody can pay it any more.
        "incomplete" | "incomplete_expired" => Going::Incomplete,
        "trialing" => Going::Trying,
        "active" => Going::Active,
        "past_due" => Going::PastDue,
        "unpaid" => Going::Unpaid,
        "paused" => Going::Paused,
        "canceled" => Going::Ended,
        other => {
            let said = format!("Stripe says that a subscription is {other}, which nobody knows");
            return Err(ProviderError::Away(said));
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn subscription(status: &str, changed: Value) -> Value {
        let mut said = json!({
            "id": "sub_1", "status": status, "created": 1, "cancel_at": null,
            "cancel_at_period_end": false,
            "items": { "data": [item("si_1", json!({ "plan": "team" }))] },
        });
        for (name, value) in changed.as_object().into_iter().flatten() {
            said[name] = value.clone();
        }
        said
    }

    fn item(id: &str, metadata: Value) -> Value {
        json!({ "id": id, "current_period_end": 90, "price": {
            "id": format!("price_of_{id}"), "active": true, "currency": "eur",
            "unit_amount": 1_900, "metadata": metadata, "product": "prod_1",
            "recurring": { "interval": "month", "interval_count": 1 },
        }})
    }

    fn read(said: Value) -> Result<SubscriptionState, ProviderError> {
        serde_json::from_value::<Subscription>(said).unwrap().state()
    }

    #[test]
    fn how_a_subscription_goes() {
        for (status, stage) in [
            ("incomplete", Going::Incomplete),
            ("incomplete_expired", Going::Incomplete),
            ("trialing", Going::Trying),
            ("active", Going::Active),
            ("past_due", Going::PastDue),
            ("unpaid", Going::Unpaid),
            ("paused", Going::Paused),
            ("canceled", Going::Ended),
        ] {
            let state = read(subscription(status, json!({}))).unwrap();
            assert_eq!(state.stage, stage, "{status}");
            assert_eq!((state.plan.as_deref(), state.amount_minor), (Some("team"), 1_900));
        }
        let unknown = read(subscription("dreaming", json!({})));
        assert!(matches!(unknown, Err(ProviderError::Away(_))), "{unknown:?}");
    }

    #[test]
    fn when_it_ends() {
        for (changed, ends_at) in [
            (json!({}), None),
            (json!({ "cancel_at_period_end": true }), Some(90)),
            (json!({ "cancel_at": 80, "cancel_at_period_end": true }), Some(80)),
            // As the portal says it.
            (json!({ "cancel_at": 90 }), Some(90)),
        ] {
            let case = changed.to_string();
            let state = read(subscription("active", changed)).unwrap();
            assert_eq!((state.ends_at, state.period_ends), (ends_at, Some(90)), "{case}");
        }
    }

    #[test]
    fn what_somebody_added_by_hand() {
        let two = [item("si_1", json!({})), item("si_2", json!({ "plan": "team" }))];
        let state = read(subscription("active", json!({ "items": { "data": two } }))).unwrap();
        assert_eq!((state.item.as_str(), state.price.as_str()), ("si_2", "price_of_si_2"));
        let strange = [item("si_1", json!({}))];
        let state = read(subscription("active", json!({ "items": { "data": strange } }))).unwrap();
        assert_eq!((state.item.as_str(), state.plan), ("si_1", None));
        let nothing = read(subscription("active", json!({ "items": { "data": [] } })));
        assert!(matches!(nothing, Err(ProviderError::Away(_))), "{nothing:?}");
    }
}
