//! A customer's own visit, behind its link.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use openchair_domain::bookings::{self, LineFacts, OwnVisit, Range};
use openchair_domain::ids::{Location, Package, Service, StaffMember};
use openchair_domain::messaging::{self, Channel, NewWishes, Wishes};
use openchair_domain::series::{self, Times};
use openchair_domain::tenancy::TenantTx;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Json, PlainText};
use poem_openapi::{ApiResponse, Object, OpenApi};

use crate::app::App;
use crate::auth::Visitor;
use crate::bookings::{Attempt, SlotsView, SoldExtraView, WantedInput, WantedQuery};
use crate::ids::Ref;
use crate::input::{Day, Input};
use crate::messaging::MessageChannel;
use crate::once::{Created, Done, IdempotencyKey};
use crate::openapi::Tags;
use crate::problem::ApiError;
use crate::series::{RepeatInput, RepeatedView, SeriesPreviewView};

/// What a customer sees of who does what.
#[derive(Debug, Clone, Object)]
pub(super) struct PublicLineView {
    service: Ref<Service>,
    service_name: String,
    /// 1 or 2: which of the party
    customer: i16,
    staff: Option<Ref<StaffMember>>,
    staff_name: Option<String>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    price_minor: i64,
    addons: Vec<SoldExtraView>,
}

impl From<LineFacts> for PublicLineView {
    fn from(line: LineFacts) -> Self {
        Self {
            service: line.service.into(),
            service_name: line.service_name,
            customer: line.customer,
            staff: line.staff.map(Ref),
            staff_name: line.staff_name,
            starts_at: line.starts_at,
            ends_at: line.ends_at,
            price_minor: line.price_minor,
            addons: line.addons.into_iter().map(SoldExtraView::from).collect(),
        }
    }
}

/// A visit as its customer sees it.
#[derive(Debug, Clone, Object)]
pub(super) struct OwnVisitView {
    shop: String,
    shop_name: String,
    location: Ref<Location>,
    location_name: String,
    address: String,
    time_zone: String,
    /// `pending_approval`, `pending_payment`, `confirmed`, …
    status: String,
    title: String,
    package: Option<Ref<Package>>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    party: i16,
    price_minor: i64,
    /// How much less that is because they are a member
    discount_minor: i64,
    deposit_minor: i64,
    /// Whether a card is left before it is certain, from which a fee may be taken
    asks_card: bool,
    currency: String,
    /// What is owed because it didn't happen
    fee_minor: i64,
    /// Until when its time is kept, if it isn't certain
    lapses_at: Option<DateTime<Utc>>,
    may_cancel: bool,
    /// What cancelling costs now
    cancel_fee_minor: i64,
    /// Until when it can be cancelled without a fee
    cancel_until: DateTime<Utc>,
    may_move: bool,
    /// Why it can't be moved to any time: `cannot_do` (who was asked for no longer does it),
    /// `nobody_can`, `not_enough_staff`, `no_such_room`, `closed` (its location, for good). Empty: it can, until `move_until`
    immovable: Vec<String>,
    /// Until when it can be moved
    move_until: DateTime<Utc>,
    note: String,
    /// Who called it off: `customer`, `staff`, `system`
    cancelled_by: Option<String>,
    /// Why
    cancel_reason: Option<String>,
    /// Which visit of a series it is; missing: it comes once
    series_place: Option<i16>,
    lines: Vec<PublicLineView>,
}

impl From<OwnVisit> for OwnVisitView {
    fn from(own: OwnVisit) -> Self {
        let OwnVisit { visit, shop, may_cancel, cancel_fee_minor, may_move, immovable } = own;
        Self {
            shop: shop.slug.clone(),
            shop_name: shop.name.clone(),
            location: visit.location.into(),
            location_name: shop.location_name.clone(),
            address: shop.address.clone(),
            time_zone: shop.rules.zone.name().to_owned(),
            status: visit.status.key().to_owned(),
            title: visit.title,
            package: visit.package.map(Ref),
            starts_at: visit.starts_at,
            ends_at: visit.ends_at,
            party: visit.party,
            price_minor: visit.price_minor,
            discount_minor: visit.discount_minor,
            deposit_minor: visit.deposit_minor,
            asks_card: visit.terms.asks_card,
            currency: visit.currency,
            fee_minor: visit.fee_minor,
            lapses_at: visit.lapses_at,
            may_cancel,
            cancel_fee_minor,
            cancel_until: visit.terms.cancel_until(visit.starts_at),
            may_move,
            immovable: immovable.into_iter().map(str::to_owned).collect(),
            move_until: visit.terms.move_until(visit.starts_at),
            note: visit.note,
            cancelled_by: visit.cancelled_by,
            cancel_reason: visit.cancel_reason,
            series_place: visit.series.map(|(_, place)| place),
            lines: visit.lines.into_iter().map(PublicLineView::from).collect(),
        }
    }
}

/// How one hears of one's visits.
#[derive(Debug, Clone, Object)]
struct OwnMessagesView {
    /// The ways by which one could
    channels: Vec<MessageChannel>,
    /// The one that was chosen; missing: the business's first
    channel: Option<MessageChannel>,
    /// Whether one wants reminders, and what is asked after a visit
    wanted: bool,
}

