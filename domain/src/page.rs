//! Lists come in pages, and a page says where the next one begins.

use crate::ids::{Id, Kind};

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Window<K: Kind> {
    /// Behind this one, if given.
    pub after: Option<Id<K>>,
    /// How many at most.
    pub limit: u32,
}

/// A part of a list.
#[derive(Debug, Clone)]
pub struct Paged<T> {
    /// The items.
    pub items: Vec<T>,
    /// The last item's id, if more follow.
    pub next: Option<String>,
}

impl<K: Kind> Window<K> {
    /// One more than is shown: it tells whether more follow.
    pub(crate) fn rows_to_ask(&self) -> u64 {
        u64::from(self.limit) + 1
    }

    pub(crate) fn cut<T>(&self, mut items: Vec<T>, id: impl Fn(&T) -> Id<K>) -> Paged<T> {
        let limit = self.limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(|item| id(item).to_string()) } else { None };
        Paged { items, next }
    }
}
