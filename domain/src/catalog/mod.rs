//! What a business offers: services in categories, what goes with them, packages of them, and what
//! customers can be members of.

pub mod addons;
pub(crate) mod bounds;
pub mod categories;
mod entities;
mod kit;
pub mod packages;
pub mod pass_kinds;
pub mod plans;
mod public;
pub mod services;
#[cfg(test)]
mod tests;

use crate::fault::refusals;
use crate::shelf::Hindrance;

pub(crate) use kit::put_in_place;
pub(crate) use public::menu;
pub use public::{Menu, MenuItem, MenuPackage, MenuPlan};

refusals! {
    /// Why the menu stays as it is.
    CatalogError {
        Archived = Conflict "archived" "This is archived. Restore it first.",
        Full = Conflict "menu_full" "The menu has no room for another one. Archive what you don't offer.",
        OrderIncomplete = Conflict "order_incomplete" "The new order must name each one exactly once. Look at the newest list and try again.",
    }
}

impl From<Hindrance> for CatalogError {
    fn from(hindrance: Hindrance) -> Self {
        match hindrance {
            Hindrance::NotFound => Self::NotFound,
            Hindrance::Stale => Self::Stale,
            Hindrance::Archived => Self::Archived,
            Hindrance::Full => Self::Full,
            Hindrance::OrderIncomplete => Self::OrderIncomplete,
            Hindrance::Store(store) => Self::Store(store),
        }
    }
}
