//! Reads the migrations for what a review easily misses: a tenant's table without row-level
//! security, and a step after which the previous release could not run.

use std::fs;

use super::{Outcome, Passed, verdict};
use crate::place::Place;

/// A line with this word and a reason excuses the statement after it.
const EXCUSE: &str = "-- additive:";

pub(super) fn check(place: &Place) -> Outcome {
    let folder = place.root.join("migrations/sql");
    let Ok(entries) = fs::read_dir(&folder) else {
        return Ok(Passed::Skipped("there are no migrations".to_owned()));
    };
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    let mut faults = Vec::new();
    for file in files {
        let text =
            fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let name = place.relative(&file).display();
        faults.extend(lint(&text).into_iter().map(|fault| format!("{name}: {fault}")));
    }
    verdict(&faults)
}

/// A statement, in one line of single-spaced words, and whether it is excused.
struct Statement {
    words: String,
    excused: bool,
}

fn lint(text: &str) -> Vec<String> {
    let statements = statements(text);
    let mut faults = Vec::new();
    for statement in &statements {
        if let Some(table) = tenant_table(&statement.words)
            // The procedure of 0001_roles.sql turns both on, and adds the policies.
            && !text.contains(&format!("CALL lock_to_tenant('{table}'"))
        {
            for lock in ["ENABLE", "FORCE"] {
                let wanted = format!("{lock} ROW LEVEL SECURITY");
                let locked = statements.iter().any(|other| {
                    altered_table(&other.words) == Some(table) && contains(&other.words, &wanted)
                });
                if !locked {
                    faults.push(format!("{table} has a tenant_id but no {wanted}"));
                }
            }
        }
        if let Some(step) = not_additive(&statement.words)
            && !statement.excused
        {
            faults.push(format!(
                "{step} would break the previous release; if it doesn't, say why: \
                 `{EXCUSE} <reason>` before it"
            ));
        }
    }
    faults
}

/// Statements end at a semicolon outside of quotes; bodies of functions count as quoted.
fn statements(text: &str) -> Vec<Statement> {
    let mut all = Vec::new();
    let mut words = String::new();
    let mut excused = false;
    let mut quote: Option<String> = None;
    for line in text.lines() {
        let code = match line.find("--") {
            Some(at) if quote.is_none() => {
                let reason = line[at..].strip_prefix(EXCUSE);
                excused |= reason.is_some_and(|reason| reason.trim().len() >= 5);
                &line[..at]
            }
            _ => line,
        };
        let mut rest = code;
        while let Some(letter) = rest.chars().next() {
            if let Some(end) = &quote {
                let Some(at) = rest.find(end.as_str()) else { break };
                rest = &rest[at + end.len()..];
                quote = None;
            } else if let Some(start) = quote_start(rest) {
                rest = &rest[start.len()..];
                quote = Some(start);
            } else {
                rest = &rest[letter.len_utf8()..];
                if letter == ';' {
                    all.push(Statement { words: normal(&words), excused });
                    words.clear();
                    excused = false;
                } else {
                    words.push(letter);
                }
            }
        }
        words.push(' ');
    }
    all.push(Statement { words: normal(&words), excused });
    all
}

/// `'`, `$$` or `$name$`.
fn quote_start(text: &str) -> Option<String> {
    if text.starts_with('\'') {
        return Some("'".to_owned());
    }
    let name = text.strip_prefix('$')?;
    let end = name.find('$')?;
    let is_name = name[..end].chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    is_name.then(|| text[..end + 2].to_owned())
}

fn normal(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn contains(words: &str, wanted: &str) -> bool {
    words.to_ascii_uppercase().contains(wanted)
}

/// The name of a table that this statement makes, if its rows belong to tenants.
fn tenant_table(words: &str) -> Option<&str> {
    let (head, columns) = words.split_once('(')?;
    let table = after(head, &["CREATE TABLE IF NOT EXISTS ", "CREATE TABLE "])?;
    let belongs = columns
        .split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
        .any(|word| word == "tenant_id");
    belongs.then_some(table)
}

fn altered_table(words: &str) -> Option<&str> {
    after(words, &["ALTER TABLE IF EXISTS ", "ALTER TABLE ONLY ", "ALTER TABLE "])
}

/// The word after one of these beginnings.
fn after<'a>(words: &'a str, beginnings: &[&str]) -> Option<&'a str> {
    beginnings.iter().find_map(|beginning| {
        let head = words.get(..beginning.len())?;
        let rest = &words[beginning.len()..];
        head.eq_ignore_ascii_case(beginning).then(|| rest.split([' ', '(']).next())?
    })
}

