use openchair_domain::alerts::Reading;
use openchair_domain::platform::Health;
use poem_openapi::Object;

use super::super::alerts::AlertCondition;

/// How something stands that alerts are raised about.
#[derive(Debug, Clone, Object)]
pub(super) struct HealthReading {
    condition: AlertCondition,
    value: f64,
    /// From where on it is bad
    threshold: f64,
    /// Whether it is; of shares, only if so many failed that they say something
    bad: bool,
}

impl From<Reading> for HealthReading {
    fn from(reading: Reading) -> Self {
        Self {
            condition: reading.condition.into(),
            value: reading.value,
            threshold: reading.threshold,
            bad: reading.bad,
        }
    }
}

/// How the deployment does.
#[derive(Debug, Clone, Object)]
pub(super) struct HealthView {
    /// Of the server that answers
    version: String,
    /// Businesses
    businesses: i64,
    /// What the database takes on its disk
    database_bytes: i64,
    /// Connections to the database, ours and others'
    connections: i64,
    /// How many connections there may be
    connections_most: i64,
    /// Live sockets that are open at the server that answers
    live_sockets: u64,
    /// How everything stands that alerts are raised about
    readings: Vec<HealthReading>,
}

impl HealthView {
    pub(super) fn of(health: Health, live_sockets: usize) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            businesses: health.businesses,
            database_bytes: health.database_bytes,
            connections: health.connections,
            connections_most: health.connections_most,
            live_sockets: u64::try_from(live_sockets).unwrap_or(u64::MAX),
            readings: health.readings.into_iter().map(HealthReading::from).collect(),
        }
    }
}
