//! Keeps PostgreSQL running until we say stop.

use std::{
    io,
    process::{Child, ChildStdin},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use rustix::process::Signal;

use super::{
    EmbeddedError,
    process::{Recipe, Running, ending, forget, signal},
};

/// After this long, a fast stop becomes an immediate one.
const LONGEST_STOP: Duration = Duration::from_secs(8);
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A thread that waits for PostgreSQL's end, and starts it again if nobody asked for it. A thread
/// and no task: the database outlives any one runtime, and each test has its own.
#[derive(Debug)]
pub(super) struct Supervisor {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    stopping: bool,
    ended: bool,
    /// The running postmaster; none while there isn't one.
    current: Option<(i32, ChildStdin)>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds this; if it did, stopping still has to work.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_stopping(&self) -> bool {
        self.lock().stopping
    }

    /// Makes this the current run; who wants to stop it finds it here.
    fn take_over(&self, running: Running) -> Child {
        let pid = running.pid();
        let Running { child, leash } = running;
        let mut state = self.lock();
        if state.stopping {
            signal(pid, Signal::INT);
        }
        state.current = Some((pid, leash));
        child
    }
}

impl Supervisor {
    fn watch(recipe: Recipe, running: Running) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let child = shared.take_over(running);
        let in_thread = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || supervise(&recipe, child, &in_thread))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// The postmaster's process number, if there is one at this moment.
    pub(super) fn pid(&self) -> Option<i32> {
        self.shared.lock().current.as_ref().map(|(pid, _)| *pid)
    }

    /// Stops PostgreSQL and returns when it has ended.
    pub(super) fn stop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        let mut state = self.shared.lock();
        state.stopping = true;
        self.shared.changed.notify_all();
        if let Some((pid, _)) = &state.current {
            signal(*pid, Signal::INT);
        }
        let (state, waited) = self
            .shared
            .changed
            .wait_timeout_while(state, LONGEST_STOP, |state| !state.ended)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out()
            && let Some((pid, _)) = &state.current
        {
            signal(*pid, Signal::QUIT);
        }
        drop(state);
        // It ends when PostgreSQL has; a panic in there has been reported by itself.
        let _ = thread.join();
    }
}

fn supervise(recipe: &Recipe, first: Child, shared: &Shared) {
    let mut next = Some(first);
    while let Some(mut child) = next.take() {
        let status = child.wait().map_or_else(|error| error.to_string(), ending);
        if let Some((_, mut leash)) = shared.lock().current.take() {
            forget(&mut leash);
        }
        if shared.is_stopping() {
            break;
        }
        tracing::warn!(ending = %status, "the private database ended by itself, starting it again");
        next = start_again(recipe, shared).map(|running| shared.take_over(running));
    }
    shared.lock().ended = true;
    shared.changed.notify_all();
}

/// Tries until it works or we are told to stop: whoever uses the database waits for it meanwhile.
fn start_again(recipe: &Recipe, shared: &Shared) -> Option<Running> {
    let mut pause = SHORTEST_PAUSE;
    loop {
        match recipe.start(&|| shared.is_stopping()) {
            Ok(running) => {
                tracing::info!("the private database runs again");
                return Some(running);
            }
            Err(error) => tracing::warn!(%error, "the private database does not start"),
        }
        let (state, _) = shared
            .changed
            .wait_timeout_while(shared.lock(), pause, |state| !state.stopping)
            .unwrap_or_else(PoisonError::into_inner);
        if state.stopping {
            return None;
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Starts and supervises, or says why not.
pub(super) fn start(recipe: Recipe) -> Result<Supervisor, EmbeddedError> {
    let running = recipe.start(&|| false)?;
    let data = recipe.place.data.clone();
    Supervisor::watch(recipe, running)
        .map_err(EmbeddedError::io("could not watch PostgreSQL in", data))
}
