//! Requests about series and the waiting list.

use openchair_domain::ids::{Id, Series, WaitlistEntry, WaitlistOffer};
use openchair_domain::secrets::{OpaqueToken, TokenKind};
use openchair_tests::{Business, TestApp};
use serde_json::json;

use super::{Operation, Sample};
use crate::access::actors::World;

/// Wednesdays at noon in New York.
const NEXT: &str = "2026-03-11T16:00:00Z";
const SERIES: [&str; 2] = ["2026-03-18T16:00:00Z", "2026-03-25T16:00:00Z"];

/// A series of a business, and two who wait there: one of them has an offer.
#[derive(Debug)]
pub struct Later {
    pub series: Id<Series>,
    pub entry: Id<WaitlistEntry>,
    pub waiting: String,
    pub offer: String,
}

fn hex(token: &OpaqueToken) -> String {
    token.hash().to_vec().iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Later {
    pub async fn new(app: &TestApp, of: &Business) -> Self {
        let token = |kind| OpaqueToken::generate(kind, &*app.entropy);
        let (tenant, at, now) = (of.id.uuid(), app.location(of).await.uuid(), app.now());
        let series = app.new_id::<Series>();
        let sql = format!(
            "insert into series (tenant_id, id, location_id, every, step, created_at)
             values ('{tenant}', '{}', '{at}', 'week', 1, '{now}')",
            series.uuid()
        );
        app.database.run(&sql).await;
        for (place, start) in (1..).zip(SERIES) {
            let visit = app.booked(of, "confirmed", start, &token(TokenKind::Visit)).await;
            let sql = format!(
                "update appointments set series_id = '{}', series_place = {place} where id = '{}'",
                series.uuid(),
                visit.uuid()
            );
            app.database.run(&sql).await;
        }
        let held =
            app.booked(of, "held", "2026-03-12T18:00:00Z", &token(TokenKind::Hold)).await.uuid();
        let (staff, service) = (app.first_staff(of).await, app.services(of).await[0]);
        let wanted = json!({ "services": [{ "service": service, "addons": [], "staff": staff }],
                             "package": null, "party": 1, "staff": [], "room": null });
        let (entry, other) = (app.new_id::<WaitlistEntry>(), app.new_id::<WaitlistEntry>());
        let (waiting, theirs) = (token(TokenKind::Waiting), token(TokenKind::Waiting));
        let rows = [(entry, "waiting", &waiting), (other, "offered", &theirs)];
        for (id, state, token) in rows {
            let (id, hash, name) = (id.uuid(), hex(token), format!("Wes of {}", of.name));
            let sql = format!(
                "insert into waitlist_entries (tenant_id, id, location_id, wanted, title, first_day,
                     last_day, earliest, latest, name, email, locale, note, state, token_hash, rules_seen,
                     created_at, updated_at)
                 values ('{tenant}', '{id}', '{at}', '{wanted}', 'A visit', '2026-03-10',
                         '2026-03-20', 0, 1440, '{name}', '{id}@example.com', 'en', '', '{state}',
                         decode('{hash}', 'hex'), 1000000, '{now}', '{now}')"
            );
            app.database.run(&sql).await;
        }
        let (offer, id) = (token(TokenKind::Offer), app.new_id::<WaitlistOffer>().uuid());
        let sql = format!(
            "update appointments set source = 'waitlist' where id = '{held}';
             insert into waitlist_offers (tenant_id, id, entry_id, appointment_id, token_hash, state,
                                          expires_at, created_at)
             values ('{tenant}', '{id}', '{}', '{held}', decode('{}', 'hex'), 'open',
                     '2027-01-01', '{now}')",
            other.uuid(),
            hex(&offer)
        );
        app.database.run(&sql).await;
        Self { series, entry, waiting: waiting.text().to_owned(), offer: offer.text().to_owned() }
    }

    pub fn secrets(&self) -> Vec<String> {
        vec![
            self.series.to_string(),
            self.entry.to_string(),
            self.waiting.clone(),
            self.offer.clone(),
        ]
    }
}

pub fn sample(operation: &Operation, world: &World) -> Option<Sample> {
    let here = &world.here;
    let Later { series, entry, waiting, offer } = &here.later;
    let (service, staff) = (here.things.service.to_string(), here.things.staff.to_string());
    let wanted = json!({ "services": [{ "service": service, "staff": staff }] });
    let of = |deed: &str| Sample::at(format!("/v1/series/{series}{deed}"));
    let own = |rest: &str| Sample::at(format!("/v1/w/{waiting}{rest}"));
    let offered = |rest: &str| Sample::at(format!("/v1/o/{offer}{rest}"));
    let from = || json!({ "from_place": 1, "version": 1 });
    let wish = json!({ "wanted": wanted, "first_day": "2026-03-10", "last_day": "2026-03-20",
                       "name": "Zoë", "email": "zoe@example.com", "phone": "+1 415 555 0132" });
    Some(match operation.id.as_str() {
        "create_series" => Sample::at("/v1/series").with(json!({
            "wanted": wanted, "start": NEXT, "every": "day", "step": 1, "count": 2,
            "customer": { "name": "Zoë", "email": "zoe@example.com" },
        })),
        "read_series" => of(""),
        "cancel_series" => of("/cancel").with(from()),
        "move_series" => {
            let mut body = from();
            body["start"] = json!("2026-03-19T16:00:00Z");
            of("/move").with(body)
        }
        "list_waitlist" => Sample::at("/v1/waitlist"),
        "add_to_waitlist" => Sample::at("/v1/waitlist").with(wish),
        "remove_from_waitlist" => Sample::at(format!("/v1/waitlist/{entry}")),
        "offer_to_waitlist" => {
            Sample::at(format!("/v1/waitlist/{entry}/offer")).with(json!({ "start": NEXT }))
        }
        "join_waitlist" => {
            Sample::at(format!("/v1/public/{}/waitlist", here.business.slug)).with(wish)
        }
        "read_own_waiting" => own(""),
        "leave_waitlist" => own("/leave"),
        "read_own_offer" => offered(""),
        "accept_offer" => offered("/accept").with(json!({})),
        "decline_offer" => offered("/decline"),
        _ => return None,
    })
}
