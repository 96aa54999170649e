//! What a visit costs as it stands: what is asked for it before and after, in amounts that can be taken and as people
//! read them, and what the steps of its life mean for its money.

pub(crate) mod amounts;
pub(crate) mod chargeable;
pub(super) mod deposit;
pub(super) mod due;
pub(super) mod follow;
pub(super) mod wish;
