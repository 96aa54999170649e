//! One throwaway cluster for the whole run, with a migrated template that every test's database is
//! a copy of.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use openchair_server::embedded::{Cluster, EmbeddedOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

const TEMPLATE: &str = "openchair_template";
/// For making and removing databases: nobody works in it.
const MAINTENANCE: &str = "postgres";

/// Ends by itself when we do, however we end, and tidies up: the cluster's own watchdog has stopped
/// PostgreSQL by then, or is about to.
const JANITOR: &str = r#"read -r _
tries=0
while [ -e "$1/postgres/data/postmaster.pid" ] && [ "$tries" -lt 300 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
rm -rf -- "$1"
"#;

/// The cluster of this run.
#[derive(Debug)]
pub struct Bench {
    cluster: Cluster,
    folder: PathBuf,
    // Its standard input is the leash: the kernel closes it when this process ends.
    _janitor: Child,
}

/// The one bench of this process, started by whoever needs it first.
pub fn bench() -> &'static Bench {
    static BENCH: OnceLock<Bench> = OnceLock::new();
    BENCH.get_or_init(|| {
        // A thread of its own: whoever comes first may be inside an async runtime.
        std::thread::spawn(Bench::start).join().expect("the bench's database must start")
    })
}

impl Bench {
    fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("openchair-suite-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the cluster");
        let janitor = janitor(&folder).expect("the janitor");
        let options = EmbeddedOptions::throwaway(&folder);
        let cluster = Cluster::start(&options, |step| tracing::debug!("{step}"));
        let cluster = cluster.expect("a PostgreSQL for the tests");
        let bench = Self { cluster, folder, _janitor: janitor };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(bench.make_template());
        bench
    }

    async fn make_template(&self) {
        self.run(format!("CREATE DATABASE {TEMPLATE}")).await.expect("the template");
        let migrated = openchair_migrations::migrate(&self.cluster.owner_url(TEMPLATE)).await;
        migrated.expect("migrations run on an empty database");
    }

    /// A statement of the owner's, outside every test's database.
    async fn run(&self, sql: String) -> sqlx::Result<()> {
        let mut owner = PgConnection::connect(&self.cluster.owner_url(MAINTENANCE)).await?;
        owner.execute(AssertSqlSafe(sql)).await?;
        owner.close().await
    }

    pub(crate) async fn copy_template(&self, name: &str) {
        let copied = self.run(format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")).await;
        copied.expect("a copy of the template");
    }

    pub(crate) async fn make_empty(&self, name: &str) {
        self.run(format!("CREATE DATABASE {name}")).await.expect("an empty database");
    }

    pub(crate) async fn remove(&self, name: &str) -> sqlx::Result<()> {
        self.run(format!("DROP DATABASE IF EXISTS {name}")).await
    }

    /// The address of a database as its owner.
    pub fn owner_url(&self, database: &str) -> String {
        self.cluster.owner_url(database)
    }

    /// The address of a database as the app.
    pub fn app_url(&self, database: &str) -> String {
        self.cluster.app_url(database)
    }

    /// A folder that is gone after the run.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

fn janitor(folder: &Path) -> io::Result<Child> {
    Command::new("/bin/sh")
        .args(["-c", JANITOR, "openchair-janitor"])
        .arg(folder)
        // A group of its own: Ctrl-C must not end it before us.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}
