//! The numbers that Stripe documents for tests, and what becomes of them.

/// What a number does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Card {
    /// It pays.
    Pays,
    /// It pays, and is disputed.
    Disputed,
    /// It pays, and its bank asks about it; nothing is taken away.
    Inquired,
    /// It pays, and money given back to it is on its way for a while.
    RefundTakesTime,
    /// It pays, and money given back to it arrives and comes back by itself after a minute.
    RefundComesBack,
    /// Its bank asks who it is.
    Asks,
    /// It doesn't pay: code, the bank's code, a sentence.
    Declined(&'static str, Option<&'static str>, &'static str),
}

/// Numbers that pay.
const PAY: [&str; 11] = [
    "4242424242424242",
    "4000056655665556",
    "5555555555554444",
    "2223003122003222",
    "5200828282828210",
    "378282246310005",
    "6011111111111117",
    "3056930009020004",
    "3566002020360505",
    "6200000000000005",
    "4000000000000077",
];
/// It can be left, and pays nothing, now or later.
pub(crate) const LEFT_ONLY: &str = "4000000000000341";
/// Its bank asks its owner each time, also once it was left.
const ASKS_ALWAYS: [&str; 2] = ["4000002760003184", "4000000000003220"];
/// Its bank asks its owner where it is left, and has no money for what comes later.
const EMPTY_LATER: &str = "4000008260003178";

/// What becomes of a card that was left, when something is taken from it while its owner isn't there; none: it
/// pays. Else a code, the bank's code and a sentence.
pub(crate) fn later(number: &str) -> Option<(&'static str, &'static str, &'static str)> {
    let number = digits(number)?;
    if ASKS_ALWAYS.contains(&&*number) {
        let said = "Your card was declined. This transaction requires authentication.";
        return Some(("authentication_required", "authentication_required", said));
    }
    match read(&number) {
        _ if number == EMPTY_LATER => {
            Some(("card_declined", "insufficient_funds", "Your card has insufficient funds."))
        }
        Some(Card::Declined(code, bank, said)) => Some((code, bank.unwrap_or(code), said)),
        _ => None,
    }
}

/// What becomes of a number; none, if it is no number of a card.
pub(crate) fn read(number: &str) -> Option<Card> {
    let number = digits(number)?;
    let declined = "Your card was declined.";
    Some(match number.as_str() {
        "4000000000000259" => Card::Disputed,
        "4000000000001976" => Card::Inquired,
        "4000000000007726" => Card::RefundTakesTime,
        "4000000000005126" => Card::RefundComesBack,
        "4000002500003155" | "4000003800000446" | EMPTY_LATER => Card::Asks,
        number if ASKS_ALWAYS.contains(&number) => Card::Asks,
        "4000000000000002" | LEFT_ONLY => {
            Card::Declined("card_declined", Some("generic_decline"), declined)
        }
        "4000000000009995" => Card::Declined(
            "card_declined",
            Some("insufficient_funds"),
            "Your card has insufficient funds.",
        ),
        "4000000000009987" => Card::Declined("card_declined", Some("lost_card"), declined),
        "4000000000009979" => Card::Declined("card_declined", Some("stolen_card"), declined),
        "4000000000000069" => Card::Declined("expired_card", None, "Your card has expired."),
        "4000000000000127" => {
            Card::Declined("incorrect_cvc", None, "Your card's security code is incorrect.")
        }
        "4000000000000119" => Card::Declined(
            "processing_error",
            None,
            "An error occurred while processing your card. Try again in a little bit.",
        ),
        number if PAY.contains(&number) => Card::Pays,
        _ => Card::Declined(
            "card_declined",
            Some("test_mode_live_card"),
            "Your card was declined. Your request was in test mode, but used a non test card.",
        ),
    })
}

/// The digits of a number whose last one is right.
pub(crate) fn digits(number: &str) -> Option<String> {
    let digits: String = number.chars().filter(|one| !matches!(one, ' ' | '-')).collect();
    let good = (12..=19).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && luhn(&digits);
    good.then_some(digits)
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0') * if place % 2 == 1 { 2 } else { 1 };
            if digit > 9 { digit - 9 } else { digit }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whose card it is.
pub(crate) fn brand(number: &str) -> &'static str {
    match number.as_bytes() {
        [b'3', b'4' | b'7', ..] => "amex",
        [b'3', b'0', ..] => "diners",
        [b'3', ..] => "jcb",
        [b'5' | b'2', ..] => "mastercard",
        [b'6', b'2', ..] => "unionpay",
        [b'6', ..] => "discover",
        _ => "visa",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for number in PAY {
            assert_eq!(read(number), Some(Card::Pays), "{number}");
        }
        assert_eq!(read("4242 4242 4242 4242"), Some(Card::Pays));
        for odd in ["4242424242424241", "", "4242", "4242x242424242424", "０"] {
            assert_eq!(read(odd), None, "{odd}");
        }
        for asks in ["4000002500003155", "4000000000003220", "4000002760003184", EMPTY_LATER] {
            assert_eq!(read(asks), Some(Card::Asks));
        }
        // A real one's digits would be right, and it is no test's.
        let live = read("4111111111111111");
        assert!(matches!(live, Some(Card::Declined(_, Some("test_mode_live_card"), _))));
        for declined in ["4000000000000002", "4000000000009995", "4000000000000127", LEFT_ONLY] {
            assert!(matches!(read(declined), Some(Card::Declined(..))), "{declined}");
        }
    }

    #[test]
    fn what_is_taken_later() {
        for pays in ["4242424242424242", "4000002500003155", "4000003800000446"] {
            assert_eq!(later(pays), None, "{pays}");
        }
        for (number, code, bank) in [
            (LEFT_ONLY, "card_declined", "generic_decline"),
            ("4000002760003184", "authentication_required", "authentication_required"),
            (EMPTY_LATER, "card_declined", "insufficient_funds"),
        ] {
            let (found, theirs, _) = later(number).unwrap();
            assert_eq!((found, theirs), (code, bank), "{number}");
        }
    }
}
