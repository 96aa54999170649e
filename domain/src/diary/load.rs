//! Reading it: one query for the rules, one for what is taken, however many days and people.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement};
use serde::Deserialize;
use uuid::Uuid;

use super::shop::{Asking, Asks, Bundle, Deposit, Extra, Offer, Person, Policy, Shop};
use crate::availability::{
    Alignment, Block, Busy, RoomRules, Rules, Skill, Span, StaffRules, Week, Window,
};
use crate::ids::{Id, Location, Tenant};
use crate::messaging::{Settings, Ways};
use crate::policies::{Asked, RiskAsks, WaitlistOrder};
use crate::risk::Rule;
use crate::tenancy::StoreError;
use crate::time::Instant;

const SHOP: &str = include_str!("shop.sql");

#[derive(FromQueryResult)]
struct Written {
    shop: serde_json::Value,
}

/// The rules of a location, as they are under this version; none if it isn't there. Whether it is
/// still open is for whoever asks for its versions.
pub(super) async fn shop(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    (location, version): (Id<Location>, i64),
    since: NaiveDate,
    ways: Ways,
) -> Result<Option<Shop>, StoreError> {
    let values = [tenant.uuid().into(), location.uuid().into(), since.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, SHOP, values);
    let Some(written) = Written::find_by_statement(statement).one(conn).await? else {
        return Ok(None);
    };
    if written.shop.get("location").is_none_or(serde_json::Value::is_null) {
        return Ok(None);
    }
    let read: Read = serde_json::from_value(written.shop)
        .map_err(|error| StoreError::Unreadable(format!("the rules of {location}: {error}")))?;
    Ok(Some(read.into_shop(location, version, ways)?))
}

const BUSY: &str = "
    select resource_id, blocked_from, blocked_to, appointment_id, lapses_at from allocations
    where tenant_id = $1 and resource_id = any($2) and blocked_to > $3 and blocked_from < $4";

#[derive(FromQueryResult)]
struct Taken {
    resource_id: Uuid,
    blocked_from: Instant,
    blocked_to: Instant,
    appointment_id: Uuid,
    lapses_at: Option<Instant>,
}

/// What is taken of these people and rooms.
pub(super) async fn busy(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    resources: Vec<Uuid>,
    span: Span,
) -> Result<Busy, DbErr> {
    let values = [tenant.uuid().into(), resources.into(), span.from.into(), span.to.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, BUSY, values);
    let taken = Taken::find_by_statement(statement).all(conn).await?;
    Ok(Busy::of(taken.into_iter().map(|row| Block {
        resource: row.resource_id,
        span: Span { from: row.blocked_from, to: row.blocked_to },
        appointment: Id::from_uuid(row.appointment_id),
        lapses_at: row.lapses_at,
    })))
}

/// As the query writes it.
#[derive(Deserialize)]
struct Read {
    business: ReadBusiness,
    messages: Option<serde_json::Value>,
    location: ReadLocation,
    hours: Vec<(usize, i16, i16)>,
    days: Vec<ReadDay>,
    closures: Vec<(NaiveDate, NaiveDate)>,
    policy: ReadPolicy,
    services: Vec<ReadService>,
    addons: Vec<ReadAddon>,
    packages: Vec<ReadPackage>,
    staff: Vec<ReadStaff>,
    rooms: Vec<ReadRoom>,
}

#[derive(Deserialize)]
struct ReadBusiness {
    name: String,
    slug: String,
    currency: String,
    country: String,
    has_memberships: bool,
    locale: String,
}

#[derive(Deserialize)]
struct ReadLocation {
    name: String,
    address: String,
    time_zone: String,
}

#[derive(Deserialize)]
struct ReadDay {
    day: NaiveDate,
    opens: Vec<i16>,
    closes: Vec<i16>,
}

#[derive(Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
struct ReadPolicy {
    slot_step_minutes: u16,
    alignment: Alignment,
    notice_minutes: u32,
    horizon_days: u16,
    cancel_notice_minutes: u32,
    move_notice_minutes: u32,
    late_cancel_fee_percent: u8,
    no_show_fee_percent: u8,
    needs_approval: bool,
    verify_contact: bool,
    ask_card: bool,
    risk_from: Option<u8>,
    risk_asks: RiskAsks,
    risk_deposit_percent: u8,
    ask_email: Asked,
    ask_phone: Asked,
    ask_note: bool,
    waitlist_order: WaitlistOrder,
}

#[derive(Deserialize, Default)]
struct ReadOverride {
    slot_step_minutes: Option<u16>,
    alignment: Option<Alignment>,
    notice_minutes: Option<u32>,
    horizon_days: Option<u16>,
    cancel_notice_minutes: Option<u32>,
    move_notice_minutes: Option<u32>,
    late_cancel_fee_percent: Option<u8>,
    no_show_fee_percent: Option<u8>,
    needs_approval: Option<bool>,
    verify_contact: Option<bool>,
    ask_card: Option<bool>,
    risk_from: Option<u8>,
    risk_asks: Option<RiskAsks>,
    risk_deposit_percent: Option<u8>,
}

