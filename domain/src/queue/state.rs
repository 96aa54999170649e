//! The life of an entry.

use crate::words::words;

words! {
    /// Where a party stands.
    State {
        /// In the line.
        Waiting = "waiting",
        /// Somebody has called them.
        Called = "called",
        /// Somebody serves them.
        Serving = "serving",
        /// They were served.
        Done = "done",
        /// They don't wait any more.
        Left = "left",
        /// They were called and weren't there.
        NoShow = "no_show",
        /// They have an appointment instead.
        Converted = "converted",
        /// They were forgotten in the line.
        Expired = "expired",
    }

    /// How a party came into the line.
    Source {
        /// From the shop's page.
        Public = "public",
        /// At the tablet by the door.
        Kiosk = "kiosk",
        /// The desk put them in.
        Desk = "desk",
        /// They have an appointment and were checked in.
        Appointment = "appointment",
    }

    /// What can be done to an entry.
    Step {
        /// It comes into the line.
        Join = "joined",
        /// Somebody of the staff calls them.
        Call = "called",
        /// They go back to where they stood.
        Return = "returned",
        /// They get another place in the line.
        Move = "moved",
        /// They want something else, or somebody else.
        Edit = "edited",
        /// Whom they wanted serves no more: they wait for anybody.
        Free = "freed",
        /// They are there.
        Here = "here",
        /// They let somebody pass.
        MoreTime = "more_time",
        /// They get a new ticket.
        Reissue = "reissued",
        /// It begins.
        Start = "started",
        /// It is over.
        Finish = "finished",
        /// They weren't there.
        MissOut = "no_show",
        /// They go.
        Leave = "left",
        /// They get an appointment.
        Convert = "converted",
        /// They are forgotten.
        Expire = "expired",
        /// The last step was a mistake.
        StepBack = "stepped_back",
    }
}

impl State {
    /// All of them, in the order of a life.
    pub const ALL: [Self; 8] = [
        Self::Waiting,
        Self::Called,
        Self::Serving,
        Self::Done,
        Self::Left,
        Self::NoShow,
        Self::Converted,
        Self::Expired,
    ];

    /// Whether a party is still on the board.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Called | Self::Serving)
    }

    /// Whether a party still waits to be served.
    pub const fn is_in_line(self) -> bool {
        matches!(self, Self::Waiting | Self::Called)
    }

    /// Where `step` leads, if it is possible here.
    #[expect(clippy::match_same_arms, reason = "one line for each step of a life")]
    pub const fn after(self, step: Step) -> Option<Self> {
        use State as S;
        Some(match (self, step) {
            (S::Waiting, Step::Call) => S::Called,
            (S::Called, Step::Return) => S::Waiting,
            (S::Waiting, Step::Move) => S::Waiting,
            (S::Waiting | S::Called, Step::Here | Step::Edit | Step::Free) => self,
            (S::Waiting | S::Called, Step::MoreTime) => S::Waiting,
            (S::Waiting | S::Called, Step::Reissue) => self,
            (S::Waiting | S::Called, Step::Start) => S::Serving,
            (S::Serving, Step::Finish) => S::Done,
            (S::Called, Step::MissOut) => S::NoShow,
            (S::Waiting | S::Called, Step::Leave) => S::Left,
            (S::Waiting | S::Called, Step::Convert) => S::Converted,
            (S::Waiting | S::Called, Step::Expire) => S::Expired,
            // Nobody said that they were done.
            (S::Serving, Step::Expire) => S::Done,
            (S::Serving | S::NoShow | S::Left | S::Expired, Step::StepBack) => S::Waiting,
            (S::Done, Step::StepBack) => S::Serving,
            _ => return None,
        })
    }
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Join,
        Self::Call,
        Self::Return,
        Self::Move,
        Self::Edit,
        Self::Free,
        Self::Here,
        Self::MoreTime,
        Self::Reissue,
        Self::Start,
        Self::Finish,
        Self::MissOut,
        Self::Leave,
        Self::Convert,
        Self::Expire,
        Self::StepBack,
    ];

    /// The event that tells others.
    pub const fn event(self) -> &'static str {
        match self {
            Self::Join => "queue.joined",
            Self::Call => "queue.called",
            Self::Return => "queue.returned",
            Self::Move => "queue.moved",
            Self::Edit => "queue.edited",
            Self::Free => "queue.freed",
            Self::Here => "queue.here",
            Self::MoreTime => "queue.more_time",
            Self::Reissue => "queue.reissued",
            Self::Start => "queue.started",
            Self::Finish => "queue.finished",
            Self::MissOut => "queue.no_show",
            Self::Leave => "queue.left",
            Self::Convert => "queue.converted",
            Self::Expire => "queue.expired",
            Self::StepBack => "queue.stepped_back",
        }
    }
}
