//! stub
pub const LOCALES: &[&str] = &["en"];
