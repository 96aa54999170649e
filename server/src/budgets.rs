//! How often what may be done: the product's budgets, by name. The mechanism is in `limits`.

use std::sync::Arc;
use std::time::Duration;

use openchair_domain::config::{Limits, Plans};
use openchair_domain::ids::{Id, Tenant, User};
use openchair_domain::queue::Household;
use openchair_domain::tenancy::{Caller, RequestFacts};
use openchair_domain::text::Email;

use crate::limits::{Budget, Limiter, ip_key};
use crate::problem::ApiError;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// Requests a minute about oneself, or about the platform: no business's plan counts them.
const PER_PERSON: u32 = 240;

/// Pictures that a business may send in an hour: each takes a processor for a second.
const PICTURES: u32 = 40;

/// As if this many businesses could invite one address at once: whoever uses their own budget for it
/// up takes nothing from the others.
const BUSINESSES_PER_ADDRESS: u32 = 4;

/// The budgets in force.
#[derive(Debug)]
pub struct Budgets {
    limiter: Arc<Limiter>,
    sign_in_account: Budget,
    sign_in_ip: Budget,
    sign_up_ip: Budget,
    mail_account: Budget,
    invitation: Budget,
    invitation_address: Budget,
    invitation_tenant: Budget,
    public_ip: Budget,
    booking_ip: Budget,
    booking_contact: Budget,
    own_proof: Budget,
    person: Budget,
    picture: Budget,
    plan_factor: u32,
    queue_tickets_per_ip: usize,
}

/// Whom an address counts for. The audit log keeps the whole address.
fn ip(request: &RequestFacts) -> String {
    let ip = request.ip.as_deref().unwrap_or("unknown");
    ip.parse().map_or_else(|_| ip.to_owned(), ip_key)
}

impl Budgets {
    /// The budgets that the configuration sets.
    pub fn new(limiter: Arc<Limiter>, limits: &Limits) -> Self {
        Self {
            limiter,
            sign_in_account: Budget::new("sign_in", limits.sign_in_per_account_per_hour, HOUR),
            sign_in_ip: Budget::new("sign_in_ip", limits.sign_in_per_ip_per_minute, MINUTE),
            sign_up_ip: Budget::new("sign_up", limits.sign_up_per_ip_per_hour, HOUR),
            mail_account: Budget::new("mail", limits.mail_links_per_account_per_hour, HOUR),
            invitation: Budget::new("invite", limits.mail_links_per_account_per_hour, HOUR),
            invitation_address: Budget::new(
                "invite_address",
                limits.mail_links_per_account_per_hour.saturating_mul(BUSINESSES_PER_ADDRESS),
                HOUR,
            ),
            invitation_tenant: Budget::new(
                "invite_tenant",
                limits.invitations_per_tenant_per_hour,
                HOUR,
            ),
            public_ip: Budget::new("public", limits.public_per_ip_per_minute, MINUTE),
            booking_ip: Budget::new("booking", limits.bookings_per_ip_per_hour, HOUR),
            booking_contact: Budget::new(
                "booking_contact",
                limits.bookings_per_contact_per_day,
                DAY,
            ),
            own_proof: Budget::new("proof", limits.sign_in_per_account_per_hour, HOUR),
            person: Budget::new("person", PER_PERSON, MINUTE),
            picture: Budget::new("picture", PICTURES.saturating_mul(limits.plan_factor), HOUR),
            plan_factor: limits.plan_factor,
            queue_tickets_per_ip: limits.queue_tickets_per_ip,
        }
    }

    /// Guessing a password: counted by the account and by the address that guesses.
    pub async fn sign_in(&self, request: &RequestFacts, email: &Email) -> Result<(), ApiError> {
        self.limiter.require(&self.sign_in_ip, &ip(request)).await?;
        self.limiter.require(&self.sign_in_account, email.key()).await
    }

    /// Guessing a code.
    pub async fn second_factor(&self, request: &RequestFacts) -> Result<(), ApiError> {
        self.limiter.require(&self.sign_in_ip, &ip(request)).await
    }

    /// Guessing a link or token.
    pub async fn token(&self, request: &RequestFacts) -> Result<(), ApiError> {
        self.limiter.require(&self.sign_in_ip, &ip(request)).await
    }

    /// Filling somebody's mailbox.
    pub async fn mail_link(&self, request: &RequestFacts, email: &Email) -> Result<(), ApiError> {
        self.limiter.require(&self.sign_in_ip, &ip(request)).await?;
        self.limiter.require(&self.mail_account, email.key()).await
    }

    /// Filling one's own mailbox.
    pub async fn own_mail(&self, user: Id<User>) -> Result<(), ApiError> {
        self.limiter.require(&self.mail_account, &user.to_string()).await
    }

    /// Guessing with a session that isn't one's own: password and codes of the signed-in login.
    pub async fn own_proof(&self, user: Id<User>) -> Result<(), ApiError> {
        self.limiter.require(&self.own_proof, &user.to_string()).await
    }

