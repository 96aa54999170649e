//! From a free time to a visit, for anybody.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use openchair_domain::bookings::{self, Agreed, Booked, FilledIn, Kept, NewAsk, NewHold};
use openchair_domain::diary::Asking;
use openchair_domain::ids::{Form, Location};
use openchair_domain::tenancy::TenantTx;
use openchair_domain::tenants;
use openchair_domain::time::Instant;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};

use super::own::{OwnVisitView, PublicLineView};
use crate::app::App;
use crate::auth::Visitor;
use crate::bookings::{Attempt, WantedInput};
use crate::ids::Ref;
use crate::input::Input;
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::policies::ContactField;
use crate::problem::ApiError;

/// A time that shall be kept.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewHoldInput {
    /// The shop's first location if left out
    location: Option<Ref<Location>>,
    wanted: WantedInput,
    start: DateTime<Utc>,
    /// A text that the visitor's device made up and keeps: whoever keeps another time for the same
    /// thing gives the first one back
    #[oai(validator(min_length = 8, max_length = 64))]
    visitor: String,
}

/// What is asked of the customer.
#[derive(Debug, Clone, Object)]
struct AsksView {
    email: ContactField,
    phone: ContactField,
    /// Whether a note can be left
    note: bool,
}

/// A form that must be filled in, or a consent that must be given; its text is on the shop's page.
#[derive(Debug, Clone, Object)]
pub(super) struct AskingView {
    form: Ref<Form>,
    version: i32,
    /// `intake` or `consent`
    kind: String,
    name: String,
}

impl From<Asking> for AskingView {
    fn from(asking: Asking) -> Self {
        Self {
            form: asking.form.into(),
            version: asking.version,
            kind: if asking.consent { "consent" } else { "intake" }.to_owned(),
            name: asking.name,
        }
    }
}

/// A time that is kept.
#[derive(Debug, Clone, Object)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
struct HoldView {
    /// Takes it up, or gives it back
    hold: String,
    expires_at: DateTime<Utc>,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    title: String,
    /// Members pay less: what, is said when they take it up
    price_minor: i64,
    deposit_minor: i64,
    currency: String,
    /// Until when it could be cancelled without a fee
    cancel_until: DateTime<Utc>,
    /// What a later cancellation costs, in percent of the price
    late_cancel_fee_percent: u8,
    /// What it costs not to come, in percent of the price
    no_show_fee_percent: u8,
    /// Whether staff must say yes
    needs_approval: bool,
    /// Whether a card is left before it is certain, from which a fee may be taken
    asks_card: bool,
    /// Whether only members can take it up
    members_only: bool,
    /// Whether the address must be proved with a code first
    needs_code: bool,
    asks: AsksView,
    forms: Vec<AskingView>,
    lines: Vec<PublicLineView>,
}

impl From<Kept> for HoldView {
    fn from(kept: Kept) -> Self {
        let visit = kept.visit;
        let asks = kept.asks;
        Self {
            hold: kept.token.text().to_owned(),
            expires_at: visit.lapses_at.unwrap_or(visit.created_at),
            start: visit.starts_at,
            end: visit.ends_at,
            title: visit.title,
            price_minor: visit.price_minor,
            deposit_minor: visit.deposit_minor,
            currency: visit.currency,
            cancel_until: visit.terms.cancel_until(visit.starts_at),
            late_cancel_fee_percent: visit.terms.late_cancel_fee_percent,
            no_show_fee_percent: visit.terms.no_show_fee_percent,
            needs_approval: kept.approval,
            asks_card: visit.terms.asks_card,
            members_only: kept.members_only,
            needs_code: kept.verify,
            asks: AsksView { email: asks.email.into(), phone: asks.phone.into(), note: asks.note },
            forms: kept.forms.into_iter().map(AskingView::from).collect(),
            lines: visit.lines.into_iter().map(PublicLineView::from).collect(),
        }
    }
}

/// A form, filled in.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct FilledInInput {
    form: Ref<Form>,
    /// The version that was shown
    version: i32,
    /// The answers by the keys of the questions
    answers: serde_json::Value,
}

/// A consent that is given.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct AgreedInput {
    form: Ref<Form>,
    /// The version that was shown
    version: i32,
}

pub(super) fn filled(answers: &[FilledInInput]) -> Vec<FilledIn> {
    let one = |filled: &FilledInInput| FilledIn {
        form: filled.form.0,
        version: filled.version,
        answers: filled.answers.clone(),
    };
    answers.iter().map(one).collect()
}

pub(super) fn agreed(agreed: &[AgreedInput]) -> Vec<Agreed> {
    let one = |agreed: &AgreedInput| Agreed { form: agreed.form.0, version: agreed.version };
    agreed.iter().map(one).collect()
}

/// Who takes a kept time up.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewVisitInput {
    /// What keeping the time answered
    #[oai(validator(min_length = 1, max_length = 100))]
    hold: String,
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    #[oai(validator(max_length = 254))]
    email: Option<String>,
    /// With the country's code, or as it is dialled in the shop's country
    #[oai(validator(max_length = 40))]
    phone: Option<String>,
    /// The customer's language
    #[oai(validator(max_length = 8))]
    locale: Option<String>,
    #[oai(default, validator(max_length = 1000))]
    note: String,
    /// The code that was sent to the address
    #[oai(validator(max_length = 12))]
    code: Option<String>,
    #[oai(default, validator(max_items = 100))]
    answers: Vec<FilledInInput>,
    #[oai(default, validator(max_items = 100))]
    agreed: Vec<AgreedInput>,
    /// Whether they want news by mail
    #[oai(default)]
    news: bool,
}

