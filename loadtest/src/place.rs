//! A database with shops in it and a server on it.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::Client;
use sqlx::postgres::{PgPool, PgPoolOptions};

use crate::desk::{self, Desk};
use crate::error::Outcome;
use crate::say;
use crate::server::{Recipe, Server, error_lines};
use crate::shops::{self, Shop};
use crate::throwaway::Throwaway;

const PATIENCE: Duration = Duration::from_secs(40);
/// The visit that the past is made of: where nobody else books.
const LAST_HOUR: u64 = 7_900;

/// What to open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// The server's binary, if it isn't the one beside this program.
    pub(crate) server: Option<&'a PathBuf>,
    pub(crate) database: &'a str,
    pub(crate) shops: usize,
    /// Visits that each shop had before.
    pub(crate) past: i32,
    /// Settings of the server's.
    pub(crate) settings: &'a [(&'static str, &'a str)],
}

/// A database with shops and a server on it.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) http: Client,
    pub(crate) server: Server,
    pub(crate) db: PgPool,
    /// The owner's address of the database.
    pub(crate) url: String,
    pub(crate) shops: Vec<Shop>,
}

impl Place {
    pub(crate) async fn open(cluster: &Throwaway, wanted: Wanted<'_>) -> Outcome<Self> {
        let url = cluster.owner_url(wanted.database)?;
        openchair_migrations::migrate(&url).await?;
        let db = PgPoolOptions::new().max_connections(20).connect(&url).await?;
        let mut recipe = Recipe::new(wanted.server, cluster, wanted.database)?
            // To one shop come more than any plan allows.
            .with("OPENCHAIR__LIMITS__PLAN_FACTOR", "1000");
        for (key, value) in wanted.settings {
            recipe = recipe.with(key, value);
        }
        let http = Client::builder().timeout(PATIENCE).pool_max_idle_per_host(64).build()?;
        let server = recipe.start(&http).await?;
        say(&format!("Opening {} shops", wanted.shops));
        let first = shops::found(&http, &server.url, &db).await?;
        let desk = Desk { http: http.clone(), url: server.url.clone(), shop: first.clone() };
        let told = desk.book(desk::hour(LAST_HOUR)).await?;
        if told.status != 201 {
            return Err(
                format!("the first booking was answered {}: {}", told.status, told.body).into()
            );
        }
        shops::give_past(&db, &first, wanted.past).await?;
        let copies = shops::copy(&db, &first, 1, wanted.shops).await?;
        let shops = std::iter::once(first).chain(copies).collect();
        Ok(Self { http, server, db, url, shops })
    }

    /// The desk of the `nth` shop.
    pub(crate) fn desk(&self, nth: usize) -> Desk {
        let shop = self.shops[nth % self.shops.len()].clone();
        Desk { http: self.http.clone(), url: self.server.url.clone(), shop }
    }

    /// Stops all of it, and says what the server complained about.
    pub(crate) async fn close(self) -> Outcome<Vec<String>> {
        self.db.close().await;
        let log = self.server.log();
        self.server.ask_to_stop()?;
        self.server.ended().await?;
        let lines = error_lines(&log)?;
        Ok(lines.into_iter().map(|line| format!("logged: {line}")).collect())
    }
}