    /// The same for a caller inside a tenant.
    pub async fn proof_of(&self, caller: &Caller) -> Result<(), ApiError> {
        self.limiter.require(&self.own_proof, &caller.scope()).await
    }

    /// Filling somebody's mailbox with invitations, from one business or from many; and filling many
    /// mailboxes from one business.
    pub async fn invitation(&self, from: Id<Tenant>, to: &str) -> Result<(), ApiError> {
        let to = to.trim().to_lowercase();
        self.limiter.require(&self.invitation, &format!("{from}/{to}")).await?;
        self.limiter.require(&self.invitation_address, &to).await?;
        self.limiter.require(&self.invitation_tenant, &from.to_string()).await
    }

    /// Asking in no business at all, with however many sessions.
    pub async fn person(&self, user: Id<User>) -> Result<(), ApiError> {
        self.limiter.require(&self.person, &user.to_string()).await
    }

    /// Having pictures drawn.
    pub async fn picture(&self, caller: &Caller) -> Result<(), ApiError> {
        self.limiter.require(&self.picture, &caller.tenant().to_string()).await
    }

    /// Signing up businesses by the dozen.
    pub async fn sign_up(&self, request: &RequestFacts) -> Result<(), ApiError> {
        self.limiter.require(&self.sign_up_ip, &ip(request)).await
    }

    /// Reading public pages.
    pub async fn public(&self, request: &RequestFacts) -> Result<(), ApiError> {
        self.limiter.require(&self.public_ip, &ip(request)).await
    }

    /// Taking time as a customer, from one address of the network.
    pub async fn taking(&self, request: &RequestFacts) -> Result<(), ApiError> {
        self.limiter.require(&self.booking_ip, &ip(request)).await
    }

    /// From where somebody joins a queue, and how many from there may wait in it.
    pub fn household(&self, request: &RequestFacts) -> Household {
        Household { address: ip(request), most: self.queue_tickets_per_ip }
    }

    /// Booking as a customer, by each way in which they can be reached.
    pub async fn contacts(&self, tenant: Id<Tenant>, ways: &[String]) -> Result<(), ApiError> {
        for way in ways {
            self.limiter.require(&self.booking_contact, &format!("{tenant} {way}")).await?;
        }
        Ok(())
    }

    /// What a business's plan allows, shared by all who call for it; and a fair part of it for each
    /// caller, so that one program can't use up what the desk needs.
    pub async fn caller(&self, caller: &Caller) -> Result<(), ApiError> {
        let plans = Plans::shipped();
        let per_minute =
            plans.get(&caller.facts().plan).map_or(60, |plan| plan.requests_per_minute);
        let per_minute = per_minute.saturating_mul(self.plan_factor);
        let own = Budget::new("caller", (per_minute / 2).max(30), MINUTE);
        self.limiter.require(&own, &format!("{}/{}", caller.tenant(), caller.scope())).await?;
        let all = Budget::new("tenant", per_minute, MINUTE);
        self.limiter.require(&all, &caller.tenant().to_string()).await
    }
}

#[cfg(test)]
mod tests {
    use openchair_domain::config::{Settings, Sources};

    use super::*;

    fn from(ip: &str) -> RequestFacts {
        RequestFacts { ip: Some(ip.to_owned()), ..RequestFacts::default() }
    }

    #[tokio::test]
    async fn a_household_is_one_address() {
        let few =
            ["sign_in_per_ip_per_minute", "sign_up_per_ip_per_hour", "public_per_ip_per_minute"]
                .map(|key| (format!("limits.{key}"), "2".to_owned()));
        let sources = Sources::of("test", Vec::<(String, String)>::new(), few.into());
        let limits = Settings::load(&sources).unwrap().limits;
        let ann = Email::parse("ann@example.com").unwrap();
        let limiter = Arc::new(Limiter::local(Arc::new(|| Duration::ZERO)));
        let budgets = Budgets::new(limiter, &limits);
        let mut allowed = [0; 6];
        for number in 1..=4 {
            // Some share a budget: each has a household of its own.
            let home = |turn: u32| from(&format!("2001:db8:2:{turn}::{number}"));
            let done = [
                budgets.sign_in(&home(1), &ann).await,
                budgets.mail_link(&home(2), &ann).await,
                budgets.second_factor(&home(3)).await,
                budgets.token(&home(4)).await,
                budgets.sign_up(&home(5)).await,
                budgets.public(&home(6)).await,
            ];
            for (count, done) in allowed.iter_mut().zip(done) {
                *count += u32::from(done.is_ok());
            }
        }
        assert_eq!(allowed, [2; 6]);
    }

    #[test]
    fn whom_an_address_counts_for() {
        assert_eq!(ip(&from("192.0.2.1")), "192.0.2.1");
        assert_eq!(ip(&from("2001:db8::1")), ip(&from("2001:db8::ffff:2")));
        assert_ne!(ip(&from("2001:db8::1")), ip(&from("2001:db8:0:1::1")));
        assert_eq!(ip(&RequestFacts::default()), "unknown");
    }
}
