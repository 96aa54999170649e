//! The team over HTTP: members, invitations, ownership.

mod dto;
mod invitations;
mod joining;
mod members;
mod ownership;
#[cfg(test)]
mod tests;

pub use invitations::InvitationsApi;
pub use joining::JoiningApi;
pub use members::MembersApi;
pub use ownership::OwnershipApi;
