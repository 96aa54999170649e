//! The fourth lock: every operation of the OpenAPI document × everybody who might call it. The table
//! is `tests/access-matrix.txt`; an operation without a row fails the run, and so does a row without
//! an operation.

pub mod actors;
mod guests;
mod ids;
pub mod matrix;
pub mod samples;

use std::fmt::Write as _;
use std::sync::Arc;
use std::thread;

use chrono::Duration;
use openchair_domain::authz::{Authz, BuiltIn, Right};
use openchair_tests::TestApp;
use tokio::runtime::Builder;

use actors::{Actor, Column, World};
use matrix::{Matrix, Needs, Row};
use samples::{Operation, operations};

/// Whoever proves to be the owner sees what the owner sees.
const SIGNS_IN: [&str; 3] = ["sign_in", "show_second_factor", "redeem_magic_link"];
/// Calendars know a visit by its id: whoever holds its link does, too.
const NAMES_A_VISIT: [&str; 1] = ["read_own_calendar"];
/// Reading it is itself a line in the log.
const READS_ON_RECORD: [&str; 4] =
    ["export_audit_entries", "export_customers", "read_medical_notes", "list_customer_answers"];

/// Who did this, or had it done, can't sign in again as before. So it is with much that people do to
/// themselves.
const CHANGES_WHO_THEY_ARE: [&str; 3] =
    ["reset_password", "show_second_factor", "transfer_ownership"];

/// Every cell of the table, each by a request that is valid but for who sends it. The operations are
/// dealt out to several servers, each with a database of its own.
#[test]
fn everybody_gets_what_the_matrix_says() {
    let servers = thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 8));
    let deal = |server| operations().into_iter().skip(server).step_by(servers).collect::<Vec<_>>();
    let check = |server| {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(cells(&deal(server)))
    };
    let wrong: String = thread::scope(|scope| {
        let checks: Vec<_> =
            (0..servers).map(|server| scope.spawn(move || check(server))).collect();
        checks.into_iter().map(|check| check.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "\n{wrong}");
}

async fn cells(operations: &[Operation]) -> String {
    let app = Arc::new(TestApp::start().await);
    let matrix = Matrix::read();
    let mut wrong = String::new();
    // Whoever is refused changes nothing, and whoever reads doesn't either: they share a world with
    // each other, and it stays as it was.
    let mut shared = World::new(&app).await;
    for operation in operations {
        let row = matrix.row(&operation.id);
        let changes = |column| row.expected(column) < 300 && operation.method != "get";
        shared.let_support_in().await;
        let mut bystanders = Vec::new();
        for column in Column::ALL.into_iter().filter(|column| !changes(*column)) {
            bystanders.push((column, shared.actor(column, row.needs()).await));
        }
        let before = shared.fingerprint().await;
        for (column, actor) in &bystanders {
            wrong += &cell(operation, row, &shared, *column, actor).await;
        }
        let after = shared.fingerprint().await;
        if before != after {
            if !READS_ON_RECORD.contains(&&*operation.id) {
                let tables = before.iter().filter(|row| !after.contains(row));
                let id = &operation.id;
                // Whoever reads their own series is made one of the staff for it, and what is unfilled
                // is asked first, by the sample.
                let staged = |table: &&str| match &**id {
                    "read_series" => *table == "staff",
                    "list_unfilled_forms" => {
                        ["appointment_lines", "forms", "form_versions", "service_forms"]
                            .contains(table)
                    }
                    _ => false,
                };
                let tables: Vec<_> = tables
                    .filter_map(|row| row.split(' ').next())
                    .filter(|table| !staged(table))
                    .collect();
                if !tables.is_empty() {
                    let _ = writeln!(wrong, "{id} changed {tables:?} for somebody refused");
                }
            }
            shared = World::new(&app).await;
        }
        let changing = Column::ALL.into_iter().filter(|column| changes(*column));
        wrong += &succeeding(operation, row, &app, changing).await;
    }
    wrong
}

/// The cells of those who get something done. What one did doesn't always hinder the next, who is
/// tried in the same world then; only in a new one it counts that somebody failed.
async fn succeeding(
    operation: &Operation,
    row: &Row,
    app: &Arc<TestApp>,
    columns: impl Iterator<Item = Column>,
) -> String {
    let mut wrong = String::new();
    let mut used: Option<World> = None;
    let mut hinders =
        *row.needs() == Needs::Person || CHANGES_WHO_THEY_ARE.contains(&&*operation.id);
    for column in columns {
        if let Some(world) = used.as_ref().filter(|_| !hinders) {
            let actor = world.actor(column, row.needs()).await;
            if cell(operation, row, world, column, &actor).await.is_empty() {
                continue;
            }
            hinders = true;
        }
        let world = World::new(app).await;
        let actor = world.actor(column, row.needs()).await;
        wrong += &cell(operation, row, &world, column, &actor).await;
        used = Some(world);
    }
    wrong
}

/// One cell: what is wrong with it, a line for each fault.
async fn cell(
    operation: &Operation,
    row: &Row,
    world: &World,
    column: Column,
    actor: &Actor,
) -> String {
    let (mut wrong, expected) = (String::new(), row.expected(column));
    // Budgets are by the minute, and the clock stands still.
    world.app.clock.advance(Duration::minutes(1));
    let sample = samples::sample(operation, world, actor, expected < 300).await;
    let answer = sample.send(operation, actor).await;
    if answer.status != expected {
        let _ = writeln!(wrong, "{column:?}, {expected} expected: {answer}");
    }
    for secret in world.secrets_from(column) {
        let known = [&SIGNS_IN[..], &NAMES_A_VISIT].concat().contains(&&*operation.id);
        if answer.text().contains(&secret) && !known {
            let _ = writeln!(wrong, "{column:?} sees {secret} of somebody else: {answer}");
        }
    }
    if column == Column::Owner && expected == 200 && operation.id.starts_with("list_") {
        let items = ["items", "slots", "past"];
        let items = items.map(|key| answer.json()[key].as_array().map_or(0, Vec::len));
        let items: usize = items.iter().sum();
        if items == 0 {
            let _ = writeln!(wrong, "nothing to list, nothing to leak: {answer}");
        }
    }
    wrong
}

#[test]
fn every_operation_has_its_row_and_every_row_its_operation() {
    let matrix = Matrix::read();
    let operations: Vec<String> = operations().into_iter().map(|operation| operation.id).collect();
    let rows: Vec<&str> = matrix.rows().map(|row| row.operation.as_str()).collect();
    let without: Vec<_> = operations.iter().filter(|id| !rows.contains(&id.as_str())).collect();
    assert!(without.is_empty(), "add rows to tests/access-matrix.txt for {without:?}");
    let gone: Vec<_> = rows.iter().filter(|row| !operations.iter().any(|id| id == *row)).collect();
    assert!(gone.is_empty(), "remove rows from tests/access-matrix.txt for {gone:?}");
    let mut unique = rows.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), rows.len(), "an operation has two rows");
}

