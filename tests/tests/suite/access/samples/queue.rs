//! Requests about the walk-in queue.

use openchair_domain::ids::{Id, Kiosk, QueueEntry};
use openchair_domain::secrets::{OpaqueToken, TokenKind};
use openchair_tests::{Business, TestApp};
use serde_json::json;

use super::{Operation, Sample};
use crate::access::actors::{Actor, World};

/// A Wednesday at noon in New York.
const NOON: &str = "2026-03-11T16:00:00Z";

/// A business's line, in which two wait, and a tablet at its door.
#[derive(Debug)]
pub struct Line {
    pub entry: Id<QueueEntry>,
    pub other: Id<QueueEntry>,
    pub ticket: String,
    pub kiosk: Id<Kiosk>,
    pub tablet: String,
}

fn hex(token: &OpaqueToken) -> String {
    token.hash().to_vec().iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Line {
    pub async fn new(app: &TestApp, of: &Business) -> Self {
        let token = |kind| OpaqueToken::generate(kind, &*app.entropy);
        let (tenant, at, now) = (of.id.uuid(), app.location(of).await.uuid(), app.now());
        let (staff, service) = (app.first_staff(of).await.uuid(), app.services(of).await[0]);
        let (ticket, tablet) = (token(TokenKind::Ticket), token(TokenKind::Kiosk));
        let (entry, other) = (app.new_id::<QueueEntry>(), app.new_id::<QueueEntry>());
        let kiosk = app.new_id::<Kiosk>();
        let sql = format!(
            "insert into queues (tenant_id, location_id, open, capacity, updated_at)
             values ('{tenant}', '{at}', true, 500, '{now}');
             insert into queue_staff (tenant_id, location_id, staff_id, since)
             values ('{tenant}', '{at}', '{staff}', '{now}');
             insert into queue_kiosks (tenant_id, id, location_id, name, token_hash, created_by,
                                       created_at)
             values ('{tenant}', '{}', '{at}', 'Door', decode('{}', 'hex'), 'Somebody', '{now}')",
            kiosk.uuid(),
            hex(&tablet)
        );
        app.database.run(&sql).await;
        let wanted = json!([{ "id": service, "name": "A visit", "minutes": 30, "price_minor": 1 }]);
        let theirs = token(TokenKind::Ticket);
        for (place, (id, token)) in (1..).zip([(entry, &ticket), (other, &theirs)]) {
            let (id, hash, name) = (id.uuid(), hex(token), format!("Wes {place} of {}", of.name));
            let sql = format!(
                "insert into queue_entries (tenant_id, id, location_id, day, code, state, rank, name,
                     locale, party, services, source, note, token_hash, joined_at, updated_at)
                 values ('{tenant}', '{id}', '{at}', '2026-01-01', 'A0{place}', 'waiting',
                         {place}000, '{name}', 'en', 1, '{wanted}', 'public', '',
                         decode('{hash}', 'hex'), '{now}', '{now}');
                 insert into queue_history (tenant_id, entry_id, version, at, action, to_state,
                                            actor_kind, actor_name)
                 values ('{tenant}', '{id}', 1, '{now}', 'joined', 'waiting', 'customer', 'Customer')"
            );
            app.database.run(&sql).await;
        }
        let (ticket, tablet) = (ticket.text().to_owned(), tablet.text().to_owned());
        Self { entry, other, ticket, kiosk, tablet }
    }

    pub fn secrets(&self) -> Vec<String> {
        vec![
            self.entry.to_string(),
            self.other.to_string(),
            self.ticket.clone(),
            self.kiosk.to_string(),
            self.tablet.clone(),
        ]
    }
}

