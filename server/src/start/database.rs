//! Finds the database that the settings ask for, or starts the private one, and migrates it.

use openchair_domain::config::{Secret, Settings};

use super::StartError;
use crate::embedded::{Cluster, DATABASE, EmbeddedOptions};

/// A database that is migrated, and what must be kept for it to stay.
#[derive(Debug)]
pub struct Database {
    cluster: Option<Cluster>,
}

impl Database {
    /// Makes the database of `settings` ready, and writes its address into them if it is ours.
    pub async fn ready(
        settings: &mut Settings,
        progress: impl Fn(&str) + Send + Sync + Clone + 'static,
    ) -> Result<Self, StartError> {
        let cluster = if settings.database.url.is_empty() {
            let mut options = EmbeddedOptions::new(&settings.database.folder);
            options.binaries.clone_from(&settings.database.binaries);
            let cluster = Cluster::launch(options, progress.clone()).await?;
            settings.database.url = Secret::new(cluster.app_url(DATABASE));
            settings.database.owner_url = Secret::new(cluster.owner_url(DATABASE));
            Some(cluster)
        } else {
            None
        };
        if !settings.database.owner_url.is_empty() {
            let files = openchair_migrations::migrate(settings.database.owner_url.expose())
                .await
                .map_err(|error| StartError::Migration(error.to_string()))?;
            if files > 0 {
                progress(&format!("migrated the database ({files} files)"));
            }
        }
        Ok(Self { cluster })
    }

    /// Stops the private database, if it is ours.
    pub async fn stop(self) {
        if let Some(cluster) = self.cluster {
            let stopped = tokio::task::spawn_blocking(move || cluster.stop()).await;
            if stopped.is_err() {
                tracing::warn!("the private database was not stopped in order");
            }
        }
    }
}
