//! Amounts as Stripe counts them.

use crate::problem::Problem;

/// Currencies without a minor unit.
const WHOLE: &str = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf";
/// Currencies with thousandths, the last digit of which is 0.
const THOUSANDTHS: &str = "bhd jod kwd omr tnd";
/// Currencies that are given in hundredths and have only whole units.
const WHOLE_IN_HUNDREDTHS: &str = "isk ugx";
/// Currencies in hundredths.
const HUNDREDTHS: &str = "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd \
    bwp byn bzd cad cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd \
    hkd hnl htg huf idr ils inr jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur \
    mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek \
    sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah uyu uzs wst xcd yer zar zmw";
/// The least that can be taken, where it is said.
const LEAST: [(&str, i64); 26] = [
    ("usd", 50),
    ("aed", 200),
    ("aud", 50),
    ("bgn", 100),
    ("brl", 50),
    ("cad", 50),
    ("chf", 50),
    ("czk", 1500),
    ("dkk", 250),
    ("eur", 50),
    ("gbp", 30),
    ("hkd", 400),
    ("huf", 17500),
    ("inr", 50),
    ("jpy", 50),
    ("mxn", 1000),
    ("myr", 200),
    ("nok", 300),
    ("nzd", 50),
    ("pln", 200),
    ("ron", 200),
    ("sek", 300),
    ("sgd", 50),
    ("thb", 1000),
    ("isk", 100),
    ("ugx", 100),
];
/// Eight digits.
const MOST: i64 = 99_999_999;

fn among(list: &str, currency: &str) -> bool {
    list.split_whitespace().any(|one| one == currency)
}

/// A currency that can be taken. Capitals are read, too.
pub(crate) fn currency(said: &str, param: &str) -> Result<String, Problem> {
    let currency = said.to_ascii_lowercase();
    let lists = [WHOLE, THOUSANDTHS, WHOLE_IN_HUNDREDTHS, HUNDREDTHS];
    if lists.iter().any(|list| among(list, &currency)) {
        return Ok(currency);
    }
    let said = format!(
        "Invalid currency: {said}. Stripe currently supports these currencies: {HUNDREDTHS} …"
    );
    Err(Problem::wrong(said).about(param))
}

/// An amount that is possible in this currency at all.
pub(crate) fn possible(amount: i64, currency: &str, param: &str) -> Result<(), Problem> {
    let name = currency.to_uppercase();
    if among(WHOLE_IN_HUNDREDTHS, currency) && amount % 100 != 0 {
        let said = format!(
            "Invalid amount. Currency {name} has become effectively zero-decimal and charged amounts must \
             be evenly divisible by 100. See https://stripe.com/docs/currencies#special-cases for more \
             information."
        );
        let code = "invalid_charge_amount_no_decimal_compatible";
        return Err(Problem::coded(code, said).about(param));
    }
    if among(THOUSANDTHS, currency) && amount % 10 != 0 {
        let said = format!(
            "Invalid amount. The last digit of amounts in {name} must be 0. See \
             https://stripe.com/docs/currencies#three-decimal for more information."
        );
        return Err(Problem::wrong(said).about(param));
    }
    Ok(())
}

/// A sum that can be charged.
pub(crate) fn chargeable(amount: i64, currency: &str, param: &str) -> Result<(), Problem> {
    possible(amount, currency, param)?;
    let least = LEAST.iter().find(|(one, _)| *one == currency).map_or(1, |(_, least)| *least);
    if amount < least {
        let least = shown(least, currency);
        let said = format!("The total amount due must add up to at least {least}");
        return Err(Problem::coded("amount_too_small", said).about(param));
    }
    if amount > MOST {
        let most = shown(MOST, currency);
        let said = format!("The total amount due must be no more than {most}");
        return Err(Problem::coded("amount_too_large", said).about(param));
    }
    Ok(())
}

/// For people.
pub(crate) fn shown(amount: i64, currency: &str) -> String {
    let name = currency.to_uppercase();
    let digits = if among(WHOLE, currency) {
        0
    } else if among(THOUSANDTHS, currency) {
        3
    } else {
        2
    };
    let unit = 10_i64.pow(digits);
    if unit == 1 {
        return format!("{amount} {name}");
    }
    let width = digits as usize;
    format!("{}.{:0width$} {name}", amount / unit, amount % unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_charged() {
        let code = |amount, currency| chargeable(amount, currency, "amount").err().map(|p| p.code);
        assert_eq!(code(50, "usd"), None);
        assert_eq!(code(49, "usd"), Some(Some("amount_too_small")));
        assert_eq!(code(100_000_000, "usd"), Some(Some("amount_too_large")));
        assert_eq!(code(1_230, "kwd"), None);
        assert_eq!(code(1_234, "kwd"), Some(None));
        assert_eq!(code(500, "isk"), None);
        let whole = Some(Some("invalid_charge_amount_no_decimal_compatible"));
        assert_eq!(code(550, "isk"), whole);
        assert_eq!(code(550, "ugx"), whole);
        assert_eq!(code(51, "jpy"), None);
        assert!(currency("xyz", "currency").is_err());
        assert_eq!(currency("EUR", "currency").as_deref(), Ok("eur"));
    }

    #[test]
    fn what_people_see() {
        let cases = [(1234, "usd", "12.34 USD"), (5, "eur", "0.05 EUR"), (1234, "jpy", "1234 JPY")];
        for (amount, currency, expected) in cases {
            assert_eq!(shown(amount, currency), expected);
        }
        assert_eq!(shown(1_230, "kwd"), "1.230 KWD");
    }
}
