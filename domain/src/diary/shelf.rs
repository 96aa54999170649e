//! What was read is kept for who asks next, as long as its version is the present one.

use std::sync::Arc;

use quick_cache::sync::Cache;
use quick_cache::{DefaultHashBuilder, Weighter, sync::DefaultLifecycle};

use super::shop::Shop;
use crate::availability::{Busy, Span};
use crate::ids::{Id, Location, Tenant};

type Key = (Id<Tenant>, Id<Location>);

/// Rules as they were under a version.
#[derive(Debug, Clone)]
pub(super) struct KeptShop {
    pub(super) version: i64,
    pub(super) shop: Arc<Shop>,
}

/// What was taken within a span, under both versions: who works here is a rule.
#[derive(Debug, Clone)]
pub(super) struct KeptBusy {
    pub(super) versions: (i64, i64),
    pub(super) span: Span,
    pub(super) busy: Arc<Busy>,
}

#[derive(Debug, Clone, Copy)]
struct ByRows;

impl Weighter<Key, KeptShop> for ByRows {
    fn weight(&self, _: &Key, kept: &KeptShop) -> u64 {
        let shop = &kept.shop;
        let skills: usize = shop.rules.staff.iter().map(|staff| staff.skills.len()).sum();
        (16 + shop.services.len() * 4 + skills + shop.rules.staff.len() * 8) as u64
    }
}

impl Weighter<Key, KeptBusy> for ByRows {
    fn weight(&self, _: &Key, kept: &KeptBusy) -> u64 {
        (16 + kept.busy.0.values().map(Vec::len).sum::<usize>()) as u64
    }
}

/// Bounded by what is in it, not by how many ask.
#[derive(Debug)]
pub(crate) struct Shelf {
    shops: Cache<Key, KeptShop, ByRows>,
    busy: Cache<Key, KeptBusy, ByRows>,
}

/// About how many shops are kept, and how much they may weigh: rows, each some hundred bytes.
const SHOPS: usize = 2_000;
const ROWS: u64 = 200_000;

impl Default for Shelf {
    fn default() -> Self {
        let hasher = DefaultHashBuilder::default;
        let (ours, theirs) = (DefaultLifecycle::default(), DefaultLifecycle::default());
        Self {
            shops: Cache::with(SHOPS, ROWS, ByRows, hasher(), ours),
            busy: Cache::with(SHOPS, ROWS, ByRows, hasher(), theirs),
        }
    }
}

impl Shelf {
    pub(super) fn shop(&self, key: Key, version: i64) -> Option<Arc<Shop>> {
        self.shops.get(&key).filter(|kept| kept.version == version).map(|kept| kept.shop)
    }

    pub(super) fn keep_shop(&self, key: Key, version: i64, shop: Arc<Shop>) {
        self.shops.insert(key, KeptShop { version, shop });
    }

    /// What is kept under these versions, if it reaches so far.
    pub(super) fn busy(&self, key: Key, versions: (i64, i64), span: Span) -> Option<Arc<Busy>> {
        let kept = self.busy.get(&key).filter(|kept| kept.versions == versions)?;
        (kept.span.from <= span.from && span.to <= kept.span.to).then_some(kept.busy)
    }

    /// The span to read: what is asked for, and what is kept beside it, unless that grows too long.
    pub(super) fn hull(&self, key: Key, versions: (i64, i64), span: Span) -> Span {
        let kept = self.busy.get(&key).filter(|kept| kept.versions == versions);
        let both = kept.map(|kept| Span {
            from: kept.span.from.min(span.from),
            to: kept.span.to.max(span.to),
        });
        both.filter(|both| both.to - both.from <= chrono::Duration::days(120)).unwrap_or(span)
    }

    pub(super) fn keep_busy(&self, key: Key, kept: KeptBusy) {
        self.busy.insert(key, kept);
    }
}