#[derive(Deserialize)]
struct ReadService {
    id: Uuid,
    name: String,
    duration_minutes: u16,
    price_minor: i64,
    price_for: String,
    buffer_before_minutes: u16,
    buffer_after_minutes: u16,
    online: bool,
    members_only: bool,
    min_customers: u8,
    max_customers: u8,
    staff_per_customer: u8,
    needs_room: bool,
    room_features: Vec<Arc<str>>,
    room_features_for_two: Vec<Arc<str>>,
    deposit_kind: String,
    deposit_value: i64,
    policy: Option<ReadOverride>,
    addons: Vec<Uuid>,
    forms: Vec<(Uuid, i32, bool, String)>,
}

#[derive(Deserialize)]
struct ReadAddon {
    id: Uuid,
    name: String,
    duration_minutes: u16,
    price_minor: i64,
}

#[derive(Deserialize)]
struct ReadPackage {
    id: Uuid,
    name: String,
    mode: String,
    price_minor: i64,
    online: bool,
    items: Vec<Uuid>,
}

#[derive(Deserialize)]
struct ReadStaff {
    id: Uuid,
    name: String,
    online: bool,
    default_room_id: Option<Uuid>,
    daily_cap: Option<u16>,
    places: Vec<Uuid>,
    skills: Vec<(Uuid, Option<u16>, Option<i64>)>,
    hours: Vec<(String, usize, i16, i16)>,
    days: Vec<ReadDay>,
    time_off: Vec<(Instant, Instant)>,
}

#[derive(Deserialize)]
struct ReadRoom {
    id: Uuid,
    name: String,
    places: u8,
    features: Vec<(Arc<str>, u8)>,
}

fn week(windows: impl IntoIterator<Item = (usize, i16, i16)>) -> Week {
    let mut week = Week::default();
    for (weekday, opens, closes) in windows {
        if let Some(day) = week.0.get_mut(weekday.wrapping_sub(1)) {
            day.push(Window { opens, closes });
        }
    }
    for day in &mut week.0 {
        day.sort_unstable();
    }
    week
}

fn days(read: Vec<ReadDay>) -> BTreeMap<NaiveDate, Vec<Window>> {
    let windows = |day: &ReadDay| {
        let pairs = day.opens.iter().zip(&day.closes);
        pairs.map(|(opens, closes)| Window { opens: *opens, closes: *closes }).collect()
    };
    read.into_iter().map(|day| (day.day, windows(&day))).collect()
}

fn ids<K: crate::ids::Kind>(uuids: Vec<Uuid>) -> Vec<Id<K>> {
    uuids.into_iter().map(Id::from_uuid).collect()
}

impl ReadPolicy {
    fn policy(&self) -> Policy {
        Policy {
            step: self.slot_step_minutes,
            alignment: self.alignment,
            notice: self.notice_minutes,
            horizon_days: self.horizon_days,
            cancel_notice: self.cancel_notice_minutes,
            move_notice: self.move_notice_minutes,
            late_cancel_fee_percent: self.late_cancel_fee_percent,
            no_show_fee_percent: self.no_show_fee_percent,
            needs_approval: self.needs_approval,
            verify_contact: self.verify_contact,
            ask_card: self.ask_card,
            risk: self.risk(&ReadOverride::default()),
        }
    }

    /// What is asked when it seems that nobody may come, with what a service has otherwise of it.
    fn risk(&self, own: &ReadOverride) -> Rule {
        Rule::of(
            own.risk_from.or(self.risk_from),
            own.risk_asks.unwrap_or(self.risk_asks),
            own.risk_deposit_percent.unwrap_or(self.risk_deposit_percent),
        )
    }

    fn asks(&self) -> Asks {
        Asks { email: self.ask_email, phone: self.ask_phone, note: self.ask_note }
    }
}

impl ReadOverride {
    fn over(self, business: &ReadPolicy) -> Policy {
        let (shop, risk) = (business.policy(), business.risk(&self));
        Policy {
            step: self.slot_step_minutes.unwrap_or(shop.step),
            alignment: self.alignment.unwrap_or(shop.alignment),
            notice: self.notice_minutes.unwrap_or(shop.notice),
            horizon_days: self.horizon_days.unwrap_or(shop.horizon_days),
            cancel_notice: self.cancel_notice_minutes.unwrap_or(shop.cancel_notice),
            move_notice: self.move_notice_minutes.unwrap_or(shop.move_notice),
            late_cancel_fee_percent: self
                .late_cancel_fee_percent
                .unwrap_or(shop.late_cancel_fee_percent),
            no_show_fee_percent: self.no_show_fee_percent.unwrap_or(shop.no_show_fee_percent),
            needs_approval: self.needs_approval.unwrap_or(shop.needs_approval),
            verify_contact: self.verify_contact.unwrap_or(shop.verify_contact),
            ask_card: self.ask_card.unwrap_or(shop.ask_card),
            risk,
        }
    }
}

