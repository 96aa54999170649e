//! A line as anybody sees it: codes, and never whose they are.

use chrono::{DateTime, Utc};
use openchair_domain::diary::Shop;
use openchair_domain::ids::{Id, Location, StaffMember};
use openchair_domain::queue::{EntryFacts, Front, OwnTicket, State, WaitRange};
use poem_openapi::Object;

use crate::ids::Ref;
use crate::queue::{QueueServiceView, QueueState};

/// How long one waits, as it is said: never a false minute.
#[derive(Debug, Clone, Object)]
pub(crate) struct WaitRangeView {
    low_minutes: i64,
    high_minutes: i64,
}

impl From<WaitRange> for WaitRangeView {
    fn from(range: WaitRange) -> Self {
        Self { low_minutes: range.low, high_minutes: range.high }
    }
}

/// Somebody of the staff whom one can ask for.
#[derive(Debug, Clone, Object)]
struct QueueStaffView {
    id: Ref<StaffMember>,
    name: String,
}

/// A location's queue, for who might join it.
#[derive(Debug, Clone, Object)]
pub(crate) struct PublicQueueView {
    shop: String,
    shop_name: String,
    location: Ref<Location>,
    location_name: String,
    time_zone: String,
    /// ISO 4217: what prices are in
    currency: String,
    /// Whether one can join
    open: bool,
    /// How many wait
    waiting: u32,
    /// How long somebody would wait who joined now, if anybody can say
    newcomer: Option<WaitRangeView>,
    /// Whose turn it is
    called: Vec<String>,
    /// Who is being served
    serving: Vec<String>,
    /// What can be had without an appointment
    services: Vec<QueueServiceView>,
    /// Who serves
    staff: Vec<QueueStaffView>,
}

fn codes(entries: &[EntryFacts], state: State) -> Vec<String> {
    let standing = entries.iter().filter(|entry| entry.state == state);
    standing.map(|entry| entry.code.clone()).collect()
}

impl PublicQueueView {
    pub(super) fn of(front: Front, newcomer: Option<WaitRange>) -> Self {
        let Front { settings, entries, offered, shop } = front;
        let online = |id: Id<StaffMember>| shop.people.get(&id).is_some_and(|one| one.online);
        let staff = settings.staff.into_iter().filter(|one| online(one.id));
        let waiting = entries.iter().filter(|entry| entry.walks_in_and_waits()).count();
        Self {
            shop: shop.slug.clone(),
            shop_name: shop.name.clone(),
            location: settings.location.into(),
            location_name: settings.location_name,
            time_zone: shop.rules.zone.name().to_owned(),
            currency: shop.currency.clone(),
            open: settings.open,
            waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
            newcomer: newcomer.map(WaitRangeView::from),
            called: codes(&entries, State::Called),
            serving: codes(&entries, State::Serving),
            services: offered.into_iter().map(QueueServiceView::from).collect(),
            staff: staff.map(|one| QueueStaffView { id: one.id.into(), name: one.name }).collect(),
        }
    }
}

/// One ticket on the screen in the shop.
#[derive(Debug, Clone, Object)]
pub(crate) struct PublicBoardEntryView {
    code: String,
    state: QueueState,
    /// The first name of who calls or serves them, if customers find that one online
    staff: Option<String>,
    /// Where that is
    chair: Option<String>,
}

/// The screen in the shop: codes and chairs, and nobody's name but those of the staff.
#[derive(Debug, Clone, Object)]
pub(crate) struct PublicBoardView {
    shop_name: String,
    location: Ref<Location>,
    location_name: String,
    time_zone: String,
    open: bool,
    /// Who waits, is called or is being served, in their order
    entries: Vec<PublicBoardEntryView>,
}

/// Who calls or serves somebody, by their first name: of the staff whom customers find online, too.
fn first_name(entry: &EntryFacts, shop: &Shop) -> Option<String> {
    shop.people.get(&entry.staff?).filter(|one| one.online)?;
    let name = entry.staff_name.as_deref()?;
    Some(name.split_whitespace().next().unwrap_or_default().to_owned())
}

