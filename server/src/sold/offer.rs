//! What a business sells of vouchers on its page, for its staff.

use openchair_domain::authz::perm;
use openchair_domain::ids::Location;
use openchair_domain::sold::{self, VoucherOffer};
use poem_openapi::{Object, OpenApi};

use crate::app::App;
use crate::auth::Can;
use crate::conditional::{IfMatch, Versioned};
use crate::ids::Ref;
use crate::input::Input;
use crate::openapi::Tags;
use crate::problem::ApiError;

/// What is sold of gift vouchers online. Amounts are in the currency's minor unit.
#[derive(Debug, Clone, Object)]
struct VoucherOfferView {
    /// Whether any are; nobody can buy one as long as nobody takes cards
    offered: bool,
    /// What is suggested, ascending
    amounts_minor: Vec<i64>,
    /// The least that one is worth
    least_minor: i64,
    /// The most
    most_minor: i64,
    /// For how many months one is good
    months: u32,
    /// Whose till the money belongs to; empty: that of the oldest place that is open
    location: Option<Ref<Location>>,
    /// 0 as long as nobody said anything
    version: i32,
}

/// What is sold of gift vouchers online from now on. Amounts are in the currency's minor unit.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct VoucherOfferInput {
    offered: bool,
    /// What is suggested: each once, and the smallest first
    #[oai(validator(max_items = 6))]
    amounts_minor: Vec<i64>,
    /// The least that one is worth
    least_minor: i64,
    /// The most: up to 10000000000
    most_minor: i64,
    /// For how many months one is good: up to 120
    #[oai(validator(minimum(value = "1"), maximum(value = "120")))]
    months: u32,
    /// Whose till the money belongs to; empty: that of the oldest place that is open
    location: Option<Ref<Location>>,
}

impl From<VoucherOfferInput> for VoucherOffer {
    fn from(it: VoucherOfferInput) -> Self {
        Self {
            offered: it.offered,
            amounts_minor: it.amounts_minor,
            least_minor: it.least_minor,
            most_minor: it.most_minor,
            months: it.months,
            location: it.location.map(|location| location.0),
        }
    }
}

fn versioned((offer, version): (VoucherOffer, i32)) -> Versioned<VoucherOfferView> {
    let view = VoucherOfferView {
        offered: offer.offered,
        amounts_minor: offer.amounts_minor,
        least_minor: offer.least_minor,
        most_minor: offer.most_minor,
        months: offer.months,
        location: offer.location.map(Ref),
        version,
    };
    Versioned::new(version.into(), view)
}

/// The operations on what is sold of vouchers online.
#[derive(Debug)]
pub struct VoucherOfferApi(pub App);

#[OpenApi(prefix_path = "/v1/voucher-offer", tag = "Tags::Payments")]
impl VoucherOfferApi {
    /// What is sold of gift vouchers on the business's page.
    #[oai(path = "/", method = "get", operation_id = "read_voucher_offer")]
    async fn read(
        &self,
        who: Can<perm::ReadServices>,
    ) -> Result<Versioned<VoucherOfferView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let offer = sold::read_offer(&tx).await?;
        tx.commit().await?;
        Ok(versioned(offer))
    }

    /// Says what is sold of them from now on. What somebody buys already stays as it was offered.
    #[oai(path = "/", method = "put", operation_id = "set_voucher_offer")]
    async fn set(
        &self,
        who: Can<perm::UpdateService>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<VoucherOfferInput>,
    ) -> Result<Versioned<VoucherOfferView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let offer = sold::set_offer(&mut tx, &self.0.counter, seen.0, body.0.into()).await?;
        tx.commit().await?;
        Ok(versioned(offer))
    }
}
