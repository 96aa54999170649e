//! What messages are about, which ways they go, and where they stand, as the tables and the API have
//! it.

use sea_orm::{ColIdx, DbErr, QueryResult, TryGetError, TryGetable};

use super::Template;
use crate::customers::Purpose;
use crate::tenancy::StoreError;
use crate::words::words;

words! {
    /// What a message to a customer is about.
    Kind {
        /// The visit is booked.
        Confirmed = "confirmed",
        /// The visit was asked for.
        Requested = "requested",
        /// A deposit is due.
        Unpaid = "unpaid",
        /// The staff said no.
        Declined = "declined",
        /// The visit is at another time or place.
        Moved = "moved",
        /// The visit was called off.
        Cancelled = "cancelled",
        /// The visit was never certain, and its time is over.
        Lapsed = "lapsed",
        /// The visit is soon.
        Reminder = "reminder",
        /// How was it?
        FollowUp = "follow_up",
        /// Would they tell others?
        ReviewRequest = "review_request",
        /// They haven't been here for long.
        RebookingNudge = "rebooking_nudge",
        /// A time that they wait for is free.
        WaitlistOffer = "waitlist_offer",
        /// They are next in line.
        QueueNext = "queue_next",
        /// It is their turn.
        QueueCalled = "queue_called",
        /// Several visits are booked.
        SeriesConfirmed = "series_confirmed",
        /// Several visits are at other times.
        SeriesMoved = "series_moved",
        /// Several visits were called off.
        SeriesCancelled = "series_cancelled",
        /// A step of a sequence.
        Sequence = "sequence",
    }

    /// By which way a message goes.
    Channel {
        /// E-mail.
        Email = "email",
        /// A text message.
        Sms = "sms",
        /// WhatsApp.
        Whatsapp = "whatsapp",
        /// A notification of the browser.
        Push = "push",
    }

    /// Where a message stands.
    State {
        /// It will be sent.
        Queued = "queued",
        /// Somebody else answers for it.
        Sent = "sent",
        /// It arrived.
        Delivered = "delivered",
        /// It came back.
        Bounced = "bounced",
        /// It couldn't be sent.
        Failed = "failed",
        /// There was no reason for it any more.
        Dropped = "dropped",
    }

    /// Why a message wasn't sent.
    Reason {
        /// The visit won't take place.
        VisitOff = "visit_off",
        /// The visit is at another time by now, or was changed otherwise: there is a newer message.
        Outdated = "outdated",
        /// The visit has begun: it is too late for this.
        Begun = "begun",
        /// They don't want to be written to.
        OptedOut = "opted_out",
        /// They never agreed to it.
        NoConsent = "no_consent",
        /// The business has turned this way off.
        ChannelOff = "channel_off",
        /// Nobody is disturbed at this hour, and afterwards it would be too late.
        Quiet = "quiet",
        /// The business's plan has no texts left in this month.
        PlanLimit = "plan_limit",
        /// They have booked since.
        Booked = "booked",
        /// The sequence that it was a step of was turned off, or they were taken out of it.
        Halted = "halted",
        /// Whoever it was for is forgotten.
        Erased = "erased",
        /// There are no words for it.
        NoWords = "no_words",
        /// Whoever carries it said no.
        Refused = "refused",
        /// Tried for hours, in vain.
        GaveUp = "gave_up",
    }
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Confirmed,
        Self::Requested,
        Self::Unpaid,
        Self::Declined,
        Self::Moved,
        Self::Cancelled,
        Self::Lapsed,
        Self::Reminder,
        Self::FollowUp,
        Self::ReviewRequest,
        Self::RebookingNudge,
        Self::WaitlistOffer,
        Self::QueueNext,
        Self::QueueCalled,
        Self::SeriesConfirmed,
        Self::SeriesMoved,
        Self::SeriesCancelled,
        Self::Sequence,
    ];

    /// The words that are built in.
    pub const fn template(self) -> Template {
        match self {
            Self::Confirmed => Template::BookingConfirmed,
            Self::Requested => Template::BookingRequested,
            Self::Unpaid => Template::BookingUnpaid,
            Self::Declined => Template::BookingDeclined,
            Self::Moved => Template::BookingMoved,
            Self::Cancelled => Template::BookingCancelled,
            Self::Lapsed => Template::BookingLapsed,
            Self::Reminder => Template::BookingReminder,
            Self::FollowUp => Template::FollowUp,
            Self::ReviewRequest => Template::ReviewRequest,
            Self::RebookingNudge => Template::RebookingNudge,
            Self::WaitlistOffer => Template::WaitlistOffer,
            Self::QueueNext => Template::QueueNext,
            Self::QueueCalled => Template::QueueCalled,
            Self::SeriesConfirmed => Template::SeriesConfirmed,
            Self::SeriesMoved => Template::SeriesMoved,
            Self::SeriesCancelled => Template::SeriesCancelled,
            Self::Sequence => Template::Sequence,
        }
    }

    /// Whether nobody caused it just now: it comes by itself, when its time has come.
    pub const fn comes_by_itself(self) -> bool {
        matches!(
            self,
            Self::Reminder
                | Self::FollowUp
                | Self::ReviewRequest
                | Self::RebookingNudge
                | Self::Sequence
        )
    }

    /// Whether a customer who doesn't want to be written to gets it all the same. By mail they are told
    /// what becomes of a visit of theirs, because nobody else would tell them; everywhere else "stop"
    /// means stop.
    pub const fn overrides_opt_out(self, channel: Channel) -> bool {
        matches!(channel, Channel::Email) && !self.comes_by_itself()
    }

    /// Whether it says where a visit stands: once that is no longer so, another message says it better.
    pub const fn tells_of_now(self) -> bool {
        matches!(self, Self::Confirmed | Self::Requested | Self::Unpaid | Self::Moved)
    }

    /// Whether it says so of several visits at once.
    pub const fn tells_of_several(self) -> bool {
        matches!(self, Self::SeriesConfirmed | Self::SeriesMoved)
    }

    /// What customers must have agreed to before they get it by this way.
    pub const fn purpose(self, channel: Channel) -> Option<Purpose> {
        match (self, channel) {
            (Self::ReviewRequest | Self::RebookingNudge | Self::Sequence, Channel::Email) => {
                Some(Purpose::MarketingEmail)
            }
            (Self::ReviewRequest | Self::RebookingNudge | Self::Sequence, _) => {
                Some(Purpose::MarketingSms)
            }
            (Self::Reminder | Self::FollowUp, Channel::Sms | Channel::Whatsapp) => {
                Some(Purpose::RemindersSms)
            }
            _ => None,
        }
    }
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Email, Self::Sms, Self::Whatsapp, Self::Push];
}

