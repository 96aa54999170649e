//! Every permission there is, for people who compose a role or wonder what theirs allows.

use crate::authz::{Authz, BuiltIn, Right};

/// One permission, and who has it without further ado.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueLine {
    /// The permission.
    pub right: Right,
    /// The built-in roles that hold it, the mightiest first.
    pub holders: Vec<BuiltIn>,
    /// Whether a composed role may hold it.
    pub composable: bool,
}

/// All permissions, in the order in which people are shown them.
pub fn catalogue(authz: &Authz) -> Vec<CatalogueLine> {
    let line = |right: &Right| CatalogueLine {
        right: *right,
        holders: BuiltIn::ALL.into_iter().filter(|role| authz.rights(*role).has(*right)).collect(),
        composable: authz.composable().has(*right),
    };
    Right::ALL.iter().map(line).collect()
}
