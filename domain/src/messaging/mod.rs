//! What the product says to people.
//!
//! Mails that concern a login or a team are jobs of their own ([`SEND_MAIL`]). What a business says to
//! its customers is a **message**: a row per visit, kind and way, written in the transaction that gives
//! the reason for it, with a job that sends it ([`SEND_MESSAGE`]). At that moment everything is looked
//! at once more: whether the reason still holds, whether they want it, whether it is the hour for it.

mod address;
mod entity;
mod entries;
mod instead;
mod leave;
mod log;
mod mail;
pub mod mailbox;
mod merging;
mod new;
mod optouts;
mod own;
mod push;
mod quiet;
mod replies;
mod sending;
mod settings;
mod sweeps;
pub mod templates;
mod told;
mod visits;
mod ways;
mod wishes;
mod words;

pub use instead::instead;
pub use leave::{Leaver, leave, who_leaves};
pub use log::{Filter, MessageError, MessageFacts, again, list, read, sweep};
pub use mail::{Click, Mail, SEND_MAIL, Template};
pub use new::{SEND_MESSAGE, SendMessage};
pub use optouts::{NewOptOut, OptOutFacts, Source, opt_in, opt_out, optouts};
pub use own::{
    Preview, TemplateFacts, TemplateKey, WordsError, drop_words, own_words, preview, put_words,
    try_out, words,
};
pub use push::{Browser, NewSubscription, browsers, browsers_gone, subscribe, unsubscribe};
pub use quiet::Quiet;
pub use replies::{Heard, Meant, ReplyFacts, ReplyOutcome, Talk, meant, replies, reply};
pub use sending::{Looked, Outcome, Ready, give_up_forsaken, look, settle};
pub use settings::{
    ServiceReminders, Settings, SettingsChange, SettingsError, put_service_reminders,
    read as settings, remove_service_reminders, service_reminders, update as update_settings,
};
pub use sweeps::{sweep_afterwards, sweep_reminders};
pub use told::{Told, opted_out, told};
pub use ways::Ways;
pub use wishes::{NewWishes, Wishes, sends_notes, wish, wishes};
pub use words::{Channel, Kind, Reason, State};

pub(crate) use address::{Address, Reach};
pub(crate) use entries::{InLine, about_entry};
pub(crate) use log::forget;
pub(crate) use mail::{NewMail, queue, queue_from_outside};
pub(crate) use merging::{merged, parted};
pub(crate) use new::{NewMessage, Subject, write as write_message, write_all as write_messages};
pub(crate) use own::rendered;
pub(crate) use visits::{Waiting, about as about_visit, about_offer, is_reached};
