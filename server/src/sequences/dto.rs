use chrono::{DateTime, Utc};
use openchair_domain::ids::{Appointment, Customer, Id, Sequence, SequenceRun, Service};
use openchair_domain::messaging::Channel;
use openchair_domain::messaging::templates::Own;
use openchair_domain::sequences::{
    NewSequence, NewStep, NewWords, RunFacts, RunState, SequenceChange, SequenceFacts, Step,
    StepShown, StopReason, Trigger,
};
use poem_openapi::Object;
use poem_openapi::types::MaybeUndefined;

use crate::conditional::Versioned;
use crate::ids::Ref;
use crate::messaging::MessageChannel;
use crate::patch::patch;
use crate::shelf::mirrored;

mirrored! {
    /// What takes a customer in.
    SequenceTrigger = Trigger {
        /// They were here
        VisitCompleted,
        /// They were here, and never before
        FirstVisitCompleted,
        /// They didn't come
        NoShow,
        /// They are new; who is put in from a file is not
        CustomerCreated,
        /// They weren't here for so many days, and have nothing booked
        NotSeen,
    }

    /// Where somebody stands in a sequence.
    SequenceRunState = RunState {
        /// On the way
        Running,
        /// All was said
        Done,
        /// It ended before
        Stopped,
    }

    /// Why it ended before.
    SequenceStopReason = StopReason {
        /// They have booked
        Booked,
        /// They don't want to be written to
        OptedOut,
        /// They don't agree to offers any more
        NoConsent,
        /// The sequence was turned off
        TurnedOff,
        /// They were erased
        Erased,
        /// There is no way to reach them
        Unreachable,
        /// The team took them out
        Staff,
        /// Their record became part of another one that is in it, too
        Merged,
    }
}

/// What a step says in a language.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct SequenceWords {
    /// `en`, `es`, `fr`, `ar` or `de`
    #[oai(validator(max_length = 10))]
    locale: String,
    /// Of mails
    #[oai(validator(max_length = 400))]
    subject: Option<String>,
    /// Paragraphs have an empty line between them
    #[oai(validator(max_length = 10000))]
    body: String,
}

/// One message of a sequence.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct SequenceStep {
    /// After the step before, which is an hour or more; of the first, after what took them in
    wait_minutes: i32,
    /// The way that it takes if it can; missing: the customer's own
    channel: Option<MessageChannel>,
    /// By language, at least that of the shop
    #[oai(validator(max_items = 10))]
    words: Vec<SequenceWords>,
}

impl From<Step> for SequenceStep {
    fn from(step: Step) -> Self {
        let words = step.words.into_iter().map(|(locale, words)| SequenceWords {
            locale,
            subject: words.own.subject,
            body: words.own.body,
        });
        Self {
            wait_minutes: step.wait_minutes,
            channel: step.channel.map(MessageChannel::from),
            words: words.collect(),
        }
    }
}

impl From<SequenceStep> for NewStep {
    fn from(step: SequenceStep) -> Self {
        let words = step.words.into_iter().map(|words| NewWords {
            locale: words.locale,
            own: Own { subject: words.subject, body: words.body },
        });
        Self {
            wait_minutes: step.wait_minutes,
            channel: step.channel.map(Channel::from),
            words: words.collect(),
        }
    }
}

/// Several messages over days.
#[derive(Debug, Clone, Object)]
pub(super) struct SequenceView {
    id: Ref<Sequence>,
    name: String,
    trigger: SequenceTrigger,
    /// How long they weren't here, where that takes them in
    days: Option<i32>,
    /// Only visits with one of these services; empty: all
    service_ids: Vec<Ref<Service>>,
    /// Nobody is taken in again before so many days have passed
    rest_days: i32,
    on: bool,
    /// What was before takes nobody in
    on_since: Option<DateTime<Utc>>,
    steps: Vec<SequenceStep>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i32,
}

impl From<SequenceFacts> for SequenceView {
    fn from(facts: SequenceFacts) -> Self {
        Self {
            id: facts.id.into(),
            name: facts.name,
            trigger: facts.trigger.into(),
            days: facts.days,
            service_ids: facts.services.into_iter().map(Ref).collect(),
            rest_days: facts.rest_days,
            on: facts.on_since.is_some(),
            on_since: facts.on_since,
            steps: facts.steps.into_iter().map(SequenceStep::from).collect(),
            created_at: facts.created_at,
            updated_at: facts.updated_at,
            version: facts.version,
        }
    }
}

