//! Typed ids: a `UUIDv7` inside, prefixed and readable outside (`ten_01j…`). Two kinds of id can't
//! be mixed up in code, and a person who reads a log sees what an id names.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use data_encoding::{Encoding, Specification};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use crate::entropy::Entropy;
use crate::time::Instant;

/// What an id names. Implemented by the marker types below.
pub trait Kind: Send + Sync + 'static {
    /// The three letters before the underscore.
    const PREFIX: &'static str;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal),+ $(,)?) => {
        $($(#[$doc])* #[derive(Debug, Clone, Copy, PartialEq, Eq)] pub enum $name {}
        impl Kind for $name { const PREFIX: &'static str = $prefix; })+
    };
}

kinds! {
    /// A business.
    Tenant = "ten",
    /// A global login.
    User = "usr",
    /// A user's place in a tenant.
    Membership = "mem",
    /// An invitation to join a tenant.
    Invitation = "inv",
    /// A role that a tenant composed for itself.
    CustomRole = "rol",
    /// An API key.
    ApiKey = "key",
    /// A browser session, or an API client's token family.
    Session = "ses",
    /// A link that is good once.
    OneTimeToken = "ott",
    /// What a customer who comes back shows.
    RegularPass = "rpa",
    /// An API client's refresh token.
    RefreshToken = "rtk",
    /// A place of business.
    Location = "loc",
    /// A bookable service.
    Service = "svc",
    /// A category of services.
    Category = "cat",
    /// Something that goes with a service.
    Addon = "add",
    /// Services sold together.
    Package = "pkg",
    /// What customers can be members of.
    MembershipPlan = "pln",
    /// An intake form or a consent.
    Form = "frm",
    /// Days on which the door stays shut.
    Closure = "clo",
    /// A room, a chair, a cabin.
    Room = "rom",
    /// Who serves customers.
    StaffMember = "stf",
    /// A stretch in which somebody doesn't work.
    TimeOff = "off",
    /// Whom a business serves.
    Customer = "cus",
    /// Two customers' records that may be one person's.
    MergeSuggestion = "sug",
    /// Two customers' records that became one.
    CustomerMerge = "mrg",
    /// What a customer agreed to or withdrew.
    Consent = "con",
    /// A customer's answers to a form.
    FormAnswer = "ans",
    /// A customer's membership.
    CustomerMembership = "cms",
    /// A file of customers.
    CustomerImport = "imp",
    /// A visit.
    Appointment = "apt",
    /// Visits that repeat.
    Series = "ser",
    /// A place on the waiting list.
    WaitlistEntry = "wtl",
    /// Time that is kept for one who waits.
    WaitlistOffer = "wof",
    /// A party in a walk-in queue.
    QueueEntry = "que",
    /// A tablet at the door, at which people join the queue.
    Kiosk = "kio",
    /// An audit entry.
    AuditEntry = "aud",
    /// A platform administrator's time-limited admission to a tenant.
    SupportGrant = "grt",
    /// An event in the outbox.
    Event = "evt",
    /// A job for the worker.
    Job = "job",
    /// Something about the deployment that isn't well.
    Alert = "alt",
    /// Where a business wants to be told of events.
    WebhookEndpoint = "whe",
    /// An event on its way to an endpoint.
    WebhookDelivery = "whd",
    /// What is said to a customer.
    Message = "msg",
    /// Several messages over days.
    Sequence = "sqn",
    /// Somebody on the way through a sequence.
    SequenceRun = "run",
    /// That somebody doesn't want to be written to.
    OptOut = "opt",
    /// What a customer answered to a message.
    MessageReply = "rpl",
    /// A browser that asked for notes.
    PushSubscription = "psh",
    /// A mail that left, under the number of the job or the message that it comes from.
    Mailed = "eml",
    /// What a customer pays.
    Payment = "pay",
    /// What a customer gets back.
    Refund = "rfd",
    /// A card that a customer left.
    Card = "crd",
    /// A line of the book.
    LedgerLine = "led",
    /// The end of a day at the till.
    TillClose = "tcl",
    /// A payment that a customer went to their bank about.
    Dispute = "dsp",
    /// What the provider of payments sends to a bank.
    Payout = "pyo",
    /// The provider's book of a day beside ours.
    BookCheck = "bck",
    /// Something that is sold ahead.
    Sale = "sal",
    /// A gift voucher.
    Voucher = "vou",
    /// Somebody who buys a gift voucher on a business's page.
    VoucherOrder = "vor",
    /// A kind of pass.
    PassKind = "pki",
    /// A pass: several visits that were paid for at once.
    Pass = "pas",
}

/// The id of one `K`.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

impl<K: Kind> Id<K> {
    /// A new id: sorts by time of creation.
    pub fn new(now: Instant, entropy: &dyn Entropy) -> Self {
        let mut random = [0u8; 10];
        entropy.fill(&mut random);
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        Self::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// No id that was made at this instant or later sorts before it, and every earlier one does, to
    /// the millisecond that ids know of. For asking a key for a time.
    pub fn first_at(at: Instant) -> Self {
        Self::first_in(at.timestamp_millis())
    }

    /// Every id that was made at this instant or earlier sorts before it.
    pub fn first_after(at: Instant) -> Self {
        Self::first_in(at.timestamp_millis() + 1)
    }

    fn first_in(millis: i64) -> Self {
        // An id has 48 bits for its time.
        let millis = u128::try_from(millis).unwrap_or(0).min((1 << 48) - 1);
        Self::from_uuid(Uuid::from_u128(millis << 80))
    }

    /// The id that a stored key stands for.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The key as it is stored.
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// An id that names nothing. Malformed ids from outside become this one, so that they are
    /// answered exactly like ids that don't exist.
    pub const fn nothing() -> Self {
        Self(Uuid::nil(), PhantomData)
    }

    /// The id in `text`, or the one that names nothing.
    pub fn parse_or_nothing(text: &str) -> Self {
        text.parse().unwrap_or_else(|_| Self::nothing())
    }
}

/// Crockford's alphabet: no i, l, o, u, so that an id can be read out over the telephone.
fn alphabet() -> &'static Encoding {
    static CROCKFORD: std::sync::LazyLock<Encoding> = std::sync::LazyLock::new(|| {
        let mut spec = Specification::new();
        spec.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
        spec.encoding().unwrap_or(data_encoding::BASE32HEX_NOPAD)
    });
    &CROCKFORD
}

/// What is wrong with a text that should be an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind")]
pub struct BadId;

impl<K: Kind> FromStr for Id<K> {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let code = text
            .strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .filter(|code| code.len() == 26)
            .ok_or(BadId)?;
        let bytes = alphabet().decode(code.as_bytes()).map_err(|_| BadId)?;
        let key: [u8; 16] = bytes.try_into().map_err(|_| BadId)?;
        Ok(Self::from_uuid(Uuid::from_bytes(key)))
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", K::PREFIX, alphabet().encode(self.0.as_bytes()))
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_of_another_kind_is_no_id() {
        let tenant = Id::<Tenant>::from_uuid(Uuid::from_u128(7));
        assert!(tenant.to_string().parse::<Id<User>>().is_err());
        for bad in ["", "ten_", "ten_01", "ten", "TEN_00000000000000000000000000", "ten_é"] {
            assert!(bad.parse::<Id<Tenant>>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn times_that_no_id_can_have_are_bounds_too() {
        assert_eq!(Id::<Job>::first_at(Instant::MIN_UTC).uuid(), Uuid::nil());
        let last = Id::<Job>::first_after(Instant::MAX_UTC);
        assert!(last > Id::first_at("2026-03-08T10:00:00Z".parse().unwrap()));
    }

    proptest! {
        #[test]
        fn text_and_back(raw in any::<u128>()) {
            let id = Id::<Tenant>::from_uuid(Uuid::from_u128(raw));
            prop_assert_eq!(id.to_string().len(), 30);
            prop_assert_eq!(id.to_string().parse::<Id<Tenant>>().unwrap(), id);
        }

        #[test]
        fn times_are_bounds_of_ids(micros in 0i64..1 << 57, seed in any::<u64>()) {
            let at = Instant::from_timestamp_micros(micros).unwrap();
            let earlier = at - chrono::Duration::milliseconds(1);
            let id = |at| Id::<Job>::new(at, &crate::entropy::TestEntropy::seeded(seed));
            prop_assert!(Id::first_at(at) <= id(at) && id(at) < Id::first_after(at));
            prop_assert!(micros < 1_000 || id(earlier) < Id::first_at(at));
            prop_assert!(Id::first_after(earlier) <= id(at));
        }

        #[test]
        fn any_text_is_an_id_or_refused(text in ".{0,40}") {
            if let Ok(id) = text.parse::<Id<Tenant>>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }
}
