//! What can go wrong with a scenario. Nobody handles it: it is said, and the process fails.

/// A sentence that says what went wrong.
pub(crate) type Fault = Box<dyn std::error::Error + Send + Sync>;

/// What came of a step.
pub(crate) type Outcome<T> = Result<T, Fault>;
