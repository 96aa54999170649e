//! What a process measures of itself, whatever program it is.

use metrics::Unit;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusRecorder};

/// Jobs that wait, for their time or for a worker, by kind.
pub(crate) const WAITING: &str = "jobs_waiting";
/// Jobs that could run now, by kind.
pub(crate) const DUE: &str = "jobs_due";
/// Seconds since the oldest of them could, by kind.
pub(crate) const OLDEST: &str = "jobs_oldest_due_seconds";
/// Jobs that are being done, by kind.
pub(crate) const RUNNING: &str = "jobs_running";
/// Jobs that were put aside for good, by kind.
pub(crate) const DEAD: &str = "jobs_dead";

/// Metrics without a listener of their own: `/metrics` is a path of whatever serves this process.
pub fn recorder() -> Result<PrometheusRecorder, BuildError> {
    let seconds =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
    // A gauge whose name ends alike is none the worse for it.
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &seconds)?;
    Ok(builder.build_recorder())
}

/// Says what the runner's metrics are.
pub(crate) fn describe() {
    metrics::describe_counter!("jobs_done_total", "Tries of jobs, by kind and how they ended");
    metrics::describe_histogram!(
        "job_lag_seconds",
        Unit::Seconds,
        "How long a job was due before it began"
    );
    metrics::describe_histogram!(
        "job_run_seconds",
        Unit::Seconds,
        "How long a handler took, by kind; where it takes many together, for all of them"
    );
    metrics::describe_gauge!(
        WAITING,
        "Jobs that wait for their time or for a worker, by kind, counted up to 10,000"
    );
    metrics::describe_gauge!(DUE, "Jobs that could run now, by kind, counted up to 10,000");
    metrics::describe_gauge!(OLDEST, Unit::Seconds, "Since when the oldest of them could, by kind");
    metrics::describe_gauge!(RUNNING, "Jobs that are being done, by kind");
    metrics::describe_gauge!(
        DEAD,
        "Jobs that were put aside for good, by kind, counted up to 10,000"
    );
}
