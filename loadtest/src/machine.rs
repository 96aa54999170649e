//! Where figures were taken: without it they say nothing.

use std::fmt;

use serde::Serialize;

/// The machine, as far as figures depend on it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    /// How many processors we may use.
    cpus: usize,
    /// How many processes wanted one in the last minute, before we began.
    load_before: Option<f64>,
    /// Whether this build is an optimised one.
    optimised: bool,
    /// PostgreSQL's own version.
    postgres: String,
}

impl Machine {
    /// Looks before the load begins.
    pub(crate) fn look() -> Self {
        let load = std::fs::read_to_string("/proc/loadavg").ok();
        let load = load.and_then(|text| text.split(' ').next().and_then(|one| one.parse().ok()));
        Self {
            cpus: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            load_before: load,
            optimised: !cfg!(debug_assertions),
            postgres: String::new(),
        }
    }

    pub(crate) fn with_postgres(mut self, version: String) -> Self {
        self.postgres = version;
        self
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} processors, PostgreSQL {}", self.cpus, self.postgres)?;
        if let Some(load) = self.load_before {
            write!(f, ", load {load} when it began")?;
        }
        if self.optimised { Ok(()) } else { f.write_str(", NOT an optimised build") }
    }
}

/// How much memory of its own a process holds, in KiB.
pub(crate) fn resident_kib(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// How much processor time a process has taken, in clock ticks.
pub(crate) fn process_ticks(pid: u32) -> Option<u64> {
    let stat = crate::postgres::Stat::read(std::path::Path::new(&format!("/proc/{pid}/stat")))?;
    Some(stat.own)
}
