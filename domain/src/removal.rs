//! What becomes of a thing that is taken away.

/// A thing that nobody ever used goes; what was used stays for those who look back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// It is gone.
    Deleted,
    /// It is out of use, and can be brought back.
    Archived,
}
