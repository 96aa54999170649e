//! What customers haven't filled in, as the API shows it.

use openchair_domain::bookings::Unfilled;
use openchair_domain::ids::{Appointment, Form};
use poem_openapi::Object;

use crate::forms::FormKindWord;
use crate::ids::Ref;

/// Something that is to be filled in or agreed to.
#[derive(Debug, Clone, Object)]
pub(super) struct UnfilledView {
    appointment: Ref<Appointment>,
    form: Ref<Form>,
    kind: FormKindWord,
    name: String,
}

impl From<Unfilled> for UnfilledView {
    fn from(unfilled: Unfilled) -> Self {
        let Unfilled { visit, form, kind, name } = unfilled;
        Self { appointment: visit.into(), form: form.into(), kind: kind.into(), name }
    }
}

/// What is to be filled in, visit by visit.
#[derive(Debug, Clone, Object)]
pub(super) struct UnfilledViews {
    /// Up to 500
    pub(super) items: Vec<UnfilledView>,
}
