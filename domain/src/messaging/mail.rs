//! Mails that concern a login or a team: queued in the transaction that gives the reason for them, as
//! a job that has everything in it. What customers get is a message, with a row of its own.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ids::{Id, Tenant};
use crate::jobs::{self, NewJob};
use crate::tenancy::{StoreError, SystemTx, TenantTx};
use crate::text::Email;
use crate::time::Instant;

/// The kind of job that sends a mail.
pub const SEND_MAIL: &str = "mail.send";

/// What has built-in words; each has them under `config/templates`, in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// Welcome, and prove that this address is yours.
    VerifyEmail,
    /// A link that signs in.
    MagicLink,
    /// A link that sets a new password.
    PasswordReset,
    /// Somebody wants you on their team.
    Invitation,
    /// Your password, second factor or sessions changed: was it you?
    SecurityNotice,
    /// A code that proves this address while a time is kept: `business`, `code`. No `name`: what a
    /// stranger typed must not reach an address that isn't proven to be theirs.
    BookingCode,
    /// A link to all of one's visits: `minutes`. No name: which of their records' would it be?
    RegularLink,
    /// Your visit is booked. Like all about a visit: `name`, `business`, `title`, `date`
    /// (`YYYY-MM-DD`), `time` (`HH:MM`), `place`, and the `reason` why staff called it off, or nothing.
    BookingConfirmed,
    /// You asked for a visit and the staff will answer.
    BookingRequested,
    /// A deposit or a card is missing before your visit is booked.
    BookingUnpaid,
    /// The staff can't take your visit.
    BookingDeclined,
    /// Your visit is at another time or place, which the mail names.
    BookingMoved,
    /// Your visit will not take place.
    BookingCancelled,
    /// Your visit was never certain, and its time is over: no deposit, or no answer. Nothing to click.
    BookingLapsed,
    /// Several visits are booked: besides a visit's, `visits` with the `date` and `time` of each. There
    /// is a link for each of them, a line each.
    SeriesConfirmed,
    /// Several visits are at other times.
    SeriesMoved,
    /// Several visits will not take place.
    SeriesCancelled,
    /// A time that you waited for is free; besides a visit's, `minutes` for which it is yours.
    WaitlistOffer,
    /// Your visit is soon.
    BookingReminder,
    /// You were here: was everything all right?
    FollowUp,
    /// You were here: would you tell others? The link is to where the business is reviewed.
    ReviewRequest,
    /// You haven't been here for long. The link is to where one books.
    RebookingNudge,
    /// What a business says in a sequence of its own: in its own words, or this. The link is to where one
    /// books.
    Sequence,
    /// You are next in line: `name`, `business`, `place`, `code`.
    QueueNext,
    /// It is your turn: the same, and `staff`, who called.
    QueueCalled,
    /// An endpoint of your business's webhooks was given up: `name`, `business`, `endpoint`, `what`
    /// happened. Nothing to click.
    WebhookDisabled,
    /// Your business's trial ends soon: like the next three, `name`, `business`, `date` (`YYYY-MM-DD`). The link
    /// is to the plan.
    PlanTrialEnding,
    /// The trial is over; everything goes on until the `date`.
    PlanTrialOver,
    /// A bill couldn't be taken; everything goes on until the `date`.
    PlanPastDue,
    /// Since the `date` your business only looks at what it has.
    PlanReadOnly,
    /// A receipt: like all about a visit, and the `amount`. Nothing to click.
    PaymentReceipt,
    /// Some of it was given back: the same.
    PaymentReturned,
    /// It came when the visit couldn't take place any more, and goes back: the same.
    PaymentTooLate,
    /// A gift voucher: `name` whom it is for, the `giver` or nothing, `business`, `amount`, the giver's `message`
    /// or nothing, its `last_day` (`YYYY-MM-DD`), and its `code`, which is sealed until it is sent.
    GiftVoucher,
    /// The receipt of who bought a gift voucher online: `name`, `business`, `amount`, the `recipient` or nothing, its
    /// `last_day` (`YYYY-MM-DD`). The link is to where it is shown.
    GiftBought,
    /// A fee was taken from the card that was left for a visit: its receipt.
    PaymentFeeTaken,
    /// A fee couldn't be taken from that card: the link is to where it is paid.
    PaymentFeeOpen,
    /// A customer of your business went to their bank about a payment: `name`, `business`, `amount`, and the `date`
    /// by which something has to be said (`YYYY-MM-DD`). The link is to where it is shown.
    PaymentDisputed,
    /// The bank didn't take what the provider sent: the same, and the `date` is the day it was to arrive.
    PayoutFailed,
    /// What was to be given back to a customer didn't arrive: the same, and the `date` is the day it was paid.
    RefundFailed,
}