impl From<Wishes> for OwnMessagesView {
    fn from(wishes: Wishes) -> Self {
        Self {
            channels: wishes.channels.into_iter().map(MessageChannel::from).collect(),
            channel: wishes.chosen.map(MessageChannel::from),
            wanted: wishes.wanted,
        }
    }
}

/// How one wants to hear of one's visits.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct OwnMessagesInput {
    /// One of the ways that there are; missing: the business's first
    channel: Option<MessageChannel>,
    /// Whether one wants reminders, and what is asked after a visit
    wanted: bool,
}

impl From<OwnMessagesInput> for NewWishes {
    fn from(input: OwnMessagesInput) -> Self {
        Self { chosen: input.channel.map(Channel::from), wanted: input.wanted }
    }
}

/// Where one's own visit is moved to.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct OwnMoveInput {
    start: DateTime<Utc>,
}

/// Calling one's own visit off.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct OwnCancelInput {
    #[oai(validator(max_length = 300))]
    reason: Option<String>,
}

/// A visit that was moved.
#[derive(Debug, Clone, Object)]
struct OwnMovedView {
    /// The new way to it, `/b/{link}`; the one before leads nowhere any more
    link: String,
    visit: OwnVisitView,
}

/// What to ask for to have the same again.
#[derive(Debug, Clone, Object)]
struct AgainView {
    /// Its web address
    shop: String,
    location: Ref<Location>,
    /// Whether all of it can still be asked for; else something of it is no longer on the menu, or
    /// somebody can't be chosen any more
    offered: bool,
    /// For the body that keeps a time
    wanted: WantedInput,
    /// For the query of the free times: `svc_1@stf_1,svc_2:add_1`
    services: Option<String>,
    package: Option<Ref<Package>>,
    /// For the query of the free times
    staff: Option<String>,
    party: u8,
}

/// A file for calendars.
#[derive(Debug, ApiResponse)]
pub(super) enum CalendarFile {
    /// `text/calendar`.
    #[oai(status = 200, content_type = "text/calendar; charset=utf-8")]
    File(
        PlainText<String>,
        /// The file's name
        #[oai(header = "Content-Disposition")]
        String,
    ),
}

struct CancelOwn {
    holder: bookings::Holder,
    reason: Option<String>,
    url: String,
}

#[async_trait]
impl Attempt for CancelOwn {
    type View = OwnVisitView;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<OwnVisitView, ApiError> {
        let (holder, reason) = (&self.holder, self.reason.clone());
        Ok(bookings::cancel(tx, holder, reason, &self.url).await?.into())
    }
}

struct MoveOwn {
    holder: bookings::Holder,
    start: DateTime<Utc>,
    url: String,
}

#[async_trait]
impl Attempt for MoveOwn {
    type View = OwnMovedView;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<OwnMovedView, ApiError> {
        let (holder, url) = (&self.holder, &self.url);
        let (own, link) = bookings::relocate_own(tx, holder, self.start, url).await?;
        Ok(OwnMovedView { link: link.text().to_owned(), visit: own.into() })
    }
}

struct RepeatOwn {
    holder: bookings::Holder,
    times: Times,
    url: String,
}

#[async_trait]
impl Attempt for RepeatOwn {
    type View = RepeatedView;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<RepeatedView, ApiError> {
        let (shop, made) = series::repeat(tx, &self.holder, &self.times, &self.url).await?;
        Ok(RepeatedView::of(&shop, made))
    }
}

struct PreviewRepeat {
    holder: bookings::Holder,
    times: Times,
}

#[async_trait]
impl Attempt for PreviewRepeat {
    type View = SeriesPreviewView;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<SeriesPreviewView, ApiError> {
        let (shop, found) = series::preview_repeat(tx, &self.holder, &self.times).await?;
        Ok(SeriesPreviewView::of(&shop, found))
    }
}

/// The operations on one's own visit.
#[derive(Debug)]
pub struct OwnVisitApi(pub App);

