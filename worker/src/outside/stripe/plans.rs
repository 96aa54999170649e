//! Businesses' own plans: the platform's prices, and who has which of them. Nothing here is asked in the name of
//! a business's account.

use async_trait::async_trait;
use openchair_domain::payments::{Opened, ProviderError};
use openchair_domain::plans::{Biller, Going, NewBuyer, NewCheckout, PlanPrice, SubscriptionState};

use super::amounts::to_stripe;
use super::plans_said::{Named, Page, Price, Subscription};
use super::said::Link;
use super::wire::{Form, Question};
use super::{LONGEST_TITLE, Stripe, key, locale};

/// So many subscriptions are asked for at once: an answer has to be short enough to be read.
const PAGE: &str = "20";
/// So often the next ones are asked for. Nobody has that many.
const MOST_PAGES: usize = 50;

/// Whatever is the platform's own.
fn ours<'a>(path: &'a [&'a str]) -> Question<'a> {
    Question { path, account: None }
}

/// A name as Stripe takes it.
fn title(name: &str) -> String {
    name.chars().take(LONGEST_TITLE).collect()
}

impl Stripe {
    /// The price that has the key of a plan, whatever it costs.
    async fn price_of(&self, lookup_key: &str) -> Result<Option<Price>, ProviderError> {
        let query = [("lookup_keys[]", lookup_key), ("limit", "1"), ("expand[]", "data.product")];
        let found: Page<Price> = self.wire.get(ours(&["prices"]), &query).await?;
        Ok(found.data.into_iter().next())
    }

    async fn subscription(&self, id: &str) -> Result<SubscriptionState, ProviderError> {
        let found: Subscription = self.wire.get(ours(&["subscriptions", id]), &[]).await?;
        found.state()
    }
}

#[async_trait]
impl Biller for Stripe {
    async fn price(&self, wanted: &PlanPrice) -> Result<String, ProviderError> {
        let amount = to_stripe(wanted.amount_minor, &wanted.currency)?;
        let currency = wanted.currency.to_lowercase();
        let lookup_key = format!("openchair_{}", wanted.plan);
        let name = title(&wanted.name);
        let before = self.price_of(&lookup_key).await?;
        if let Some(product) = before.as_ref().and_then(|price| price.renamed(&name)) {
            let form: Form = vec![("name", name.clone())];
            self.wire.post::<Named>(ours(&["products", product]), None, form).await?;
        }
        if let Some(price) = &before
            && price.is(&wanted.plan, amount, &currency)
        {
            return Ok(price.id.clone());
        }
        let mut form: Form = vec![
            ("currency", currency.clone()),
            ("unit_amount", amount.to_string()),
            ("recurring[interval]", "month".to_owned()),
            ("lookup_key", lookup_key),
            // Who has the old one keeps it, until they are moved.
            ("transfer_lookup_key", "true".to_owned()),
            ("metadata[plan]", wanted.plan.clone()),
        ];
        if let Some(product) = before.as_ref().and_then(Price::product) {
            form.push(("product", product.to_owned()));
        } else {
            form.push(("product_data[name]", name));
            form.push(("product_data[metadata][plan]", wanted.plan.clone()));
        }
        // What it cost before may be what it costs again, within the day for which Stripe knows keys.
        let after = before.as_ref().map_or("none", |price| &price.id);
        let once = format!("{}:{amount}:{currency}:after:{after}", wanted.plan);
        let made: Named =
            self.wire.post(ours(&["prices"]), Some(&key("price", &once)), form).await?;
        Ok(made.id)
    }

    async fn open_buyer(&self, new: &NewBuyer) -> Result<String, ProviderError> {
        let mut form: Form = vec![("metadata[tenant]", new.tenant.clone())];
        if !new.name.trim().is_empty() {
            form.push(("name", title(&new.name)));
        }
        if let Some(email) = &new.email {
            form.push(("email", email.clone()));
        }
        let key = key("buyer", &new.key);
        let made: Named = self.wire.post(ours(&["customers"]), Some(&key), form).await?;
        Ok(made.id)
    }

    async fn open_checkout(&self, new: &NewCheckout) -> Result<Opened, ProviderError> {
        let mut form: Form = vec![
            ("mode", "subscription".to_owned()),
            ("payment_method_types[0]", "card".to_owned()),
            ("line_items[0][price]", new.price.clone()),
            ("line_items[0][quantity]", "1".to_owned()),
            ("customer", new.customer.clone()),
            ("success_url", new.back_url.clone()),
            ("cancel_url", new.back_url.clone()),
            ("client_reference_id", new.tenant.clone()),
            ("metadata[tenant]", new.tenant.clone()),
            ("metadata[plan]", new.plan.clone()),
            // For who looks at the subscription itself.
            ("subscription_data[metadata][tenant]", new.tenant.clone()),
            ("subscription_data[metadata][plan]", new.plan.clone()),
            ("locale", locale(&new.locale).to_owned()),
            ("expires_at", new.expires_at.to_string()),
        ];
        if let Some(end) = new.trial_ends {
            form.push(("subscription_data[trial_end]", end.to_string()));
        }
        let key = key("checkout", &new.key);
        let question = ours(&["checkout", "sessions"]);
        let session: Named = self.wire.post(question, Some(&key), form).await?;
        match session.url {
            Some(url) => Ok(Opened { reference: session.id, url }),
            None => Err(ProviderError::Away("Stripe doesn't say where its page is".to_owned())),
        }
    }

    async fn close_checkout(&self, reference: &str) -> Result<(), ProviderError> {
        let expire = ["checkout", "sessions", reference, "expire"];
        let Err(refused) = self.wire.post::<Named>(ours(&expire), None, Vec::new()).await else {
            return Ok(());
        };
        if !matches!(refused, ProviderError::Refused { .. }) {
            return Err(refused);
        }
        // What isn't open can't be closed: somebody took the plan, or it was closed before.
        let path = ["checkout", "sessions", reference];
        let session: Named = self.wire.get(ours(&path), &[]).await?;
        if session.status.as_deref() == Some("open") { Err(refused) } else { Ok(()) }
    }

    async fn portal(&self, customer: &str, back_url: &str) -> Result<String, ProviderError> {
        let form: Form =
            vec![("customer", customer.to_owned()), ("return_url", back_url.to_owned())];
        let path = ["billing_portal", "sessions"];
        let link: Link = self.wire.post(ours(&path), None, form).await?;
        Ok(link.url)
    }

    async fn subscriptions(&self, customer: &str) -> Result<Vec<SubscriptionState>, ProviderError> {
        let mut found: Vec<SubscriptionState> = Vec::new();
        for _ in 0..MOST_PAGES {
            let last = found.last().map(|one| one.id.clone());
            let mut query = vec![("customer", customer), ("status", "all"), ("limit", PAGE)];
            if let Some(last) = &last {
                query.push(("starting_after", last));
            }
            let page: Page<Subscription> = self.wire.get(ours(&["subscriptions"]), &query).await?;
            let more = page.has_more && !page.data.is_empty();
            for one in page.data {
                found.push(one.state()?);
            }
            if !more {
                return Ok(found);
            }
        }
        Err(ProviderError::Away("Stripe's list of subscriptions has no end".to_owned()))
    }

    async fn change(
        &self,
        key: &str,
        subscription: &SubscriptionState,
        price: &str,
    ) -> Result<SubscriptionState, ProviderError> {
        let form: Form = vec![
            ("items[0][id]", subscription.item.clone()),
            ("items[0][price]", price.to_owned()),
            ("proration_behavior", "create_prorations".to_owned()),
        ];
        let path = ["subscriptions", &*subscription.id];
        let once = super::key("change", key);
        self.wire.post::<Subscription>(ours(&path), Some(&once), form).await?.state()
    }

    async fn end(&self, subscription: &str) -> Result<SubscriptionState, ProviderError> {
        let path = ["subscriptions", subscription];
        match self.wire.delete::<Subscription>(ours(&path)).await {
            Ok(ended) => ended.state(),
            // What is over isn't found there.
            Err(refused @ ProviderError::Refused { .. }) => {
                let state = self.subscription(subscription).await?;
                if state.stage == Going::Ended { Ok(state) } else { Err(refused) }
            }
            Err(away) => Err(away),
        }
    }
}
