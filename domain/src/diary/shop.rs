//! One location as a booking needs it: the engine's rules, and what they are called and cost.

use std::collections::HashMap;
use std::sync::Arc;

use crate::availability::{Alignment, Rules, SlotRules};
use crate::ids::{Addon, Form, Id, Location, Package, Room, Service, StaffMember};
use crate::messaging::Settings;
use crate::payments::chargeable::{down, percent_up, up};
use crate::policies::{Asked, WaitlistOrder};
use crate::risk::Rule;

/// A location with everything that can be booked there.
#[derive(Debug, Clone, PartialEq)]
pub struct Shop {
    /// Which.
    pub location: Id<Location>,
    /// The version of its rules that this was read under.
    pub version: i64,
    /// What the location is called.
    pub location_name: String,
    /// Where it is.
    pub address: String,
    /// What the business is called.
    pub name: String,
    /// The business's web address.
    pub slug: String,
    /// What prices are in.
    pub currency: String,
    /// In which country its telephone numbers are read.
    pub country: String,
    /// Whether somebody could be a member here.
    pub has_memberships: bool,
    /// Its language.
    pub locale: String,
    /// What the engine needs.
    pub rules: Rules,
    /// The business's own booking rules.
    pub policy: Policy,
    /// What it asks of customers.
    pub asks: Asks,
    /// Whom it asks first when time frees up.
    pub waitlist_order: WaitlistOrder,
    /// What it says to customers, and by which of the ways that somebody carries.
    pub messages: Settings,
    /// What it offers.
    pub services: HashMap<Id<Service>, Offer>,
    /// What goes with it.
    pub addons: HashMap<Id<Addon>, Extra>,
    /// What is sold together.
    pub packages: HashMap<Id<Package>, Bundle>,
    /// Its staff, at whichever location.
    pub people: HashMap<Id<StaffMember>, Person>,
    /// What its rooms are called.
    pub rooms: HashMap<Id<Room>, String>,
}

/// Booking rules: the business's, with what a service has otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Minutes between starts.
    pub step: u16,
    /// Where they lie.
    pub alignment: Alignment,
    /// Minutes between now and the first start.
    pub notice: u32,
    /// Days ahead.
    pub horizon_days: u16,
    /// Minutes before the start until which a customer may cancel.
    pub cancel_notice: u32,
    /// Minutes before the start until which a customer may move.
    pub move_notice: u32,
    /// What a late cancellation costs, of the price.
    pub late_cancel_fee_percent: u8,
    /// What it costs not to come, of the price.
    pub no_show_fee_percent: u8,
    /// Whether staff must approve.
    pub needs_approval: bool,
    /// Whether customers prove their address first.
    pub verify_contact: bool,
    /// Whether customers who book online leave a card first.
    pub ask_card: bool,
    /// What is asked besides when it seems that nobody may come.
    pub risk: Rule,
}

impl Policy {
    /// The stricter of both in everything; the starts lie where this one has them.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            step: self.step,
            alignment: self.alignment,
            notice: self.notice.max(other.notice),
            horizon_days: self.horizon_days.min(other.horizon_days),
            cancel_notice: self.cancel_notice.max(other.cancel_notice),
            move_notice: self.move_notice.max(other.move_notice),
            late_cancel_fee_percent: self
                .late_cancel_fee_percent
                .max(other.late_cancel_fee_percent),
            no_show_fee_percent: self.no_show_fee_percent.max(other.no_show_fee_percent),
            needs_approval: self.needs_approval || other.needs_approval,
            verify_contact: self.verify_contact || other.verify_contact,
            ask_card: self.ask_card || other.ask_card,
            risk: self.risk.and(other.risk),
        }
    }

    /// What the engine needs of it.
    pub fn slots(&self) -> SlotRules {
        SlotRules {
            step: self.step,
            alignment: self.alignment,
            notice: self.notice,
            horizon_days: self.horizon_days,
        }
    }
}

/// What a business asks of who books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asks {
    /// The e-mail address.
    pub email: Asked,
    /// The telephone number.
    pub phone: Asked,
    /// Whether a note can be left.
    pub note: bool,
}

/// A service.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Offer {
    /// What it is called.
    pub name: String,
    /// How long it takes.
    pub minutes: u16,
    /// What it costs.
    pub price_minor: i64,
    /// Whether that is for each customer.
    pub price_for_each: bool,
    /// Minutes before it.
    pub buffer_before: u16,
    /// Minutes after it.
    pub buffer_after: u16,
    /// Whether customers book it themselves.
    pub online: bool,
    /// Whether only members do.
    pub members_only: bool,
    /// How many customers it is for, at least.
    pub min_customers: u8,
    /// At most.
    pub max_customers: u8,
    /// How many of the staff each customer needs.
    pub staff_per_customer: u8,
    /// Whether it needs a room.
    pub needs_room: bool,
    /// What the room must have.
    pub features: Vec<Arc<str>>,
    /// What it must have besides for two.
    pub features_for_two: Vec<Arc<str>>,
    /// What is due when it is booked.
    pub deposit: Deposit,
    /// Its booking rules.
    pub policy: Policy,
    /// What goes with it.
    pub addons: Vec<Id<Addon>>,
    /// What customers fill in or agree to.
    pub forms: Vec<Asking>,
}

/// What is due when something is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deposit {
    /// Nothing.
    None,
    /// So much.
    Fixed(i64),
    /// So much of the price.
    Percent(i64),
}

impl Deposit {
    /// How much that is, of a price, in steps that cards know.
    pub(crate) fn of(self, price_minor: i64, step: i64) -> i64 {
        match self {
            Self::None => 0,
            Self::Fixed(amount) => up(amount, step).min(down(price_minor, step)),
            // To the next step: nobody keeps fractions.
            Self::Percent(percent) => percent_up(price_minor, percent, step),
        }
    }
}

/// A form in the version that is asked now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// Which.
    pub form: Id<Form>,
    /// Its version.
    pub version: i32,
    /// Whether it is a consent; else an intake form.
    pub consent: bool,
    /// What it is called.
    pub name: String,
}

/// An add-on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// What it is called.
    pub name: String,
    /// How much longer it takes.
    pub minutes: u16,
    /// What it costs.
    pub price_minor: i64,
}

/// A package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// What it is called.
    pub name: String,
    /// Whether all of it happens at once.
    pub parallel: bool,
    /// What it costs.
    pub price_minor: i64,
    /// Whether customers book it themselves.
    pub online: bool,
    /// What is in it.
    pub items: Vec<Id<Service>>,
}

/// One of the staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What they are called.
    pub name: String,
    /// Whether customers can choose them.
    pub online: bool,
    /// Where they work.
    pub places: Vec<Id<Location>>,
}
