//! What changes while somebody looks on.

mod following;
