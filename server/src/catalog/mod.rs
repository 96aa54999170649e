//! The menu over HTTP.

mod addons;
mod categories;
mod packages;
mod pass_kinds;
mod plans;
mod services;

pub use addons::AddonsApi;
pub use categories::CategoriesApi;
pub(crate) use packages::PackageModeWord;
pub use packages::PackagesApi;
pub use pass_kinds::PassKindsApi;
pub(crate) use plans::PlanPeriodWord;
pub use plans::PlansApi;
pub use services::ServicesApi;
pub(crate) use services::{PriceForWord, ServiceDeposit};