/// Whether a mail has something to click.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Click {
    /// Without it, the mail is of no use.
    Must,
    /// It is there if there is something to lead to.
    May,
    /// Nothing.
    Never,
}

impl Template {
    /// All of them.
    pub const ALL: [Self; 40] = [
        Self::VerifyEmail,
        Self::MagicLink,
        Self::PasswordReset,
        Self::Invitation,
        Self::SecurityNotice,
        Self::BookingCode,
        Self::RegularLink,
        Self::BookingConfirmed,
        Self::BookingRequested,
        Self::BookingUnpaid,
        Self::BookingDeclined,
        Self::BookingMoved,
        Self::BookingCancelled,
        Self::BookingLapsed,
        Self::SeriesConfirmed,
        Self::SeriesMoved,
        Self::SeriesCancelled,
        Self::WaitlistOffer,
        Self::BookingReminder,
        Self::FollowUp,
        Self::ReviewRequest,
        Self::RebookingNudge,
        Self::Sequence,
        Self::QueueNext,
        Self::QueueCalled,
        Self::WebhookDisabled,
        Self::PlanTrialEnding,
        Self::PlanTrialOver,
        Self::PlanPastDue,
        Self::PlanReadOnly,
        Self::PaymentReceipt,
        Self::PaymentReturned,
        Self::PaymentTooLate,
        Self::GiftVoucher,
        Self::GiftBought,
        Self::PaymentFeeTaken,
        Self::PaymentFeeOpen,
        Self::PaymentDisputed,
        Self::PayoutFailed,
        Self::RefundFailed,
    ];

    /// The folder's name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::MagicLink => "magic_link",
            Self::PasswordReset => "password_reset",
            Self::Invitation => "invitation",
            Self::SecurityNotice => "security_notice",
            Self::BookingCode => "booking_code",
            Self::RegularLink => "regular_link",
            Self::BookingConfirmed => "booking_confirmed",
            Self::BookingRequested => "booking_requested",
            Self::BookingUnpaid => "booking_unpaid",
            Self::BookingDeclined => "booking_declined",
            Self::BookingMoved => "booking_moved",
            Self::BookingCancelled => "booking_cancelled",
            Self::BookingLapsed => "booking_lapsed",
            Self::SeriesConfirmed => "series_confirmed",
            Self::SeriesMoved => "series_moved",
            Self::SeriesCancelled => "series_cancelled",
            Self::WaitlistOffer => "waitlist_offer",
            Self::BookingReminder => "booking_reminder",
            Self::FollowUp => "follow_up",
            Self::ReviewRequest => "review_request",
            Self::RebookingNudge => "rebooking_nudge",
            Self::Sequence => "sequence",
            Self::QueueNext => "queue_next",
            Self::QueueCalled => "queue_called",
            Self::WebhookDisabled => "webhook_disabled",
            Self::PlanTrialEnding => "plan_trial_ending",
            Self::PlanTrialOver => "plan_trial_over",
            Self::PlanPastDue => "plan_past_due",
            Self::PlanReadOnly => "plan_read_only",
            Self::PaymentReceipt => "payment_receipt",
            Self::PaymentReturned => "payment_returned",
            Self::PaymentTooLate => "payment_too_late",
            Self::GiftVoucher => "gift_voucher",
            Self::GiftBought => "gift_bought",
            Self::PaymentFeeTaken => "payment_fee_taken",
            Self::PaymentFeeOpen => "payment_fee_open",
            Self::PaymentDisputed => "payment_disputed",
            Self::PayoutFailed => "payout_failed",
            Self::RefundFailed => "refund_failed",
        }
    }

    /// Whether the mail has something to click.
    pub const fn click(self) -> Click {
        match self {
            Self::BookingCode
            | Self::BookingLapsed
            | Self::WebhookDisabled
            | Self::PaymentReceipt
            | Self::PaymentReturned
            | Self::PaymentTooLate
            | Self::GiftVoucher
            | Self::PaymentFeeTaken => Click::Never,
            Self::BookingReminder
            | Self::FollowUp
            | Self::Sequence
            | Self::QueueNext
            | Self::QueueCalled => Click::May,
            _ => Click::Must,
        }
    }
}

