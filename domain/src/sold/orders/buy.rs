//! Somebody says which voucher they want, and for whom. It is paid for at a page that is opened for it later.

use chrono::Duration;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::door::{GiftHolder, place};
use crate::config::LOCALES;
use crate::customers::TypedContact;
use crate::fault::{Faults, ValueFault};
use crate::ids::VoucherOrder;
use crate::payments::Counter;
use crate::payments::amounts::shown;
use crate::payments::chargeable;
use crate::secrets::{OpaqueToken, TokenKind};
use crate::sold::entities::voucher_order;
use crate::sold::error::SoldError;
use crate::sold::offer::{self, VoucherOffer};
use crate::sold::sale::{self, Sold};
use crate::sold::words::What;
use crate::tenancy::TenantTx;
use crate::tenants;
use crate::text::{self, Email};

/// For so long an order can be paid for.
const KEPT: Duration = Duration::days(7);
/// Who sells what nobody sells in person.
const SELLER: &str = "online";

/// A voucher that somebody wants to buy.
#[derive(Debug, Clone)]
pub struct NewGift {
    /// How much.
    pub value_minor: i64,
    /// Who buys it.
    pub buyer_name: String,
    /// Where the receipt goes.
    pub buyer_email: String,
    /// Whom it is for.
    pub recipient_name: String,
    /// Where its code is sent; to who buys it, if not given.
    pub recipient_email: Option<String>,
    /// What the giver says.
    pub message: String,
    /// In which language.
    pub locale: Option<String>,
}

struct Wanted {
    buyer_name: String,
    email: Email,
    recipient_name: String,
    recipient_email: Option<Email>,
    message: String,
}

