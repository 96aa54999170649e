//! What lists of things that can be archived have in common over HTTP.

/// Declares an enum of the API that says the same as one of the domain.
macro_rules! mirrored {
    ($($(#[$doc:meta])* $name:ident = $domain:path {
        $($(#[$say:meta])* $variant:ident),+ $(,)?
    })+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, poem_openapi::Enum)]
        #[oai(rename_all = "snake_case")]
        pub(crate) enum $name { $($(#[$say])* $variant),+ }

        impl From<$domain> for $name {
            fn from(word: $domain) -> Self {
                use $domain as Said;
                match word { $(Said::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for $domain {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => Self::$variant),+ }
            }
        }
    )+ };
}
pub(crate) use mirrored;

/// Declares a new order: the ids of all that are in use, each once.
macro_rules! orders {
    ($($name:ident of $kind:ident at most $most:literal),+ $(,)?) => { $(
        /// A new order: all that aren't archived, each once.
        #[derive(Debug, Clone, poem_openapi::Object)]
        #[oai(deny_unknown_fields)]
        pub(crate) struct $name {
            #[oai(validator(max_items = $most))]
            ids: Vec<$crate::ids::Ref<$kind>>,
        }

        impl $name {
            pub(crate) fn ids(&self) -> Vec<openchair_domain::ids::Id<$kind>> {
                self.ids.iter().map(|id| id.0).collect()
            }
        }
    )+ };
}
pub(crate) use orders;
