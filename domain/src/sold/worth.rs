//! What uses of a pass are worth: all of them together what it cost, to the last cent. Pure.

/// What so many uses that are left are worth.
pub(super) const fn left(price_minor: i64, uses: i16, uses_left: i16) -> i64 {
    if uses < 1 {
        return 0;
    }
    price_minor * uses_left as i64 / uses as i64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn uses_are_worth_their_part() {
        for (price, uses, left_of_it, worth) in [
            (10_000, 3, 3, 10_000),
            (10_000, 3, 2, 6_666),
            (10_000, 3, 1, 3_333),
            (10_000, 3, 0, 0),
            (1, 100, 99, 0),
            (10_000_000_000, 100, 100, 10_000_000_000),
        ] {
            assert_eq!(left(price, uses, left_of_it), worth, "{price} {uses} {left_of_it}");
        }
    }

    proptest! {
        /// However many are used before the rest is given back: it adds up to the price.
        #[test]
        fn all_uses_add_up_to_the_price(
            price in 1i64..=10_000_000_000, uses in 1i16..=100, part in 0i16..=100,
        ) {
            let kept = part.min(uses);
            let used: i64 = (kept..uses)
                .map(|after| left(price, uses, after + 1) - left(price, uses, after))
                .inspect(|worth| assert!(*worth >= 0))
                .sum();
            prop_assert_eq!(used + left(price, uses, kept), price);
            // Uses that come back after the rest was given back are never worth more than was paid for them.
            prop_assert!(left(price, uses, kept) + left(price, uses, uses - kept) <= price);
        }
    }
}