/// A mail as the worker finds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// Which mail.
    pub template: Template,
    /// In which language.
    pub locale: String,
    /// What the template shows.
    pub data: Map<String, Value>,
    /// From then on it is of no use: its link leads nowhere any more, or its code opens nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
}

impl Mail {
    /// The mail with what was sealed until now: where it leads, or the code that it brings. None, if that is
    /// missing.
    pub fn opened(mut self, secret: Option<String>) -> Option<(Self, Option<String>)> {
        if self.template != Template::GiftVoucher {
            return Some((self, secret));
        }
        self.data.insert("code".to_owned(), secret?.into());
        Some((self, None))
    }
}

/// A mail to be queued.
#[derive(Debug)]
pub(crate) struct NewMail {
    mail: Mail,
    link: Option<String>,
    once: Option<String>,
}

impl NewMail {
    pub(crate) fn new(to: &Email, template: Template, locale: &str) -> Self {
        let mail = Mail {
            to: to.shown().to_owned(),
            template,
            locale: locale.to_owned(),
            data: Map::new(),
            until: None,
        };
        Self { mail, link: None, once: None }
    }

    /// A value that the template shows.
    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.mail.data.insert(key.to_owned(), value.into());
        self
    }

    /// The link, which is as good as a password and therefore sealed until it is sent.
    pub(crate) fn link(mut self, link: String) -> Self {
        self.link = Some(link);
        self
    }

    /// The code that the mail brings, which is as good as money and therefore sealed until it is sent.
    pub(crate) fn code(self, code: String) -> Self {
        self.link(code)
    }

    /// From then on nobody needs it any more.
    pub(crate) fn until(mut self, until: Instant) -> Self {
        self.mail.until = Some(until);
        self
    }

    /// Whatever happens, only one mail with this key is sent.
    pub(crate) fn once(mut self, key: String) -> Self {
        self.once = Some(key);
        self
    }

    fn into_job(self) -> NewJob {
        let mut job = NewJob::new(SEND_MAIL, &self.mail);
        if let Some(key) = self.once {
            job = job.once(key);
        }
        match self.link {
            Some(link) => job.sealed(link.into_bytes()),
            None => job,
        }
    }
}

/// Queues a mail on a tenant's behalf.
pub(crate) async fn queue(tx: &TenantTx, mail: NewMail) -> Result<(), StoreError> {
    jobs::enqueue(tx.conn(), tx.tools(), tx.now(), Some(tx.tenant()), mail.into_job()).await
}

/// Queues a mail to a login, which belongs to no tenant, or on behalf of a tenant that is not the
/// caller's.
pub(crate) async fn queue_from_outside(
    tx: &SystemTx,
    tenant: Option<Id<Tenant>>,
    mail: NewMail,
) -> Result<(), StoreError> {
    jobs::enqueue(tx.conn(), tx.tools(), tx.now(), tenant, mail.into_job()).await
}
