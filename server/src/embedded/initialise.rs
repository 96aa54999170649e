//! Makes a cluster: initdb, our roles, our database.

use std::{fs, io::Write, path::Path, process::Stdio};

use super::{
    EmbeddedError,
    access::{APP_ROLE, Access, DATABASE, OWNER_ROLE, SYSTEM_ROLE},
    account::{RunAs, said},
    discover::Binaries,
    place::Place,
};

/// Makes the data folder beside its final name and moves it there when it is whole: a start that
/// is killed half way leaves nothing that looks like a database.
pub(super) fn create(
    binaries: &Binaries,
    place: &Place,
    run_as: &RunAs,
    access: &Access,
    throwaway: bool,
) -> Result<(), EmbeddedError> {
    let beside = place.home.join("data.new");
    if beside.exists() {
        fs::remove_dir_all(&beside).map_err(EmbeddedError::io("could not remove", &beside))?;
    }
    run_initdb(binaries, place, run_as, access, throwaway, &beside)?;
    let mut statements = role_statements(access, binaries.major);
    statements.push(format!("CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}"));
    run_statements(binaries, run_as, &beside, &statements)?;
    fs::rename(&beside, &place.data).map_err(EmbeddedError::io("could not rename", &beside))
}

/// Gives the roles of existing data new passwords, when the file with the old ones is gone.
pub(super) fn renew_passwords(
    binaries: &Binaries,
    place: &Place,
    run_as: &RunAs,
    access: &Access,
) -> Result<(), EmbeddedError> {
    run_statements(binaries, run_as, &place.data, &role_statements(access, binaries.major))
}

fn run_initdb(
    binaries: &Binaries,
    place: &Place,
    run_as: &RunAs,
    access: &Access,
    throwaway: bool,
    data: &Path,
) -> Result<(), EmbeddedError> {
    let password_file = place.home.join("password");
    let failed = |output| EmbeddedError::Program { program: "initdb", output };
    // The machine's languages differ, the order of names must not: one that PostgreSQL brings
    // along, or the C library's, or (on systems that lack both) plain bytes.
    let locales: &[&[&str]] = if binaries.major >= 17 {
        &[&["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]]
    } else {
        &[&["--locale=C.UTF-8"], &["--no-locale"]]
    };
    let mut complaint = String::new();
    for locale in locales {
        run_as.write_private(&password_file, access.owner_password())?;
        let mut initdb = run_as.command(binaries.folder.join("initdb"));
        initdb
            .arg("-D")
            .arg(data)
            .args(["-U", OWNER_ROLE, "-E", "UTF8", "-A", "scram-sha-256"])
            .args(*locale)
            .arg("--pwfile")
            .arg(&password_file);
        if throwaway {
            initdb.arg("--no-sync");
        }
        let done = initdb.output().map_err(|error| failed(error.to_string()))?;
        let _ = fs::remove_file(&password_file);
        if done.status.success() {
            return Ok(());
        }
        complaint = said(&done);
    }
    Err(failed(complaint))
}

/// Makes the roles exactly as they have to be, whatever of them is there already: migrations make
/// them too, for those who bring a database of their own.
fn role_statements(access: &Access, major: u32) -> Vec<String> {
    let make = |role: &str| {
        format!(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') \
             THEN CREATE ROLE {role}; END IF; END $$"
        )
    };
    // May put the role on by name, does not simply have its rights: before 16 that was a property
    // of the member alone, since then it is one of the grant as well.
    let manner = if major >= 16 { " WITH INHERIT FALSE, SET TRUE" } else { "" };
    vec![
        make(APP_ROLE),
        make(SYSTEM_ROLE),
        format!(
            "ALTER ROLE {APP_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE \
             NOREPLICATION NOINHERIT PASSWORD '{}'",
            access.app_password()
        ),
        format!(
            "ALTER ROLE {SYSTEM_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE \
             NOREPLICATION"
        ),
        format!("GRANT {SYSTEM_ROLE} TO {APP_ROLE}{manner}"),
        format!("ALTER ROLE {OWNER_ROLE} PASSWORD '{}'", access.owner_password()),
    ]
}

/// Runs statements in single-user mode, which needs neither a running server nor a client.
fn run_statements(
    binaries: &Binaries,
    run_as: &RunAs,
    data: &Path,
    statements: &[String],
) -> Result<(), EmbeddedError> {
    single_user(binaries, run_as, data, statements).map(drop)
}

pub(super) fn single_user(
    binaries: &Binaries,
    run_as: &RunAs,
    data: &Path,
    statements: &[String],
) -> Result<String, EmbeddedError> {
    let failed = |output| EmbeddedError::Program { program: "postgres --single", output };
    let mut postgres = run_as
        .command(binaries.folder.join("postgres"))
        .args(["--single", "-c", "exit_on_error=on", "-c", "password_encryption=scram-sha-256"])
        .args(["-c", "log_statement=none", "-c", "log_min_error_statement=panic", "-D"])
        .arg(data)
        .arg("postgres")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    if let Some(mut input) = postgres.stdin.take() {
        // Here a line is a statement. Should it stop reading early, its exit code says so.
        for statement in statements {
            let _ = writeln!(input, "{statement}");
        }
    }
    let done = postgres.wait_with_output().map_err(|error| failed(error.to_string()))?;
    if done.status.success() {
        Ok(String::from_utf8_lossy(&done.stdout).into_owned())
    } else {
        Err(failed(said(&done)))
    }
}
