//! What the stand-in knows: objects as they are answered with, each in its account.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::VERSION;
use crate::api::Link;
use crate::billing::Billing;
use crate::kept::KeptAnswers;
use crate::problem::Problem;
use crate::trouble::Trouble;

/// Stripe's own published examples, by the kind of the object.
static EXAMPLES: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("examples.json")).expect("the examples are JSON")
});

/// Those of what businesses pay for their plans.
static PLAN_EXAMPLES: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("examples_plans.json")).expect("the examples are JSON")
});

/// Those of cards that are left for later.
static CARD_EXAMPLES: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("examples_cards.json")).expect("the examples are JSON")
});

/// Those of what is disputed and sent to banks.
static BOOK_EXAMPLES: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("examples_books.json")).expect("the examples are JSON")
});

/// What is answered with for an object of this kind, with an example's values.
pub(crate) fn example(kind: &str) -> Value {
    let found = EXAMPLES.get(kind).or_else(|| CARD_EXAMPLES.get(kind));
    let found = found.or_else(|| BOOK_EXAMPLES.get(kind));
    found.unwrap_or_else(|| &PLAN_EXAMPLES[kind]).clone()
}

/// An object and whose it is. The platform's own is nobody's.
#[derive(Debug)]
struct Owned {
    account: Option<String>,
    value: Value,
}

/// Who asks for what is being done.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cause {
    pub(crate) request: Option<String>,
    pub(crate) key: Option<String>,
}

/// What is ordered of the payments to come.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    /// So many payments are paid, and the bank takes its time.
    pub(crate) slow_banks: u32,
    /// So many refunds are failed from the start.
    pub(crate) failing_refunds: u32,
    /// So many refunds are on their way, until they are settled.
    pub(crate) slow_refunds: u32,
}

/// Everything.
#[derive(Debug)]
pub(crate) struct State {
    seed: u64,
    made: u64,
    objects: Vec<Owned>,
    places: HashMap<String, usize>,
    /// Events that nobody was told of yet, in their order.
    pub(crate) news: VecDeque<String>,
    pub(crate) kept: KeptAnswers,
    pub(crate) troubles: Vec<Trouble>,
    pub(crate) orders: Orders,
    pub(crate) cause: Cause,
    /// The number that each session was paid with, or is about to be.
    pub(crate) cards: HashMap<String, String>,
    /// The number of each card that somebody paid with, or left.
    pub(crate) numbers: HashMap<String, String>,
    /// What is paid for at each session.
    pub(crate) titles: HashMap<String, String>,
    /// Where businesses say who they are.
    pub(crate) links: HashMap<String, Link>,
    /// What was said, when a session was made, of what will stand behind it.
    pub(crate) intent_data: HashMap<String, Value>,
    /// What stands behind subscriptions.
    pub(crate) billing: Billing,
    /// Accounts that were closed, or whose owners took them away from the platform.
    pub(crate) revoked: HashSet<String>,
    /// Refunds that come back by themselves, and when.
    pub(crate) coming_back: Vec<(String, i64)>,
    /// The time, as of this look.
    pub(crate) now: i64,
}

impl State {
    pub(crate) fn new() -> Self {
        Self {
            // Another one each time: names of yesterday are not those of today.
            seed: RandomState::new().hash_one(0_u8),
            made: 0,
            objects: Vec::new(),
            places: HashMap::new(),
            news: VecDeque::new(),
            kept: KeptAnswers::default(),
            troubles: Vec::new(),
            orders: Orders::default(),
            cause: Cause::default(),
            cards: HashMap::new(),
            numbers: HashMap::new(),
            titles: HashMap::new(),
            links: HashMap::new(),
            intent_data: HashMap::new(),
            billing: Billing::default(),
            revoked: HashSet::new(),
            coming_back: Vec::new(),
            now: 0,
        }
    }

    /// What comes about by time alone comes about.
    pub(crate) fn catch_up(&mut self) {
        self.expire_incomplete();
        self.bounce_refunds();
    }

    /// A name that nothing has yet.
    pub(crate) fn new_id(&mut self, prefix: &str) -> String {
        self.made += 1;
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(self.made.to_be_bytes());
        let hash = HEXLOWER.encode(&hash.finalize());
        format!("{prefix}_{}", &hash[..if prefix.starts_with("cs_") { 58 } else { 24 }])
    }

    /// Keeps an object under its name.
    pub(crate) fn keep(&mut self, account: Option<&str>, value: Value) {
        let id = value["id"].as_str().unwrap_or_default().to_owned();
        self.places.insert(id, self.objects.len());
        self.objects.push(Owned { account: account.map(str::to_owned), value });
    }

    /// An object, wherever it is.
    pub(crate) fn any(&self, kind: &str, id: &str) -> Option<(Option<&str>, &Value)> {
        let owned = self.objects.get(*self.places.get(id)?)?;
        (owned.value["object"] == kind).then_some((owned.account.as_deref(), &owned.value))
    }

    /// An object of this account.
    pub(crate) fn of(
        &self,
        account: Option<&str>,
        kind: &str,
        id: &str,
    ) -> Result<&Value, Problem> {
        match self.any(kind, id) {
            Some((owner, value)) if owner == account => Ok(value),
            _ => Err(Problem::no_such(kind, id)),
        }
    }

    /// From now on the platform may not speak for an account.
    pub(crate) fn revoke(&mut self, account: &str) -> bool {
        self.any("account", account).is_some() && self.revoked.insert(account.to_owned())
    }

    /// Whether the platform may speak for an account.
    pub(crate) fn is_ours(&self, account: &str) -> bool {
        self.any("account", account).is_some() && !self.revoked.contains(account)
    }

    /// The object itself, to be changed. Whoever asks knows that it is there.
    pub(crate) fn change(&mut self, id: &str) -> &mut Value {
        let place = self.places[id];
        &mut self.objects[place].value
    }

    /// All of a kind, in the order in which they were made.
    pub(crate) fn all(&self, kind: &str) -> impl Iterator<Item = (Option<&str>, &Value)> {
        let owned = self.objects.iter().filter(move |owned| owned.value["object"] == kind);
        owned.map(|owned| (owned.account.as_deref(), &owned.value))
    }

    /// Something happened to an object; it is told as it is now.
    pub(crate) fn emit(&mut self, account: Option<&str>, kind: &str, id: &str) {
        let object = self.objects[self.places[id]].value.clone();
        let mut event = example("event");
        let id = self.new_id("evt");
        event["id"] = id.as_str().into();
        event["created"] = self.now.into();
        event["type"] = kind.into();
        event["api_version"] = VERSION.into();
        event["data"] = json!({ "object": object });
        event["pending_webhooks"] = 1.into();
        event["request"] = json!({ "id": self.cause.request, "idempotency_key": self.cause.key });
        if let Some(account) = account {
            event["account"] = account.into();
        }
        self.keep(account, event);
        self.news.push_back(id);
    }
}
