//! How the product refuses: every refusal has a kind (what it means to a client), a stable code
//! (what a program may branch on) and a sentence (what a receptionist reads).

use std::borrow::Cow;

/// What a refusal means to whoever asked. The server maps each to one HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nobody is signed in, or what was shown as proof is not good.
    Unauthenticated,
    /// Signed in, but not for this.
    NotAllowed,
    /// Not there, or not for the caller to know that it is.
    NotFound,
    /// Not offered here, which anybody may know: unlike what isn't there, it says so.
    NotOffered,
    /// It contradicts what is there.
    Conflict,
    /// The caller saw an older version.
    Stale,
    /// What was sent can't be meant.
    Invalid,
    /// Too much at once.
    TooMany,
    /// Our fault, and worth another try.
    Unavailable,
    /// Our fault.
    Internal,
}

/// What is wrong with one field of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// JSON pointer into the body.
    pub field: String,
    /// Stable, for programs.
    pub code: &'static str,
    /// A sentence, for people.
    pub detail: String,
}

/// What is wrong with one value; becomes a [`FieldFault`] where the field is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueFault {
    /// Stable, for programs.
    pub code: &'static str,
    /// A sentence, for people.
    pub detail: Cow<'static, str>,
}

impl ValueFault {
    /// A fault with a code and a sentence.
    pub fn new(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into() }
    }
}

/// Collects the faults of all fields, so that a form shows them all at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldFault>);

impl Faults {
    /// Nothing wrong so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps the value, or notes its fault under `field`.
    pub fn take<T>(&mut self, field: &str, parsed: Result<T, ValueFault>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(fault) => {
                self.note(field, fault);
                None
            }
        }
    }

    /// Checks the value of a field that may be left out.
    pub fn given<G, T>(
        &mut self,
        field: &str,
        given: Option<G>,
        check: impl FnOnce(G) -> Result<T, ValueFault>,
    ) -> Option<T> {
        given.and_then(|value| self.take(field, check(value)))
    }

    /// Notes one fault.
    pub fn note(&mut self, field: &str, fault: ValueFault) {
        self.0.push(FieldFault {
            field: field.to_owned(),
            code: fault.code,
            detail: fault.detail.into_owned(),
        });
    }

    /// Notes all that is wrong with a part of the input, which stands at `field`.
    pub fn inside(&mut self, field: &str, part: Self) {
        let within =
            |fault: FieldFault| FieldFault { field: format!("{field}{}", fault.field), ..fault };
        self.0.extend(part.0.into_iter().map(within));
    }

    /// Whether nothing was noted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All that was noted.
    pub fn into_fields(self) -> Vec<FieldFault> {
        self.0
    }
}

/// What every error of the domain can say about itself.
pub trait Explain: std::error::Error + Send + Sync + 'static {
    /// What it means to the caller.
    fn kind(&self) -> Kind;
    /// The stable code.
    fn code(&self) -> &'static str;
    /// The faults of single fields, if that is what it is.
    fn fields(&self) -> &[FieldFault] {
        &[]
    }
    /// What else helps whoever asked: the times that are near the one that is taken.
    fn particulars(&self) -> Option<&serde_json::Value> {
        None
    }
    /// The one field that a refusal is about, though its value could be meant: an address that is
    /// taken.
    fn field(&self) -> Option<&'static str> {
        None
    }
}

/// Declares the error type of a noun: its own outcomes, plus those that every noun has (not found,
/// stale version, invalid input, trouble with the store). `on "/slug"` behind the sentence names the
/// field that an outcome is about.
macro_rules! refusals {
    ($(#[$doc:meta])* $name:ident {
        $($variant:ident = $kind:ident $code:literal $sentence:literal $(on $field:literal)?),* $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Debug, thiserror::Error)]
        pub enum $name {
            $(#[doc = $sentence] #[error($sentence)] $variant,)*
            /// It isn't there, or not for the caller to know.
            #[error("There is nothing here under this address.")]
            NotFound,
            /// The caller saw an older version.
            #[error("Somebody changed this meanwhile. Look at the newest version and try again.")]
            Stale,
            /// Fields that can't be meant.
            #[error("Some fields need another look.")]
            Invalid(Vec<$crate::fault::FieldFault>),
            /// The store refused or failed.
            #[error(transparent)]
            Store(#[from] $crate::tenancy::StoreError),
        }

        impl $crate::fault::Explain for $name {
            fn kind(&self) -> $crate::fault::Kind {
                match self {
                    $(Self::$variant => $crate::fault::Kind::$kind,)*
                    Self::NotFound => $crate::fault::Kind::NotFound,
                    Self::Stale => $crate::fault::Kind::Stale,
                    Self::Invalid(_) => $crate::fault::Kind::Invalid,
                    Self::Store(store) => $crate::fault::Explain::kind(store),
                }
            }
            fn code(&self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                    Self::NotFound => "not_found",
                    Self::Stale => "version_conflict",
                    Self::Invalid(_) => "validation_failed",
                    Self::Store(store) => $crate::fault::Explain::code(store),
                }
            }
            fn fields(&self) -> &[$crate::fault::FieldFault] {
                match self {
                    Self::Invalid(fields) => fields,
                    _ => &[],
                }
            }
            fn field(&self) -> Option<&'static str> {
                match self {
                    $($(Self::$variant => Some($field),)?)*
                    _ => None,
                }
            }
        }

        impl From<$crate::fault::Faults> for $name {
            fn from(faults: $crate::fault::Faults) -> Self {
                Self::Invalid(faults.into_fields())
            }
        }

        impl From<sea_orm::DbErr> for $name {
            fn from(error: sea_orm::DbErr) -> Self {
                Self::Store(error.into())
            }
        }
    };
}
pub(crate) use refusals;
