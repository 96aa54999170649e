//! Small sets of words that the tables, the API and the code share.

/// Declares enums whose every value has one stable word.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident {
        $($(#[$say:meta])* $variant:ident = $key:literal),+ $(,)?
    })+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$say])* #[serde(rename = $key)] $variant),+ }

        impl $name {
            /// As the tables and the API have it.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }

            /// The one that the tables call so.
            pub fn stored(key: &str) -> Result<Self, $crate::tenancy::StoreError> {
                match key {
                    $($key => Ok(Self::$variant),)+
                    _ => Err($crate::tenancy::StoreError::Unreadable(format!(
                        "the word {key:?} for a {}", stringify!($name)
                    ))),
                }
            }
        }
    )+ };
}
pub(crate) use words;
