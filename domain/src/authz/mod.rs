//! Who may do what. casbin holds the policy (`config/authz`); it is asked once, at load, for every
//! role and permission, and its answers are kept as one bit each.

mod permission;
#[cfg(test)]
mod tests;

use std::fmt;

use casbin::{CoreApi, DefaultModel, Enforcer, StringAdapter};

use crate::ids::{CustomRole, Id};

pub use permission::{Permission, Right, Rights};

/// The permissions as types: `Can<perm::InviteMember>` reads as it is meant.
pub mod perm {
    pub use super::permission::*;
}

const MODEL: &str = include_str!("../../../config/authz/model.conf");
const POLICY: &str = include_str!("../../../config/authz/policy.csv");

/// The roles that every tenant has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BuiltIn {
    /// May do everything.
    Owner,
    /// Runs the shop.
    Manager,
    /// Runs the day.
    Receptionist,
    /// Sees their own column.
    Provider,
}

impl BuiltIn {
    /// All of them, the mightiest first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Manager, Self::Receptionist, Self::Provider];

    /// The stable name, as in the policy.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Receptionist => "receptionist",
            Self::Provider => "provider",
        }
    }

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Manager => "Manager",
            Self::Receptionist => "Receptionist",
            Self::Provider => "Provider",
        }
    }

    /// The role that `key` names.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }
}

/// The role that a member has: a built-in one, or one that the tenant composed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Built in.
    BuiltIn(BuiltIn),
    /// Composed by the tenant.
    Custom(Id<CustomRole>),
}

impl Role {
    /// The role that `key` (`owner`, `rol_…`) names.
    pub fn from_key(key: &str) -> Option<Self> {
        BuiltIn::from_key(key).map(Self::BuiltIn).or_else(|| key.parse().ok().map(Self::Custom))
    }

    /// Whether this is the owner's role.
    pub fn is_owner(self) -> bool {
        self == Self::BuiltIn(BuiltIn::Owner)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn(role) => f.write_str(role.key()),
            Self::Custom(id) => id.fmt(f),
        }
    }
}

/// What is wrong with the policy.
#[derive(Debug, thiserror::Error)]
#[error("config/authz can't be loaded: {0}")]
pub struct BadPolicy(#[from] casbin::Error);

/// The policy's answers.
#[derive(Debug, Clone)]
pub struct Authz {
    owner: Rights,
    manager: Rights,
    receptionist: Rights,
    provider: Rights,
    support: Rights,
}

impl Authz {
    /// Loads the policy that is built in.
    pub async fn load() -> Result<Self, BadPolicy> {
        let enforcer = enforcer(POLICY).await?;
        Ok(Self {
            owner: compile(&enforcer, "owner")?,
            manager: compile(&enforcer, "manager")?,
            receptionist: compile(&enforcer, "receptionist")?,
            provider: compile(&enforcer, "provider")?,
            support: compile(&enforcer, "support")?,
        })
    }

    /// What a built-in role may do.
    pub fn rights(&self, role: BuiltIn) -> Rights {
        match role {
            BuiltIn::Owner => self.owner,
            BuiltIn::Manager => self.manager,
            BuiltIn::Receptionist => self.receptionist,
            BuiltIn::Provider => self.provider,
        }
    }

    /// What platform support may do under a grant.
    pub fn support(&self) -> Rights {
        self.support
    }

    /// What a composed role may do: its own small policy, asked in the same way. Names that are no
    /// longer permissions allow nothing, and nothing that only owners may do can be composed.
    pub async fn composed(&self, permissions: &[String]) -> Result<Rights, BadPolicy> {
        let policy: String = permissions
            .iter()
            .filter_map(|key| Right::from_key(key))
            .map(|right| format!("p, composed, {}, {}\n", right.object(), right.action()))
            .collect();
        let asked = compile(&enforcer(&policy).await?, "composed")?;
        Ok(asked.intersection(self.composable()))
    }

    /// What a composed role may hold at most: everything but what makes an owner.
    pub fn composable(&self) -> Rights {
        self.owner
            .iter()
            .filter(|right| !matches!(right, Right::TransferTenant | Right::CloseTenant))
            .collect()
    }
}

async fn enforcer(policy: &str) -> Result<Enforcer, casbin::Error> {
    let model = DefaultModel::from_str(MODEL).await?;
    Enforcer::new(model, StringAdapter::new(policy)).await
}

fn compile(enforcer: &Enforcer, role: &str) -> Result<Rights, casbin::Error> {
    let mut rights = Rights::NONE;
    for right in Right::ALL {
        if enforcer.enforce((role, "*", right.object(), right.action()))? {
            rights.insert(*right);
        }
    }
    Ok(rights)
}
