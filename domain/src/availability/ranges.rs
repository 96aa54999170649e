//! Sets of instants: sorted ranges that neither overlap nor touch, each with its first instant and the
//! first after it.

/// A set of instants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ranges(Vec<(i64, i64)>);

impl Ranges {
    /// The union of ranges in any order.
    pub(super) fn of(mut ranges: Vec<(i64, i64)>) -> Self {
        ranges.retain(|(from, to)| from < to);
        // The stable sort sees that this is a few sorted lists one after the other.
        ranges.sort_by(Ord::cmp);
        let mut last = 0;
        for place in 1..ranges.len() {
            let (from, to) = ranges[place];
            if from <= ranges[last].1 {
                ranges[last].1 = ranges[last].1.max(to);
            } else {
                last += 1;
                ranges[last] = (from, to);
            }
        }
        ranges.truncate(last + 1);
        Self(ranges)
    }

    /// The union of sets.
    pub(super) fn any_of<'a>(sets: impl Iterator<Item = &'a Self>) -> Self {
        let mut all = Vec::new();
        for set in sets {
            all.extend_from_slice(&set.0);
        }
        Self::of(all)
    }

    /// Its ranges.
    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.0.iter().copied()
    }

    /// What is in both.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut both = Vec::with_capacity(self.0.len().max(other.0.len()));
        let (mut ours, mut theirs) = (0, 0);
        while let (Some(a), Some(b)) = (self.0.get(ours), other.0.get(theirs)) {
            let (from, to) = (a.0.max(b.0), a.1.min(b.1));
            if from < to {
                both.push((from, to));
            }
            if a.1 < b.1 {
                ours += 1;
            } else {
                theirs += 1;
            }
        }
        Self(both)
    }

    /// What is in this and not in the other.
    pub(super) fn without(&self, other: &Self) -> Self {
        if other.0.is_empty() {
            return self.clone();
        }
        let mut rest = Vec::with_capacity(self.0.len() + 4);
        let mut first = 0;
        for &(mut from, to) in &self.0 {
            while other.0.get(first).is_some_and(|cut| cut.1 <= from) {
                first += 1;
            }
            for cut in &other.0[first..] {
                if cut.0 >= to {
                    break;
                }
                if from < cut.0 {
                    rest.push((from, cut.0));
                }
                from = cut.1;
            }
            if from < to {
                rest.push((from, to));
            }
        }
        Self(rest)
    }

    /// All of it, later.
    pub(super) fn later(mut self, by: i64) -> Self {
        for range in &mut self.0 {
            *range = (range.0 + by, range.1 + by);
        }
        self
    }

    /// Where something of that length can begin so that it lies within one range.
    pub(super) fn starts(&self, length: i64) -> Self {
        let fits = self.0.iter().filter(|(from, to)| to - from >= length);
        Self(fits.map(|(from, to)| (*from, to - length + 1)).collect())
    }

    /// Where something that takes time around its start can't begin, so as to overlap none of the
    /// ranges.
    pub(super) fn shadows(&self, before: i64, after: i64) -> Self {
        if before + after <= 0 {
            return Self::default();
        }
        Self::of(self.0.iter().map(|(from, to)| (from - after + 1, to + before)).collect())
    }

    /// Whether the instant is in it.
    pub(super) fn has(&self, at: i64) -> bool {
        self.around(at).is_some()
    }

    /// Whether all of a stretch lies in one range.
    pub(super) fn hold(&self, from: i64, to: i64) -> bool {
        self.around(from).is_some_and(|range| to <= range.1)
    }

    /// Whether some of a stretch is in it.
    pub(super) fn touch(&self, from: i64, to: i64) -> bool {
        let next = self.0.partition_point(|range| range.1 <= from);
        from < to && self.0.get(next).is_some_and(|range| range.0 < to)
    }

    /// The range that an instant is in.
    pub(super) fn around(&self, at: i64) -> Option<(i64, i64)> {
        let next = self.0.partition_point(|range| range.1 <= at);
        self.0.get(next).copied().filter(|range| range.0 <= at)
    }
}
