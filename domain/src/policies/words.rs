//! The words of a policy, as the tables and the API have them.

use crate::availability::Alignment;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $key:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$word_doc])* $variant,)+ }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)+ }
            }

            /// The one that `key` names.
            pub fn from_key(key: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.key() == key)
            }
        }
    };
}

words! {
    /// Whether something is asked of who books.
    Asked {
        /// Nobody books without it.
        Required = "required",
        /// Whoever wants to say it may.
        Optional = "optional",
        /// Nobody is asked.
        Hidden = "hidden",
    }
}

words! {
    /// Who of the waiting list is asked first.
    WaitlistOrder {
        /// Who waits longest.
        FirstCome = "first_come",
        /// Whose visit leaves the least time unused.
        LeastGap = "least_gap",
    }
}

impl Alignment {
    /// The stable name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Clock => "clock",
            Self::Packed => "packed",
        }
    }

    /// The one that `key` names.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Clock, Self::Packed].into_iter().find(|alignment| alignment.key() == key)
    }
}
