//! Requests about sequences of messages.

use openchair_domain::ids::{Customer, Id, Sequence, SequenceRun};
use openchair_tests::{Business, TestApp};
use serde_json::{Value, json};

use super::Sample;
use crate::access::actors::World;

/// A sequence with somebody in it. It is off, and nothing is due: the worker has nothing to do with it.
#[derive(Debug)]
pub struct Composed {
    pub sequence: Id<Sequence>,
    pub run: Id<SequenceRun>,
}

impl Composed {
    pub async fn new(app: &TestApp, of: &Business, customer: Id<Customer>) -> Self {
        let (tenant, now) = (of.id.uuid(), app.now());
        let (sequence, run) = (app.new_id::<Sequence>(), app.new_id::<SequenceRun>());
        let words = r#"{"en": {"subject": "Hello", "body": "Dear {{ name }}", "short": true}}"#;
        let sql = format!(
            "insert into sequences (tenant_id, id, name, trigger, rest_days, created_at, updated_at)
             values ('{tenant}', '{seq}', 'Of {slug}', 'visit_completed', 180, '{now}', '{now}');
             insert into sequence_steps (tenant_id, sequence_id, position, wait_minutes, words)
             values ('{tenant}', '{seq}', 1, 60, '{words}');
             insert into sequence_runs (tenant_id, id, sequence_id, customer_id, begun_by, booked_from,
                                        next_step, next_at, state, started_at)
             values ('{tenant}', '{run}', '{seq}', '{who}', '{who}', '{now}', 1,
                     timestamptz '{now}' + interval '1 year', 'running', '{now}')",
            seq = sequence.uuid(),
            run = run.uuid(),
            who = customer.uuid(),
            slug = of.slug,
        );
        app.database.run(&sql).await;
        Self { sequence, run }
    }

    pub fn secrets(&self) -> Vec<String> {
        vec![self.sequence.to_string(), self.run.to_string()]
    }
}

fn new() -> Value {
    let words = json!([{ "locale": "en", "subject": "Hello", "body": "Dear {{ name }}" }]);
    json!({ "name": "Welcome", "trigger": "visit_completed",
            "steps": [{ "wait_minutes": 60, "words": words }] })
}

pub fn sample(id: &str, world: &World) -> Option<Sample> {
    let Composed { sequence, run } = &world.here.composed;
    let at = |path: &str| Sample::at(format!("/v1/sequences{path}"));
    let of = |deed: &str| at(&format!("/{sequence}{deed}"));
    Some(match id {
        "list_sequences" => at(""),
        "create_sequence" => at("").with(new()),
        "read_sequence" | "archive_sequence" => of(""),
        "update_sequence" => of("").with(json!({ "name": "Welcome back" })).seen(1),
        "preview_sequence" => of("/preview").with(json!({})),
        "list_sequence_runs" => of("/runs"),
        "stop_sequence_run" => of(&format!("/runs/{run}/stop")),
        _ => return None,
    })
}
