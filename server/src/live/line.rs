//! One socket, as the rest of the server knows it.

use std::sync::{Mutex, OnceLock, PoisonError};

use openchair_domain::authz::Rights;
use openchair_domain::ids::{Id, StaffMember};
use openchair_domain::live::{Standing, Watch};
use tokio::sync::Notify;

use super::outlet::Outlet;

/// Why a socket ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The other side has gone, or the connection broke: nobody hears a goodbye.
    Gone,
    /// They said goodbye.
    Closed,
    /// Nobody said in time who they are, or what they said wasn't right.
    NotSignedIn,
    /// They are signed out, or their rights have changed.
    SignedOut,
    /// What they watched is over.
    Over,
    /// The server stops.
    Restart {
        /// When to come back.
        retry_ms: u32,
    },
    /// Too many messages, or more was asked for than the API's limits allow.
    Flood {
        /// When to come back.
        retry_ms: u32,
    },
    /// A message beyond all measure.
    TooLarge,
    /// Something else than text.
    NotText,
    /// Something that is no WebSocket.
    Broken,
    /// As many sockets as they may have are open.
    TooMany,
    /// They are silent.
    Silent,
    /// Our own fault.
    Failed,
}

impl End {
    /// The word in the goodbye, and the code with which the connection is closed.
    pub(super) const fn words(self) -> (&'static str, u16) {
        match self {
            Self::Gone | Self::Closed => ("closed", 1000),
            Self::NotSignedIn => ("not_signed_in", 4401),
            Self::SignedOut => ("signed_out", 4401),
            Self::Over => ("over", 1000),
            Self::Restart { .. } => ("restart", 1012),
            Self::Flood { .. } => ("too_many_messages", 4429),
            Self::TooLarge => ("too_large", 1009),
            Self::NotText => ("not_text", 1003),
            Self::Broken => ("bad_frame", 1002),
            Self::TooMany => ("too_many_sockets", 4429),
            Self::Silent => ("silent", 1001),
            Self::Failed => ("internal", 1011),
        }
    }

    /// When to come back, if that is worth it.
    pub(super) const fn retry_ms(self) -> Option<u32> {
        match self {
            Self::Restart { retry_ms } | Self::Flood { retry_ms } => Some(retry_ms),
            Self::Failed => Some(5_000),
            Self::TooMany => Some(60_000),
            _ => None,
        }
    }
}

/// Who somebody was when they began to look on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// By what they look on.
    pub(super) watch: Watch,
    /// What they might do.
    pub(super) rights: Rights,
}

/// A socket's ear. Whatever there is for it, it is woken by the same bell and looks.
#[derive(Debug, Default)]
pub(super) struct Line {
    wake: Notify,
    /// Past its task.
    pub(super) outlet: Outlet,
    end: OnceLock<End>,
    known: OnceLock<Known>,
    column: Mutex<Column>,
}

/// Whose column is shown.
#[derive(Debug, Clone, Copy, Default)]
enum Column {
    /// It doesn't matter, or wasn't looked up yet.
    #[default]
    Any,
    /// That of this one; nobody's, for who has none.
    Of(Option<Id<StaffMember>>),
}

impl Line {
    /// There is something to look at.
    pub(super) fn wake(&self) {
        self.outlet.stir();
        self.wake.notify_one();
    }

    /// Waits until there is.
    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }

    /// It is over; the first reason counts.
    pub(super) fn finish(&self, end: End) {
        if self.end.set(end).is_ok() {
            self.wake();
        }
    }

    /// Whether it is.
    pub(super) fn ended(&self) -> Option<End> {
        self.end.get().copied()
    }

    /// Waits until it is. What else there was to look at must be looked at afterwards.
    pub(super) async fn ending(&self) -> End {
        loop {
            if let Some(end) = self.ended() {
                return end;
            }
            self.woken().await;
        }
    }

    /// It is known now who looks on.
    pub(super) fn know(&self, known: Known) {
        let _once = self.known.set(known);
    }

    /// Who looks on.
    pub(super) fn known(&self) -> Option<Known> {
        self.known.get().copied()
    }

    /// Whose column is shown. If another one's is shown already, they have changed places meanwhile:
    /// that is over.
    pub(super) fn shows_column(&self, staff: Option<Id<StaffMember>>) {
        let mut column = self.column.lock().unwrap_or_else(PoisonError::into_inner);
        match *column {
            Column::Of(shown) if shown != staff => {
                drop(column);
                self.finish(End::SignedOut);
            }
            _ => *column = Column::Of(staff),
        }
    }

    /// Whether this is what they might do when they began.
    pub(super) fn agrees(&self, now: Standing) -> bool {
        let column = *self.column.lock().unwrap_or_else(PoisonError::into_inner);
        let same_column = match column {
            Column::Any => true,
            Column::Of(staff) => staff == now.staff,
        };
        same_column && self.known().is_none_or(|known| known.rights == now.rights)
    }
}

/// Waits for something that may take its time, unless the socket ends meanwhile.
pub(super) async fn unless_ended<T>(line: &Line, work: impl Future<Output = T>) -> Result<T, End> {
    tokio::select! {
        biased;
        end = line.ending() => Err(end),
        done = work => Ok(done),
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use uuid::Uuid;

    use super::*;

    #[test]
    fn one_socket_shows_one_column() {
        let staff = |n: u128| Some(Id::from_uuid(Uuid::from_u128(n)));
        let line = Line::default();
        let is = |staff| line.agrees(Standing { rights: Rights::NONE, staff });
        assert!(is(staff(1)) && is(None));
        line.shows_column(staff(1));
        line.shows_column(staff(1));
        assert!(is(staff(1)) && !is(staff(2)) && !is(None));
        assert_eq!(line.ended(), None);
        line.shows_column(staff(2));
        assert_eq!(line.ended(), Some(End::SignedOut));
        assert!(is(staff(1)) && !is(staff(2)));
    }

    #[tokio::test]
    async fn who_is_sent_away_waits_for_nothing() {
        let line = Line::default();
        assert_eq!(unless_ended(&line, ready(7)).await, Ok(7));
        let waiting = unless_ended(&line, pending::<()>());
        let (ended, ()) = tokio::join!(waiting, async { line.finish(End::SignedOut) });
        assert_eq!(ended, Err(End::SignedOut));
        // Also who only begins to.
        assert_eq!(unless_ended(&line, ready(7)).await, Err(End::SignedOut));
    }
}
