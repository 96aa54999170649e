pub(super) mod form;
pub(super) mod form_version;
