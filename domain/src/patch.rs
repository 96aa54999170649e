//! What a change says of a value that may be missing.

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is taken away.
    Clear,
    /// It becomes this.
    Put(T),
}

impl<T> Patch<T> {
    /// The new value, if there is one.
    pub fn put(self) -> Option<T> {
        match self {
            Self::Put(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }

    /// What there is after the change.
    #[must_use]
    pub fn after(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Keep => before,
            Self::Clear => None,
            Self::Put(value) => Some(value),
        }
    }

    /// The same for a value made of this one.
    pub fn map<U>(self, of: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Put(value) => Patch::Put(of(value)),
        }
    }
}