/// What is refused to everybody where no cards are taken, and plans cost nothing.
const UNCONNECTED: [&str; 10] = [
    "compare_books",
    "connect_payfast",
    "disconnect_payfast",
    "disconnect_stripe",
    "connect_payment_account",
    "look_at_payment_account",
    "take_plan",
    "change_plan",
    "open_plan_portal",
    "look_at_plan",
];

/// The table says the same as the policy: a role may, if and only if it holds what is needed.
#[tokio::test]
async fn the_matrix_agrees_with_the_policy() {
    let authz = Authz::load().await.unwrap();
    for row in Matrix::read().rows() {
        let Needs::Right(right) = row.needs() else { continue };
        let right = Right::from_key(right).unwrap_or_else(|| panic!("no permission {right:?}"));
        // Nobody takes cards here: who gets as far as being told that was let in.
        let refused = UNCONNECTED.contains(&&*row.operation);
        let may = |column| {
            let expected = row.expected(column);
            expected < 300 || (refused && expected == 409)
        };
        let roles = [
            (Column::Owner, authz.rights(BuiltIn::Owner).has(right)),
            (Column::Manager, authz.rights(BuiltIn::Manager).has(right)),
            (Column::Receptionist, authz.rights(BuiltIn::Receptionist).has(right)),
            (Column::Provider, authz.rights(BuiltIn::Provider).has(right)),
            (Column::Support, authz.support().has(right)),
        ];
        for (column, holds) in roles {
            assert_eq!(may(column), holds, "{} {column:?}", row.operation);
        }
        // What makes an owner is not for programs, and neither is making more of them; and they have
        // no hours and no mailbox of their own.
        let programs = authz.composable().has(right)
            && row.operation != "create_api_key"
            && row.operation != "test_message_template"
            && right != Right::UpdateOwnHours;
        assert_eq!(may(Column::KeyWith), programs, "{}", row.operation);
        assert!(!may(Column::Custom) && !may(Column::KeyWithout), "{}", row.operation);
        for column in [Column::Anonymous, Column::Stranger, Column::Revoked, Column::Admin] {
            assert!(!may(column), "{} {column:?}", row.operation);
        }
    }
}

/// What the document promises of each operation.
#[test]
fn operations_are_named_once_and_say_how_they_succeed() {
    let operations = operations();
    assert!(operations.len() > 50, "{}", operations.len());
    let mut names: Vec<&str> = operations.iter().map(|operation| operation.id.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), operations.len(), "two operations share a name");
    for Operation { id, responses, .. } in &operations {
        // Or it is no answer, but the beginning of something else.
        let succeeds = |status: &String| status.starts_with('2') || status == "101";
        assert!(responses.iter().any(succeeds), "{id}: {responses:?}");
        assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{id}");
    }
}