/// Read out of a column of text.
impl TryGetable for Channel {
    fn try_get_by<I: ColIdx>(row: &QueryResult, column: I) -> Result<Self, TryGetError> {
        let text = String::try_get_by(row, column)?;
        let unknown = |error: StoreError| TryGetError::DbErr(DbErr::Type(error.to_string()));
        Self::stored(&text).map_err(unknown)
    }
}

impl State {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Queued, Self::Sent, Self::Delivered, Self::Bounced, Self::Failed, Self::Dropped];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_again() {
        for kind in Kind::ALL {
            assert_eq!(Kind::stored(kind.key()).unwrap(), kind);
        }
        for channel in Channel::ALL {
            assert_eq!(Channel::stored(channel.key()).unwrap(), channel);
        }
        for state in State::ALL {
            assert_eq!(State::stored(state.key()).unwrap(), state);
        }
        assert!(Kind::stored("booking_confirmed").is_err());
    }

    #[test]
    fn who_said_stop_hears_only_what_becomes_of_their_visits_and_only_by_mail() {
        for kind in Kind::ALL {
            for channel in Channel::ALL {
                let told = kind.overrides_opt_out(channel);
                assert_eq!(told, channel == Channel::Email && !kind.comes_by_itself(), "{kind:?}");
            }
        }
    }

    #[test]
    fn offers_need_a_yes_and_so_do_texts_that_come_by_themselves() {
        for (kind, channel, expected) in [
            (Kind::Confirmed, Channel::Sms, None),
            (Kind::Reminder, Channel::Email, None),
            (Kind::Reminder, Channel::Sms, Some(Purpose::RemindersSms)),
            (Kind::FollowUp, Channel::Email, None),
            (Kind::FollowUp, Channel::Whatsapp, Some(Purpose::RemindersSms)),
            (Kind::ReviewRequest, Channel::Email, Some(Purpose::MarketingEmail)),
            (Kind::RebookingNudge, Channel::Sms, Some(Purpose::MarketingSms)),
            (Kind::RebookingNudge, Channel::Push, Some(Purpose::MarketingSms)),
            (Kind::Sequence, Channel::Email, Some(Purpose::MarketingEmail)),
            (Kind::Sequence, Channel::Sms, Some(Purpose::MarketingSms)),
            (Kind::Reminder, Channel::Push, None),
        ] {
            assert_eq!(kind.purpose(channel), expected, "{kind:?} by {channel:?}");
        }
    }
}
