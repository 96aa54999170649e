//! A folder's tables are its own.
use openchair_domain::audit::entity::Entity as AuditEntries;
use openchair_domain::identity::entities::user::Entity as Users;
use openchair_domain::keys::entity::Entity as Keys;

fn main() {}