#[OpenApi(prefix_path = "/v1/b", tag = "Tags::Public")]
impl OwnVisitApi {
    /// One's own visit.
    #[oai(path = "/:token", method = "get", operation_id = "read_own_visit")]
    async fn read(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
    ) -> Result<Json<OwnVisitView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        let tx = self.0.db.tenant(&holder.caller).await?;
        let own = bookings::look(&tx, &holder).await?;
        tx.commit().await?;
        Ok(Json(own.into()))
    }

    /// How one wants to hear of one's visits.
    #[oai(path = "/:token/messages", method = "get", operation_id = "read_own_messages")]
    async fn messages(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
    ) -> Result<Json<OwnMessagesView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        let tx = self.0.db.tenant(&holder.caller).await?;
        let own = bookings::look(&tx, &holder).await?;
        let wishes = messaging::wishes(&tx, &own).await?;
        tx.commit().await?;
        Ok(Json(wishes.into()))
    }

    /// Says how one wants to hear from now on. Without `wanted`, there are no reminders and nothing
    /// after a visit any more; what becomes of a visit is still told by mail.
    #[oai(path = "/:token/messages", method = "put", operation_id = "put_own_messages")]
    async fn wish(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
        body: Input<OwnMessagesInput>,
    ) -> Result<Json<OwnMessagesView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        let mut tx = self.0.db.tenant(&holder.caller).await?;
        let own = bookings::look(&tx, &holder).await?;
        let wishes = messaging::wish(&mut tx, &own, body.0.into()).await?;
        tx.commit().await?;
        Ok(Json(wishes.into()))
    }

    /// Calls it off, within the shop's rules.
    #[oai(path = "/:token/cancel", method = "post", operation_id = "cancel_own_visit")]
    async fn cancel(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<OwnCancelInput>,
    ) -> Result<Done<OwnVisitView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let holder = bookings::open_again(&self.0.db, &token.0, who.request).await?;
        let caller = holder.caller.clone();
        let (reason, url) = (body.reason.clone(), self.0.public_url.clone());
        let off = CancelOwn { holder, reason, url };
        let once = once.held_by(&token.0);
        Ok(self.0.booking(&caller, once, &body.0, &off).await?.into())
    }

    /// The times that it could be moved to, up to 62 days at once.
    #[oai(path = "/:token/slots", method = "get", operation_id = "list_own_slots")]
    async fn slots(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
        from: Query<Day>,
        to: Query<Day>,
    ) -> Result<Json<SlotsView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        let tx = self.0.db.tenant(&holder.caller).await?;
        let range = Range { from: from.0.0, to: to.0.0 };
        let (shop, slots) = bookings::own_slots(&tx, &holder, range).await?;
        tx.commit().await?;
        Ok(Json(SlotsView::of(&shop, slots)))
    }

    /// Moves it, within the shop's rules. The link changes; who asks once more with the same key, behind
    /// the link before, gets the same answer.
    #[oai(path = "/:token/move", method = "post", operation_id = "move_own_visit")]
    async fn relocate(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<OwnMoveInput>,
    ) -> Result<Done<OwnMovedView>, ApiError> {
        self.0.limits.taking(&who.request).await?;
        let holder = bookings::open_again(&self.0.db, &token.0, who.request).await?;
        let caller = holder.caller.clone();
        let put = MoveOwn { holder, start: body.start, url: self.0.public_url.clone() };
        let once = once.held_by(&token.0);
        Ok(self.0.booking(&caller, once, &body.0, &put).await?.into())
    }

    /// Has it come again, up to twelve times: it stays as it is, and the later ones are booked, all that
    /// aren't skipped or none. `series_conflicts` says which can't be had and what is near; visits that
    /// need a deposit or a yes are booked one by one. One mail has the links to all of them.
    #[oai(path = "/:token/series", method = "post", operation_id = "repeat_own_visit")]
    async fn repeat(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<RepeatInput>,
    ) -> Result<Created<RepeatedView>, ApiError> {
        self.0.limits.taking(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        let caller = holder.caller.clone();
        let (times, url) = (body.to_domain(), self.0.public_url.clone());
        let repeat = RepeatOwn { holder, times, url };
        self.0.booking(&caller, once.held_by(&token.0), &body.0, &repeat).await
    }

    /// What would become of it if it came again: each time, and what stands in its way. Writes nothing.
    #[oai(path = "/:token/series/preview", method = "post", operation_id = "preview_own_series")]
    async fn preview(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
        body: Input<RepeatInput>,
    ) -> Result<Json<SeriesPreviewView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        let caller = holder.caller.clone();
        let look = PreviewRepeat { holder, times: body.to_domain() };
        Ok(Json(self.0.rebooking(&caller, &look).await?))
    }

    /// What to ask for to have the same again.
    #[oai(path = "/:token/again", method = "get", operation_id = "read_own_visit_again")]
    async fn again(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
    ) -> Result<Json<AgainView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        let tx = self.0.db.tenant(&holder.caller).await?;
        let shop = bookings::look(&tx, &holder).await?.shop;
        let (visit, wanted) = bookings::again(&tx, &holder).await?;
        tx.commit().await?;
        Ok(Json(AgainView {
            shop: shop.slug.clone(),
            location: visit.location.into(),
            offered: wanted.is_offered(&shop),
            services: WantedQuery::services(&wanted),
            package: wanted.package.map(Ref),
            staff: WantedQuery::staff(&wanted),
            party: wanted.party,
            wanted: wanted.into(),
        }))
    }

    /// The visit for calendars.
    #[oai(path = "/:token/calendar.ics", method = "get", operation_id = "read_own_calendar")]
    async fn calendar(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
    ) -> Result<CalendarFile, ApiError> {
        self.0.limits.public(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        let tx = self.0.db.tenant(&holder.caller).await?;
        let own = bookings::look(&tx, &holder).await?;
        tx.commit().await?;
        let link = format!("{}/b/{}", self.0.public_url, token.0);
        let name = "attachment; filename=\"visit.ics\"".to_owned();
        Ok(CalendarFile::File(PlainText(bookings::calendar(&own, Some(&link))), name))
    }
}