fn chair(shop: &Shop, staff: Id<StaffMember>) -> Option<String> {
    let rules = shop.rules.staff.iter().find(|rules| rules.id == staff)?;
    shop.rooms.get(&rules.default_room?).cloned()
}

impl PublicBoardEntryView {
    /// As the screen shows it.
    pub(crate) fn of(entry: EntryFacts, shop: &Shop) -> Self {
        Self {
            chair: entry.staff.and_then(|staff| chair(shop, staff)),
            staff: first_name(&entry, shop),
            code: entry.code,
            state: entry.state.into(),
        }
    }
}

impl From<Front> for PublicBoardView {
    fn from(front: Front) -> Self {
        let Front { settings, entries, shop, .. } = front;
        let entry = |entry| PublicBoardEntryView::of(entry, &shop);
        Self {
            shop_name: shop.name.clone(),
            location: settings.location.into(),
            location_name: settings.location_name,
            time_zone: shop.rules.zone.name().to_owned(),
            open: settings.open,
            entries: entries.into_iter().map(entry).collect(),
        }
    }
}

/// One's own place in a queue.
#[derive(Debug, Clone, Object)]
pub(crate) struct OwnEntryView {
    shop: String,
    shop_name: String,
    location: Ref<Location>,
    location_name: String,
    address: String,
    time_zone: String,
    code: String,
    state: QueueState,
    name: String,
    /// How many they are
    party: i16,
    services: Vec<QueueServiceView>,
    /// Their place among those who wait: the first is 1
    position: Option<u32>,
    /// How much longer they wait, if anybody can say
    wait: Option<WaitRangeView>,
    /// Whose turn it is
    called: Vec<String>,
    /// Who is being served
    serving: Vec<String>,
    /// The first name of who calls or serves them, if customers find that one online
    staff: Option<String>,
    /// Where that is
    chair: Option<String>,
    joined_at: DateTime<Utc>,
    /// Whether they said that they are there
    here: bool,
    called_at: Option<DateTime<Utc>>,
    /// When the visit begins that they got instead of waiting, if it stands
    visit_at: Option<DateTime<Utc>>,
    /// How often they may still let somebody pass
    passes_left: i16,
    version: i32,
}

impl From<OwnTicket> for OwnEntryView {
    fn from(ticket: OwnTicket) -> Self {
        let OwnTicket { entry, shop, others, wait, passes_left, visit_at } = ticket;
        let codes = |state: State| {
            let standing = others.iter().filter(|(_, stands)| *stands == state);
            standing.map(|(code, _)| code.clone()).collect()
        };
        Self {
            shop: shop.slug.clone(),
            shop_name: shop.name.clone(),
            location: entry.location.into(),
            location_name: shop.location_name.clone(),
            address: shop.address.clone(),
            time_zone: shop.rules.zone.name().to_owned(),
            called: codes(State::Called),
            serving: codes(State::Serving),
            position: wait.as_ref().map(|wait| wait.position),
            wait: wait.and_then(|wait| wait.range()).map(WaitRangeView::from),
            chair: entry.staff.and_then(|staff| chair(&shop, staff)),
            staff: first_name(&entry, &shop),
            code: entry.code,
            state: entry.state.into(),
            name: entry.name,
            party: entry.party,
            services: entry.services.into_iter().map(QueueServiceView::from).collect(),
            joined_at: entry.joined_at,
            here: entry.here_at.is_some(),
            called_at: entry.called_at,
            visit_at,
            passes_left,
            version: entry.version,
        }
    }
}

/// Somebody who is in the queue now.
#[derive(Debug, Clone, Object)]
pub(super) struct TicketView {
    /// Their way back to it, `/q/{token}`: shown once
    pub(super) token: String,
    pub(super) entry: OwnEntryView,
}