impl NewVisitInput {
    fn to_domain(&self) -> NewAsk {
        NewAsk {
            hold: self.hold.clone(),
            name: self.name.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            locale: self.locale.clone(),
            note: self.note.clone(),
            code: self.code.clone(),
            answers: filled(&self.answers),
            agreed: agreed(&self.agreed),
            marketing_email: self.news,
        }
    }
}

/// A visit that is booked.
#[derive(Debug, Clone, Object)]
pub(super) struct BookedView {
    /// The customer's way back to it, `/b/{link}`: shown once
    link: String,
    visit: OwnVisitView,
}

impl BookedView {
    pub(super) fn of(booked: Booked, now: Instant) -> Self {
        let link = booked.link.text().to_owned();
        Self { link, visit: bookings::seen_by_owner(booked, now).into() }
    }
}

/// Where a code is sent.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct CodeInput {
    #[oai(validator(min_length = 1, max_length = 100))]
    hold: String,
    #[oai(validator(min_length = 3, max_length = 254))]
    email: String,
}

/// What gives a kept time back.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct ReleaseInput {
    #[oai(validator(min_length = 1, max_length = 100))]
    hold: String,
}

struct Keep(NewHold);

#[async_trait]
impl Attempt for Keep {
    type View = HoldView;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<HoldView, ApiError> {
        Ok(bookings::hold(tx, &self.0).await?.into())
    }
}

struct Release(String);

#[async_trait]
impl Attempt for Release {
    type View = bool;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<bool, ApiError> {
        bookings::release(tx, &self.0).await?;
        Ok(true)
    }
}

struct TakeUp {
    new: NewAsk,
    url: String,
}

#[async_trait]
impl Attempt for TakeUp {
    type View = BookedView;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<BookedView, ApiError> {
        let booked = bookings::ask(tx, &self.new, &self.url).await?;
        Ok(BookedView::of(booked, tx.now()))
    }
}

/// The operations that take time, for anybody.
#[derive(Debug)]
pub struct PublicBookingApi(pub App);

#[OpenApi(prefix_path = "/v1/public", tag = "Tags::Public")]
impl PublicBookingApi {
    /// Keeps a time for ten minutes.
    #[oai(path = "/:shop/holds", method = "post", operation_id = "hold_slot")]
    async fn hold(
        &self,
        who: Visitor,
        /// The shop's web address
        shop: Path<String>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewHoldInput>,
    ) -> Result<Created<HoldView>, ApiError> {
        self.0.limits.taking(&who.request).await?;
        let new = NewHold {
            location: body.location.map(|location| location.0),
            wanted: body.wanted.to_domain(None),
            start: body.start,
            visitor: body.visitor.clone(),
        };
        let caller = tenants::visit(&self.0.db, &shop.0, who.request).await?;
        self.0.booking(&caller, once, &body.0, &Keep(new)).await
    }

    /// Gives a kept time back.
    #[oai(path = "/:shop/holds/release", method = "post", operation_id = "release_hold")]
    async fn release(
        &self,
        who: Visitor,
        /// The shop's web address
        shop: Path<String>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<ReleaseInput>,
    ) -> Result<NoContent, ApiError> {
        self.0.limits.public(&who.request).await?;
        let caller = tenants::visit(&self.0.db, &shop.0, who.request).await?;
        let release = Release(body.hold.clone());
        self.0.booking(&caller, once.held_by(&body.hold), &body.0, &release).await?;
        Ok(NoContent::Done)
    }

    /// Sends a code to the address of whoever keeps a time, where the shop wants it proved.
    #[oai(path = "/:shop/holds/code", method = "post", operation_id = "send_booking_code")]
    async fn code(
        &self,
        who: Visitor,
        /// The shop's web address
        shop: Path<String>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<CodeInput>,
    ) -> Result<NoContent, ApiError> {
        self.0.limits.taking(&who.request).await?;
        let caller = tenants::visit(&self.0.db, &shop.0, who.request).await?;
        self.0.limits.contacts(caller.tenant(), &[body.email.to_lowercase()]).await?;
        let send = async |tx: &mut TenantTx| {
            bookings::send_code(tx, &body.hold, &body.email).await?;
            Ok(true)
        };
        self.0.once(&caller, once.held_by(&body.hold), &body.0, send).await?;
        Ok(NoContent::Done)
    }

    /// Takes a kept time up: it becomes the customer's visit, or waits for approval or the deposit, as
    /// the shop's rules say. Who is a member on the day of the visit pays what their membership says;
    /// who isn't is refused with `members_only` what is for members alone.
    #[oai(path = "/:shop/appointments", method = "post", operation_id = "book_public")]
    async fn book(
        &self,
        who: Visitor,
        /// The shop's web address
        shop: Path<String>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewVisitInput>,
    ) -> Result<Created<BookedView>, ApiError> {
        self.0.limits.taking(&who.request).await?;
        let new = body.0.to_domain();
        let caller = tenants::visit(&self.0.db, &shop.0, who.request).await?;
        self.0.limits.contacts(caller.tenant(), &new.ways()).await?;
        bookings::count_code(&self.0.db, &caller, &new).await?;
        let take = TakeUp { new, url: self.0.public_url.clone() };
        self.0.booking(&caller, once, &body.0, &take).await
    }
}
