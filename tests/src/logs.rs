//! Everything that the servers of this process log, so that a test can say what must not be there.

use std::fmt::Write as _;
use std::sync::{Mutex, Once, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

static LINES: Mutex<Vec<LogLine>> = Mutex::new(Vec::new());

/// A line of the log, at level warn or error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// How bad it is.
    pub level: Level,
    /// Who says it.
    pub target: String,
    /// What, with its fields.
    pub text: String,
    /// On which thread: each test has one of its own, which carries its name.
    thread: Option<String>,
}

/// The log, from a moment on, as far as it is this test's.
#[derive(Debug)]
pub struct Logs {
    from: usize,
    thread: Option<String>,
}

impl Logs {
    /// From now on.
    pub fn begin() -> Self {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let shown = tracing_subscriber::fmt::layer().with_test_writer().with_ansi(false);
            let kept = Keep.with_filter(LevelFilter::WARN);
            let set = tracing_subscriber::registry()
                .with(shown.with_filter(LevelFilter::WARN))
                .with(kept)
                .try_init();
            set.expect("the suite's log is the first one");
            keep_panics();
        });
        let thread = std::thread::current().name().map(str::to_owned);
        Self { from: lines().len(), thread }
    }

    /// The lines so far. What other tests log is left out; what nobody's thread logs is everybody's.
    pub fn lines(&self) -> Vec<LogLine> {
        let tests = |name: &str| name.contains("::");
        lines()[self.from..]
            .iter()
            .filter(|line| match &line.thread {
                Some(name) if tests(name) => Some(name) == self.thread.as_ref(),
                _ => true,
            })
            .cloned()
            .collect()
    }

    /// The lines at level error. A panic is one, unless it happened on a thread that may be another
    /// test's.
    pub fn errors(&self) -> Vec<LogLine> {
        let ours = |line: &LogLine| line.target != PANIC || line.thread == self.thread;
        self.lines().into_iter().filter(|line| line.level == Level::ERROR && ours(line)).collect()
    }

    /// Panics, also on threads that may be another test's.
    pub fn panics(&self) -> Vec<LogLine> {
        self.lines().into_iter().filter(|line| line.target == PANIC).collect()
    }
}

const PANIC: &str = "panic";

/// A task that panics takes only itself along: somebody has to notice.
fn keep_panics() {
    let shown = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        lines().push(LogLine {
            level: Level::ERROR,
            target: PANIC.to_owned(),
            text: panic.to_string(),
            thread: std::thread::current().name().map(str::to_owned),
        });
        shown(panic);
    }));
}

fn lines() -> std::sync::MutexGuard<'static, Vec<LogLine>> {
    LINES.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Keep;

impl<S: Subscriber> Layer<S> for Keep {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        let metadata = event.metadata();
        lines().push(LogLine {
            level: *metadata.level(),
            target: metadata.target().to_owned(),
            text: text.0,
            thread: std::thread::current().name().map(str::to_owned),
        });
    }
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = if field.name() == "message" {
            write!(self.0, "{value:?} ")
        } else {
            write!(self.0, "{}={value:?} ", field.name())
        };
    }
}
