//! What numbers on a menu can be meant.

use std::fmt::Display;

use crate::fault::ValueFault;

/// The highest price, in minor units: beyond every menu, and far from where sums overflow.
pub(crate) const DEAREST: i64 = 10_000_000_000;

/// A number between two others.
pub(super) fn between<T: PartialOrd + Display>(n: T, min: T, max: T) -> Result<T, ValueFault> {
    if n < min {
        Err(ValueFault::new("too_small", format!("This must be at least {min}.")))
    } else if n > max {
        Err(ValueFault::new("too_large", format!("This must be at most {max}.")))
    } else {
        Ok(n)
    }
}

/// A price in minor units.
pub(crate) fn price(minor: i64) -> Result<i64, ValueFault> {
    between(minor, 0, DEAREST)
}

/// How many there are in a list.
pub(super) fn count<T>(list: &[T], min: usize, max: usize) -> Result<(), ValueFault> {
    if list.len() < min {
        return Err(ValueFault::new("too_few", format!("At least {min}, please.")));
    }
    if list.len() > max {
        return Err(ValueFault::new("too_many", format!("At most {max}, please.")));
    }
    Ok(())
}

/// The same without what is there twice, in the order in which it came.
pub(super) fn once<T: PartialEq>(list: Vec<T>) -> Vec<T> {
    let mut kept = Vec::with_capacity(list.len());
    for one in list {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}