/// The view with its version.
pub(super) fn versioned(facts: SequenceFacts) -> Versioned<SequenceView> {
    Versioned::new(facts.version.into(), facts.into())
}

fn services(ids: Vec<Ref<Service>>) -> Vec<Id<Service>> {
    ids.into_iter().map(|id| id.0).collect()
}

/// A new sequence.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewSequenceInput {
    #[oai(validator(max_length = 200))]
    name: String,
    trigger: SequenceTrigger,
    /// How long they weren't here, where that takes them in
    days: Option<i32>,
    /// Only visits with one of these services; empty: all
    #[oai(default, validator(max_items = 200))]
    service_ids: Vec<Ref<Service>>,
    /// Nobody is taken in again before so many days have passed; 180 if nothing is said
    rest_days: Option<i32>,
    /// Whether it begins at once
    #[oai(default)]
    on: bool,
    #[oai(validator(max_items = 20))]
    steps: Vec<SequenceStep>,
}

impl From<NewSequenceInput> for NewSequence {
    fn from(new: NewSequenceInput) -> Self {
        Self {
            name: new.name,
            trigger: new.trigger.into(),
            days: new.days,
            services: services(new.service_ids),
            rest_days: new.rest_days,
            on: new.on,
            steps: new.steps.into_iter().map(NewStep::from).collect(),
        }
    }
}

/// What to change; what is left out stays.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct SequenceChangeInput {
    #[oai(validator(max_length = 200))]
    name: Option<String>,
    trigger: Option<SequenceTrigger>,
    days: MaybeUndefined<i32>,
    #[oai(validator(max_items = 200))]
    service_ids: Option<Vec<Ref<Service>>>,
    rest_days: Option<i32>,
    on: Option<bool>,
    /// All of them, in the place of those that are there
    #[oai(validator(max_items = 20))]
    steps: Option<Vec<SequenceStep>>,
}

impl From<SequenceChangeInput> for SequenceChange {
    fn from(change: SequenceChangeInput) -> Self {
        let steps = |steps: Vec<SequenceStep>| steps.into_iter().map(NewStep::from).collect();
        Self {
            name: change.name,
            trigger: change.trigger.map(Trigger::from),
            days: patch(change.days),
            services: change.service_ids.map(services),
            rest_days: change.rest_days,
            on: change.on,
            steps: change.steps.map(steps),
        }
    }
}

/// In which language it is to be shown; missing: that of the shop.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct SequencePreviewInput {
    #[oai(validator(max_length = 10))]
    pub(super) locale: Option<String>,
}

/// A step, as somebody who doesn't exist would get it.
#[derive(Debug, Clone, Object)]
pub(super) struct StepPreview {
    /// From 1 on
    position: i32,
    wait_minutes: i32,
    channel: MessageChannel,
    /// What was asked for, if it is said in that
    locale: String,
    /// Empty where there is no place for one
    subject: String,
    text: String,
    /// Empty where there is none
    html: String,
}

impl From<StepShown> for StepPreview {
    fn from(shown: StepShown) -> Self {
        Self {
            position: i32::try_from(shown.position).unwrap_or(i32::MAX),
            wait_minutes: shown.wait_minutes,
            channel: shown.channel.into(),
            locale: shown.locale.to_owned(),
            subject: shown.rendered.subject,
            text: shown.rendered.text,
            html: shown.rendered.html,
        }
    }
}

/// All steps, one after the other.
#[derive(Debug, Clone, Object)]
pub(super) struct SequencePreview {
    pub(super) steps: Vec<StepPreview>,
}

/// Somebody on the way through a sequence.
#[derive(Debug, Clone, Object)]
pub(super) struct SequenceRunView {
    id: Ref<SequenceRun>,
    customer: Ref<Customer>,
    customer_name: String,
    /// The visit that took them in, if it was one
    appointment: Option<Ref<Appointment>>,
    state: SequenceRunState,
    stop_reason: Option<SequenceStopReason>,
    /// How many steps were written
    steps_done: i32,
    /// When the next one is due, if there is one
    next_at: Option<DateTime<Utc>>,
    started_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

impl From<RunFacts> for SequenceRunView {
    fn from(facts: RunFacts) -> Self {
        Self {
            id: facts.id.into(),
            customer: facts.customer.into(),
            customer_name: facts.name,
            appointment: facts.visit.map(Ref),
            state: facts.state.into(),
            stop_reason: facts.stop_reason.map(SequenceStopReason::from),
            steps_done: facts.steps_done,
            next_at: facts.next_at,
            started_at: facts.started_at,
            ended_at: facts.ended_at,
        }
    }
}