/// What can be meant.
fn check(new: &NewGift, offer: &VoucherOffer, country: &str) -> Result<Wanted, SoldError> {
    let mut faults = Faults::new();
    let (least, most) = (offer.least_minor, offer.most_minor);
    if new.value_minor < least {
        faults.note("/value_minor", ValueFault::new("too_small", format!("At least {least}.")));
    } else if new.value_minor > most {
        faults.note("/value_minor", ValueFault::new("too_large", format!("At most {most}.")));
    }
    let mut whose = Faults::new();
    let typed = TypedContact { name: &new.buyer_name, email: None, phone: None, locale: None };
    let buyer = typed.check("", country, &mut whose);
    for fault in whose.into_fields() {
        faults.note("/buyer_name", ValueFault::new(fault.code, fault.detail));
    }
    let email = faults.take("/buyer_email", Email::parse(&new.buyer_email));
    let recipient_name = faults.take("/recipient_name", text::line(&new.recipient_name, 0, 120));
    let given = new.recipient_email.as_deref().map(str::trim).filter(|email| !email.is_empty());
    let recipient_email = faults.given("/recipient_email", given, Email::parse);
    let message = faults.take("/message", text::prose(&new.message, 0, 300));
    if new.locale.as_deref().is_some_and(|locale| !LOCALES.contains(&locale)) {
        let fault = ValueFault::new("unknown_locale", "There are no texts in this language.");
        faults.note("/locale", fault);
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let (Some(buyer), Some(email)) = (buyer, email) else { return Err(faults.into()) };
    let (Some(recipient_name), Some(message)) = (recipient_name, message) else {
        return Err(faults.into());
    };
    Ok(Wanted { buyer_name: buyer.name, email, recipient_name, recipient_email, message })
}

/// Writes down what somebody wants to buy, and gives them the link where it is paid for.
pub async fn buy_gift(
    tx: &mut TenantTx,
    counter: &Counter,
    new: &NewGift,
) -> Result<GiftHolder, SoldError> {
    let offer = offer::offered(tx).await?;
    let business = tenants::read(tx).await?;
    let wanted = check(new, &offer, &business.country)?;
    let taker = counter.taker(tx, &business.currency).await?.ok_or(SoldError::NoCards)?;
    let mut faults = Faults::new();
    faults.take("/value_minor", chargeable::check(taker, &business.currency, new.value_minor));
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let till = offer::till_of(tx, &offer).await?.ok_or(SoldError::NoVouchers)?;
    let sold = Sold {
        what: What::Voucher,
        title: shown(new.value_minor, &business.currency, &business.locale),
        price_minor: new.value_minor,
        currency: business.currency,
    };
    // Who only means to buy something is nobody's customer: they become one when they pay.
    let sale = sale::open(tx, (till, None), &sold, ("open", SELLER.to_owned())).await?;
    let (id, link) =
        (tx.new_id::<VoucherOrder>(), OpaqueToken::generate(TokenKind::Gift, tx.entropy()));
    let row = voucher_order::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(id.uuid()),
        sale_id: Set(sale.id.uuid()),
        token_hash: Set(Some(link.hash().to_vec())),
        token_sealed: Set(Some(tx.tools().seal(&place(id), link.text().as_bytes())?)),
        buyer_name: Set(wanted.buyer_name),
        buyer_email: Set(Some(wanted.email.shown().to_owned())),
        locale: Set(new.locale.clone().unwrap_or(business.locale)),
        recipient_name: Set(wanted.recipient_name),
        recipient_email: Set(wanted.recipient_email.map(|to| to.shown().to_owned())),
        message: Set(wanted.message),
        months: Set(i16::try_from(offer.months).unwrap_or(i16::MAX)),
        pay_until: Set(tx.now() + KEPT),
        voucher_id: Set(None),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    row.insert(tx.conn()).await?;
    Ok(GiftHolder { caller: tx.caller().clone(), order: id, link })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> NewGift {
        NewGift {
            value_minor: 5_000,
            buyer_name: "Ana Pérez".to_owned(),
            buyer_email: "ana@example.com".to_owned(),
            recipient_name: String::new(),
            recipient_email: Some(" ".to_owned()),
            message: "Happy birthday!\n\nAna".to_owned(),
            locale: Some("es".to_owned()),
        }
    }

    fn faulty(change: impl FnOnce(&mut NewGift)) -> Vec<(String, &'static str)> {
        let offer = VoucherOffer {
            offered: true,
            amounts_minor: Vec::new(),
            least_minor: 1_000,
            most_minor: 50_000,
            months: 36,
            location: None,
        };
        let mut new = wanted();
        change(&mut new);
        match check(&new, &offer, "US") {
            Err(SoldError::Invalid(fields)) => {
                fields.into_iter().map(|fault| (fault.field, fault.code)).collect()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn what_can_be_meant() {
        assert!(faulty(|_| ()).is_empty());
        assert!(faulty(|new| new.value_minor = 1_000).is_empty());
        assert!(faulty(|new| new.value_minor = 50_000).is_empty());
        for (value, code) in
            [(999, "too_small"), (0, "too_small"), (i64::MIN, "too_small"), (50_001, "too_large")]
        {
            let found = faulty(|new| new.value_minor = value);
            assert_eq!(found, [("/value_minor".to_owned(), code)], "{value}");
        }
        let field = |found: Vec<(String, &str)>| found[0].0.clone();
        assert_eq!(field(faulty(|new| new.buyer_name = " ".to_owned())), "/buyer_name");
        assert_eq!(field(faulty(|new| new.buyer_email = "nobody".to_owned())), "/buyer_email");
        assert_eq!(field(faulty(|new| new.recipient_name = "x".repeat(121))), "/recipient_name");
        let wrong = Some("nobody".to_owned());
        assert_eq!(field(faulty(|new| new.recipient_email = wrong)), "/recipient_email");
        assert_eq!(field(faulty(|new| new.message = "x".repeat(301))), "/message");
        assert_eq!(field(faulty(|new| new.locale = Some("xx".to_owned()))), "/locale");
    }
}