impl ReadService {
    fn offer(self, business: &ReadPolicy) -> Offer {
        let asking = |(form, version, consent, name): (Uuid, i32, bool, String)| Asking {
            form: Id::from_uuid(form),
            version,
            consent,
            name,
        };
        Offer {
            name: self.name,
            minutes: self.duration_minutes,
            price_minor: self.price_minor,
            price_for_each: self.price_for == "customer",
            buffer_before: self.buffer_before_minutes,
            buffer_after: self.buffer_after_minutes,
            online: self.online,
            members_only: self.members_only,
            min_customers: self.min_customers,
            max_customers: self.max_customers,
            staff_per_customer: self.staff_per_customer,
            needs_room: self.needs_room,
            features: self.room_features,
            features_for_two: self.room_features_for_two,
            deposit: match self.deposit_kind.as_str() {
                "fixed" => Deposit::Fixed(self.deposit_value),
                "percent" => Deposit::Percent(self.deposit_value),
                _ => Deposit::None,
            },
            policy: self.policy.unwrap_or_default().over(business),
            addons: ids(self.addons),
            forms: self.forms.into_iter().map(asking).collect(),
        }
    }
}

impl ReadStaff {
    fn rules(&self) -> StaffRules {
        let of_kind = |wanted: &str| {
            let hours = self.hours.iter().filter(|(kind, ..)| kind == wanted);
            week(hours.map(|(_, weekday, opens, closes)| (*weekday, *opens, *closes)))
        };
        let skill = |(service, minutes, price_minor): &(Uuid, Option<u16>, Option<i64>)| {
            (Id::from_uuid(*service), Skill { minutes: *minutes, price_minor: *price_minor })
        };
        StaffRules {
            id: Id::from_uuid(self.id),
            online: self.online,
            hours: of_kind("work"),
            breaks: of_kind("break"),
            days: BTreeMap::new(),
            time_off: self
                .time_off
                .iter()
                .map(|(from, to)| Span { from: *from, to: *to })
                .collect(),
            default_room: self.default_room_id.map(Id::from_uuid),
            daily_cap: self.daily_cap,
            skills: self.skills.iter().map(skill).collect(),
        }
    }
}

impl Read {
    fn into_shop(
        self,
        location: Id<Location>,
        version: i64,
        ways: Ways,
    ) -> Result<Shop, StoreError> {
        let zone = self.location.time_zone.parse().map_err(|_| {
            StoreError::Unreadable(format!("the time zone {}", self.location.time_zone))
        })?;
        let policy = self.policy.policy();
        let mut people = HashMap::new();
        let mut staff = Vec::new();
        for one in self.staff {
            // Only who works here is here.
            if one.places.contains(&location.uuid()) {
                let rules = one.rules();
                staff.push(StaffRules { days: days(one.days), ..rules });
            }
            let (name, online, places) = (one.name, one.online, ids(one.places));
            people.insert(Id::from_uuid(one.id), Person { name, online, places });
        }
        let mut rooms = HashMap::new();
        let mut room_rules = Vec::new();
        for room in self.rooms {
            let id = Id::from_uuid(room.id);
            rooms.insert(id, room.name);
            let features = room.features.into_iter().collect();
            room_rules.push(RoomRules { id, places: room.places, features });
        }
        Ok(Shop {
            location,
            version,
            messages: Settings::of_row(self.messages)?.by(ways),
            location_name: self.location.name,
            address: self.location.address,
            name: self.business.name,
            slug: self.business.slug,
            currency: self.business.currency,
            country: self.business.country,
            has_memberships: self.business.has_memberships,
            locale: self.business.locale,
            rules: Rules {
                zone,
                hours: week(self.hours),
                days: days(self.days),
                closures: self.closures,
                staff,
                rooms: room_rules,
            },
            asks: self.policy.asks(),
            waitlist_order: self.policy.waitlist_order,
            policy,
            services: (self.services.into_iter())
                .map(|service| (Id::from_uuid(service.id), service.offer(&self.policy)))
                .collect(),
            addons: (self.addons.into_iter())
                .map(|addon| {
                    let (minutes, price_minor) = (addon.duration_minutes, addon.price_minor);
                    (Id::from_uuid(addon.id), Extra { name: addon.name, minutes, price_minor })
                })
                .collect(),
            packages: (self.packages.into_iter())
                .map(|package| {
                    let bundle = Bundle {
                        name: package.name,
                        parallel: package.mode == "parallel",
                        price_minor: package.price_minor,
                        online: package.online,
                        items: ids(package.items),
                    };
                    (Id::from_uuid(package.id), bundle)
                })
                .collect(),
            people,
            rooms,
        })
    }
}
