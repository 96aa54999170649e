//! Whom a demo business knows.

use chrono::{Duration, Months};
use serde_json::json;

use super::book::{Book, Names};
use super::data::{Customer, Shop};
use super::dice::Dice;
use super::house::day;
use super::offer::Offered;
use crate::ids::{self, Id};
use crate::secrets::{OpaqueToken, Place, TokenKind};
use crate::tenancy::{StoreError, SystemTx};
use crate::text::{self, Email};

/// A customer who can come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) id: Id<ids::Customer>,
    pub(super) member: bool,
    /// How much less they pay, in percent.
    pub(super) percent: u8,
}

/// Bytes as the database reads them from text.
pub(super) fn bytes(bytes: &[u8]) -> String {
    format!("\\x{}", data_encoding::HEXLOWER.encode(bytes))
}

/// Customers with what they agreed to, memberships, and who may be one person with whom.
pub(super) fn write(
    tx: &SystemTx,
    shop: &Shop,
    offered: &Offered,
    dice: &mut Dice,
    book: &mut Book,
) -> Result<Vec<Known>, StoreError> {
    let mut known = Vec::new();
    for customer in &shop.customers {
        let since = tx.now() - Duration::minutes(dice.between(40 * 1_440, 500 * 1_440));
        let id = Id::<ids::Customer>::new(since, tx.entropy());
        let email = Email::parse(&customer.email)
            .map_err(|_| StoreError::Unreadable(customer.email.clone()))?;
        let place = Place { table: "customers", column: "medical", row: id.uuid() };
        let medical =
            customer.medical.as_ref().map(|text| tx.tools().seal(&place, text.as_bytes()));
        let medical = medical.transpose()?.map(|sealed| bytes(&sealed));
        book.add(
            "customers",
            json!({
                "id": id.uuid(),
                "name": customer.name,
                "name_key": text::fold(&customer.name),
                "email": email.shown(),
                "email_key": email.key(),
                "phone": customer.phone,
                "locale": customer.locale,
                "note": customer.note,
                "tags": customer.tags,
                "medical_at": medical.as_ref().map(|_| since),
                "medical": medical,
                "source": "demo",
                "version": 1,
                "created_at": since,
                "updated_at": since,
            }),
        );
        if customer.news {
            book.add(
                "consents",
                json!({
                    "id": Id::<ids::Consent>::new(since, tx.entropy()).uuid(),
                    "customer_id": id.uuid(), "purpose": "marketing_email", "form_id": null,
                    "form_version": null, "granted": true, "source": "booking",
                    "appointment_id": null, "recorded_by": "Customer", "at": since,
                }),
            );
        }
        let plan = shop.plans.first().filter(|_| customer.member);
        let percent = plan.and_then(|plan| u8::try_from(plan.discount_percent).ok()).unwrap_or(0);
        known.push(Known { id, member: customer.member, percent });
    }
    suggest(tx, shop, &known, book);
    members(tx, shop, offered, &known, (dice, book))?;
    Ok(known)
}

/// Why two records may be one person's, if they may.
pub(super) fn likeness(one: &Customer, other: &Customer) -> Option<&'static str> {
    let email = one.email.to_lowercase() == other.email.to_lowercase();
    match (email, one.phone == other.phone) {
        (true, true) => Some("email_and_phone"),
        (true, false) => Some("email"),
        (false, true) => Some("phone"),
        (false, false) => None,
    }
}

fn suggest(tx: &SystemTx, shop: &Shop, known: &[Known], book: &mut Book) {
    let all: Vec<_> = shop.customers.iter().zip(known).collect();
    for (place, (one, first)) in all.iter().enumerate() {
        for (other, second) in &all[place + 1..] {
            let Some(reason) = likeness(one, other) else { continue };
            book.add(
                "merge_suggestions",
                json!({
                    "id": tx.new_id::<ids::MergeSuggestion>().uuid(),
                    "customer_id": first.id.min(second.id).uuid(),
                    "other_id": first.id.max(second.id).uuid(),
                    "reason": reason, "created_at": tx.now(),
                }),
            );
        }
    }
}

fn members(
    tx: &SystemTx,
    shop: &Shop,
    offered: &Offered,
    known: &[Known],
    (dice, book): (&mut Dice, &mut Book),
) -> Result<(), StoreError> {
    let Some(plan) = shop.plans.first() else { return Ok(()) };
    let months = if plan.period == "year" { 12 } else { 1 };
    for member in known.iter().filter(|known| known.member) {
        // They were members before the first visit that we know of, and still are after the last.
        let starts_on = day(shop, tx.now(), -dice.between(30, 39));
        book.add(
            "customer_memberships",
            json!({
                "id": tx.new_id::<ids::CustomerMembership>().uuid(),
                "customer_id": member.id.uuid(), "plan_id": offered.plans.get(&plan.name)?,
                "starts_on": starts_on, "ends_on": starts_on.checked_add_months(Months::new(months)),
                "created_at": tx.now() - Duration::days(30),
            }),
        );
    }
    Ok(())
}

/// Who waits for time that is taken.
pub(super) fn write_waiting(
    tx: &SystemTx,
    shop: &Shop,
    offered: &Offered,
    (known, places): (&[Known], &Names),
    book: &mut Book,
) -> Result<(), StoreError> {
    for waiting in &shop.waiting {
        let whose = shop.customers.iter().zip(known).find(|(one, _)| one.name == waiting.customer);
        let (Some((customer, known)), Some(place)) = (whose, shop.places.first()) else { continue };
        let service: Id<ids::Service> = offered.services.id(&waiting.service)?;
        let token = OpaqueToken::generate(TokenKind::Waiting, tx.entropy());
        let wanted = crate::bookings::Wanted {
            services: vec![crate::bookings::WantedService {
                service,
                addons: Vec::new(),
                staff: None,
                second: None,
            }],
            package: None,
            party: 1,
            staff: Vec::new(),
            room: None,
        };
        book.add(
            "waitlist_entries",
            json!({
                "id": tx.new_id::<ids::WaitlistEntry>().uuid(),
                "location_id": places.get(&place.name)?, "wanted": wanted,
                "title": waiting.service,
                "first_day": day(shop, tx.now(), waiting.from),
                "last_day": day(shop, tx.now(), waiting.from + waiting.days - 1),
                "earliest": 0, "latest": 1_440, "name": customer.name, "email": customer.email,
                "phone": customer.phone, "locale": customer.locale, "note": waiting.note,
                "customer_id": known.id.uuid(), "state": "waiting",
                "token_hash": bytes(token.hash().as_bytes()), "rules_seen": 1, "version": 1,
                "created_at": tx.now(),
                "updated_at": tx.now(),
            }),
        );
    }
    Ok(())
}
