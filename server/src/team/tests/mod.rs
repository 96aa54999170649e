//! The team's rules on a real database, through the operations.

mod invitations;
mod members;
mod world;

const ANA: &str = "ana@lagoon.example";
const OMAR: &str = "omar@lagoon.example";
