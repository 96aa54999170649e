//! A PostgreSQL of our own, gone when we are.

use std::path::{Path, PathBuf};

use openchair_server::embedded::{Cluster, EmbeddedOptions};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::error::Outcome;

/// For making databases: nobody works in it.
const MAINTENANCE: &str = "postgres";

/// A running cluster in a folder under the system's temporary one, where the account that runs
/// PostgreSQL may go.
#[derive(Debug)]
pub(crate) struct Throwaway {
    cluster: Option<Cluster>,
    folder: PathBuf,
}

impl Throwaway {
    /// One that doesn't wait for the disk: for scenarios that only read.
    pub(crate) async fn hasty() -> Outcome<Self> {
        Self::start(|folder| EmbeddedOptions::throwaway(folder)).await
    }

    /// One that is as safe as the product's own: writing costs what it costs.
    pub(crate) async fn durable() -> Outcome<Self> {
        Self::start(|folder| EmbeddedOptions::new(folder)).await
    }

    /// The same, and it remembers when each transaction was committed.
    pub(crate) async fn with_commit_times() -> Outcome<Self> {
        let mut made = Self::durable().await?;
        let mut owner = PgConnection::connect(&made.owner_url(MAINTENANCE)?).await?;
        sqlx::query("alter system set track_commit_timestamp = on").execute(&mut owner).await?;
        owner.close().await?;
        if let Some(cluster) = made.cluster.take() {
            cluster.stop();
        }
        let options = EmbeddedOptions::new(&made.folder);
        made.cluster = Some(Cluster::launch(options, |_| {}).await?);
        Ok(made)
    }

    async fn start(options: impl Fn(&Path) -> EmbeddedOptions) -> Outcome<Self> {
        let folder = std::env::temp_dir().join(format!("openchair-load-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        // Before the cluster, so that the folder goes even if it doesn't start.
        let mut made = Self { cluster: None, folder };
        made.cluster = Some(Cluster::launch(options(&made.folder), |_| {}).await?);
        Ok(made)
    }

    /// Where whatever belongs to this run may be put.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes an empty database.
    pub(crate) async fn create(&self, database: &str) -> Outcome<()> {
        let mut owner = PgConnection::connect(&self.owner_url(MAINTENANCE)?).await?;
        let sql = AssertSqlSafe(format!("create database {database}"));
        sqlx::query(sql).execute(&mut owner).await?;
        Ok(owner.close().await?)
    }

    pub(crate) fn owner_url(&self, database: &str) -> Outcome<String> {
        Ok(self.cluster()?.owner_url(database))
    }

    pub(crate) fn app_url(&self, database: &str) -> Outcome<String> {
        Ok(self.cluster()?.app_url(database))
    }

    /// What it logs.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("postgres.log")
    }

    /// The process that all its others are children of.
    pub(crate) fn postmaster(&self) -> Outcome<i32> {
        self.cluster()?.postmaster().ok_or_else(|| "the database doesn't run".into())
    }

    /// What the database calls itself.
    pub(crate) async fn version(&self) -> Outcome<String> {
        let mut owner = PgConnection::connect(&self.owner_url(MAINTENANCE)?).await?;
        let version: String =
            sqlx::query_scalar("show server_version").fetch_one(&mut owner).await?;
        owner.close().await?;
        Ok(version.split(' ').next().unwrap_or_default().to_owned())
    }

    fn cluster(&self) -> Outcome<&Cluster> {
        self.cluster.as_ref().ok_or_else(|| "the database has been stopped".into())
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        if let Some(cluster) = self.cluster.take() {
            let _gone = cluster.destroy();
        }
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}
