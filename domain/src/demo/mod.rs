//! Businesses to look around in: put in once, by the same path as any business that signs up.

mod shops;

use crate::audit::{self, Actor, NewEntry};
use crate::config::Plans;
use crate::fault::refusals;
use crate::identity::{self, Identity, IdentityError, NewUser, UserFacts};
use crate::ids::{Id, Tenant};
use crate::tenancy::{Db, RequestFacts, StoreError, SystemReason, SystemTx};
use crate::tenants::{self, SignUpError};
use crate::text::Email;

use shops::{Person, SHOPS, Shop};