/// What takes something away that the previous release may use.
fn not_additive(words: &str) -> Option<&'static str> {
    let upper = words.to_ascii_uppercase();
    let takes = |part: &str| upper.contains(part);
    let altering = upper.starts_with("ALTER TABLE ");
    match () {
        () if [
            "DROP TABLE",
            "DROP TYPE",
            "DROP VIEW",
            "DROP SCHEMA",
            "DROP INDEX",
            "DROP FUNCTION",
        ]
        .iter()
        .any(|drop| upper.starts_with(drop)) =>
        {
            Some("DROP")
        }
        () if altering && (takes(" DROP COLUMN ") || takes(" DROP CONSTRAINT ")) => Some("DROP"),
        () if altering && takes(" RENAME ") => Some("RENAME"),
        () if altering && takes(" SET NOT NULL") => Some("SET NOT NULL"),
        () if altering && takes(" ALTER ") && takes(" TYPE ") => Some("ALTER … TYPE"),
        () if upper.starts_with("ALTER TYPE ") && !takes(" ADD VALUE") => Some("ALTER TYPE"),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCKS: &str = "ALTER TABLE rooms ENABLE ROW LEVEL SECURITY;\n\
                         alter table rooms force row level security;";

    #[test]
    fn a_tenants_table_needs_both_locks_in_its_file() {
        let table = "CREATE TABLE rooms (\n  tenant_id uuid NOT NULL,\n  id uuid\n);\n";
        for (text, faults) in [
            (format!("{table}{LOCKS}"), 0),
            (
                format!(
                    "{table}ALTER TABLE rooms ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
                ),
                0,
            ),
            (format!("{table}ALTER TABLE rooms ENABLE ROW LEVEL SECURITY;"), 1),
            (format!("{table}-- {}", LOCKS.replace('\n', "\n-- ")), 2),
            (format!("{table}{}", LOCKS.replace("rooms", "halls")), 2),
            (table.replace("tenant_id", "owner_tenant_ids"), 0),
            ("create table if not exists rooms(tenant_id uuid);".to_owned(), 2),
            (format!("{table}CALL lock_to_tenant('rooms', 'SELECT');"), 0),
            (format!("{table}CALL lock_to_tenant('halls', 'SELECT');"), 2),
            ("COMMENT ON TABLE x IS 'CREATE TABLE rooms (tenant_id uuid)';".to_owned(), 0),
        ] {
            assert_eq!(lint(&text).len(), faults, "{text}: {:?}", lint(&text));
        }
    }

    #[test]
    fn taking_away_needs_a_reason() {
        for (text, faults) in [
            ("DROP TABLE rooms;", 1),
            ("-- additive: nothing reads it since 0.3\nDROP TABLE rooms;", 0),
            ("-- additive:\nDROP TABLE rooms;", 1),
            ("-- additive: nothing reads it since 0.3\nSELECT 1;\nDROP TABLE rooms;", 1),
            ("ALTER TABLE rooms\n  DROP COLUMN hue;", 1),
            ("ALTER TABLE rooms ALTER COLUMN hue TYPE int;", 1),
            ("ALTER TABLE rooms RENAME TO halls;", 1),
            ("ALTER TABLE rooms ADD COLUMN type text;", 0),
            ("ALTER TYPE kind ADD VALUE 'clinic';", 0),
            ("DROP POLICY mine ON rooms;", 0),
            ("CREATE FUNCTION f() RETURNS void AS $$ DROP TABLE x; $$ LANGUAGE sql;", 0),
            ("SELECT 'a;DROP TABLE rooms;';", 0),
        ] {
            assert_eq!(lint(text).len(), faults, "{text}: {:?}", lint(text));
        }
    }
}
