use std::collections::BTreeSet;

use crate::ids::{Id, Tenant};

/// More are everybody: a hint to other processes names no more of them.
pub(super) const MOST: usize = 200;

/// For whom a bell rang.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ring {
    /// For these tenants; if there are none, it didn't ring.
    These(BTreeSet<Id<Tenant>>),
    /// For anybody: it wasn't said for whom, they were too many, or it wasn't heard.
    Anybody,
}

/// It didn't ring.
impl Default for Ring {
    fn default() -> Self {
        Self::These(BTreeSet::new())
    }
}

impl From<Option<Id<Tenant>>> for Ring {
    fn from(tenant: Option<Id<Tenant>>) -> Self {
        tenant.map_or(Self::Anybody, |tenant| Self::These(BTreeSet::from([tenant])))
    }
}

impl Ring {
    /// Whether it didn't ring at all.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::These(tenants) if tenants.is_empty())
    }

    /// This one and the other are one.
    pub fn join(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::Anybody, _) => {}
            (Self::These(tenants), Self::These(more)) => {
                tenants.extend(more);
                if tenants.len() > MOST {
                    *self = Self::Anybody;
                }
            }
            (Self::These(_), Self::Anybody) => *self = Self::Anybody,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn two_that_rang_are_one() {
        let of = |ids: std::ops::Range<u128>| {
            Ring::These(ids.map(|n| Id::from_uuid(Uuid::from_u128(n))).collect())
        };
        let most = u128::try_from(MOST).unwrap();
        let cases = [
            (of(0..0), of(0..0), of(0..0)),
            (of(0..0), of(1..2), of(1..2)),
            (of(0..2), of(1..3), of(0..3)),
            (of(0..2), Ring::Anybody, Ring::Anybody),
            (Ring::Anybody, of(0..2), Ring::Anybody),
            (of(0..most), of(0..most), of(0..most)),
            (of(0..most), of(1..most + 1), Ring::Anybody),
        ];
        for (mut one, other, expected) in cases {
            let text = format!("{one:?} {other:?}");
            one.join(other);
            assert_eq!(one, expected, "{text}");
        }
        assert!(Ring::default().is_none() && !Ring::Anybody.is_none() && !of(0..1).is_none());
    }
}