/// Sees to it that the deed can be done.
async fn prepare(id: &str, world: &World, actor: &Actor) {
    let (here, app) = (&world.here, &world.app);
    let standing = match id {
        "return_queue_entry" | "miss_queue_entry" => Some("called"),
        "step_back_queue_entry" => Some("no_show"),
        "finish_queue_entry" => Some("serving"),
        _ => None,
    };
    if let Some(state) = standing {
        let (entry, staff) = (here.line.entry.uuid(), here.things.staff.uuid());
        let sql = format!(
            "update queue_entries set state = '{state}', staff_id = '{staff}' where id = '{entry}'"
        );
        app.database.run(&sql).await;
    }
    if id == "step_back_queue_entry" {
        let (entry, now) = (here.line.entry.uuid(), app.now());
        let sql = format!(
            "update queue_history set action = 'no_show', at = '{now}' where entry_id = '{entry}'"
        );
        app.database.run(&sql).await;
    }
    // Who doesn't see all has a column of their own. A key is its maker's.
    let login = actor.login.as_ref().unwrap_or(&here.business.owner);
    app.be_staff(&here.business, login, here.things.staff).await;
}

pub async fn sample(
    operation: &Operation,
    world: &World,
    actor: &Actor,
    succeeds: bool,
) -> Option<Sample> {
    let here = &world.here;
    let Line { entry, other, ticket, kiosk, tablet } = &here.line;
    let id = operation.id.as_str();
    let (location, staff) = (here.location.to_string(), here.things.staff.to_string());
    let service = here.things.service.to_string();
    let slug = &here.business.slug;
    let at = |path: &str| Sample::at(format!("/v1{path}"));
    let of = |deed: &str| Sample::at(format!("/v1/queue/entries/{entry}{deed}"));
    let settings = || Sample::at(format!("/v1/locations/{location}/queue"));
    let own = |deed: &str| Sample::at(format!("/v1/q/{ticket}{deed}"));
    let seen = || json!({ "version": 1 });
    let party = || json!({ "name": "Zoë", "services": [service] });
    let hands = || json!({ "version": 1, "staff": staff });
    let sample = match id {
        "read_queue" => at(&format!("/queue?location={location}")),
        "read_queue_settings" => settings(),
        "update_queue_settings" => settings().with(json!({ "capacity": 7 })).seen(1),
        "read_queue_accuracy" => {
            at(&format!("/queue/accuracy?location={location}&from=2026-03-01&to=2026-03-02"))
        }
        "add_to_queue" => at("/queue/entries").with(party()),
        "renew_queue_ticket" => of("/ticket").with(seen()),
        "read_queue_entry" => of(""),
        "read_queue_entry_history" => of("/history"),
        "call_next_in_queue" => {
            at("/queue/call-next").with(json!({ "location": location, "staff": staff }))
        }
        "call_queue_entry" => of("/call").with(hands()),
        "return_queue_entry" => of("/return").with(seen()),
        "start_queue_entry" => of("/start").with(hands()),
        "finish_queue_entry" => of("/finish").with(seen()),
        "miss_queue_entry" => of("/no-show").with(seen()),
        "remove_from_queue" => of("/leave").with(seen()),
        "move_queue_entry" => of("/move").with(json!({ "version": 1, "after": other })),
        "step_back_queue_entry" => of("/step-back").with(seen()),
        "edit_queue_entry" => of("/edit").with(json!({ "version": 1, "party": 2 })),
        "convert_queue_entry" => {
            of("/convert").with(json!({ "version": 1, "start": NOON, "staff": staff }))
        }
        "list_kiosks" => at("/kiosks"),
        "create_kiosk" => at("/kiosks").with(json!({ "name": "Door", "location": location })),
        "revoke_kiosk" => at(&format!("/kiosks/{kiosk}")),
        "read_public_queue" => at(&format!("/public/{slug}/queue")),
        "join_queue" => at(&format!("/public/{slug}/queue")).with(party()),
        "read_queue_board" => at(&format!("/public/{slug}/queue/board")),
        "read_own_ticket" => own(""),
        "say_own_ticket_is_here" => own("/here"),
        "let_one_pass" => own("/more-time"),
        "leave_queue" => own("/leave"),
        "read_kiosk" => at(&format!("/kiosk/{tablet}")),
        "join_at_kiosk" => at(&format!("/kiosk/{tablet}/entries")).with(party()),
        _ => return None,
    };
    let acts = ["call", "return", "start", "finish", "miss", "step_back", "remove_from", "convert"];
    if succeeds && acts.iter().any(|act| id.starts_with(act)) {
        prepare(id, world, actor).await;
    }
    Some(sample)
}
