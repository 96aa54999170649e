//! Which times customers can have.

use openchair_domain::bookings::{self, Query as Asked, Range};
use openchair_domain::ids::{Location, Package};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Visitor;
use crate::bookings::{ExplainedView, FirstView, SlotsView, WantedQuery};
use crate::ids::Ref;
use crate::input::{Day, Moment};
use crate::openapi::Tags;
use crate::problem::ApiError;

/// The operations on free time, for anybody.
#[derive(Debug)]
pub struct PublicSlotsApi(pub App);

const fn one() -> u8 {
    1
}

fn asked(location: Option<Ref<Location>>, wanted: &WantedQuery) -> Asked {
    Asked {
        location: location.map(|location| location.0),
        wanted: wanted.to_domain(),
        instead_of: None,
    }
}

#[OpenApi(prefix_path = "/v1/public", tag = "Tags::Public")]
impl PublicSlotsApi {
    /// The times that can be had on some days, up to 62.
    #[oai(path = "/:shop/slots", method = "get", operation_id = "list_public_slots")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the query")]
    async fn slots(
        &self,
        who: Visitor,
        /// The shop's web address
        shop: Path<String>,
        /// The shop's first location if left out
        location: Query<Option<Ref<Location>>>,
        /// `svc_1,svc_2:add_1:add_2`: one after the other, each with its add-ons. `svc_1@stf_1@stf_2`:
        /// by whom, for the first of the party and the second; `svc_1@@stf_2`: for the second alone
        services: Query<Option<String>>,
        package: Query<Option<Ref<Package>>>,
        /// Who shall do what no service says otherwise of: for the first of the party and the second,
        /// with a comma. Left out: whoever can
        staff: Query<Option<String>>,
        #[oai(default = "one", validator(minimum(value = "1"), maximum(value = "2")))] party: Query<
            u8,
        >,
        from: Query<Day>,
        to: Query<Day>,
    ) -> Result<Json<SlotsView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let wanted = WantedQuery {
            services: services.0,
            package: package.0,
            staff: staff.0,
            party: party.0,
            room: None,
        };
        let asked = asked(location.0, &wanted);
        let range = Range { from: from.0.0, to: to.0.0 };
        let found = bookings::public_slots(&self.0.db, &shop.0, &asked, range, who.request).await?;
        Ok(Json(found.into()))
    }

    /// The first time that can be had, from a day on.
    #[oai(path = "/:shop/slots/first", method = "get", operation_id = "read_first_public_slot")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the query")]
    async fn first(
        &self,
        who: Visitor,
        /// The shop's web address
        shop: Path<String>,
        location: Query<Option<Ref<Location>>>,
        /// `svc_1@stf_1,svc_2:add_1:add_2`: as for the list
        services: Query<Option<String>>,
        package: Query<Option<Ref<Package>>>,
        staff: Query<Option<String>>,
        #[oai(default = "one", validator(minimum(value = "1"), maximum(value = "2")))] party: Query<
            u8,
        >,
        /// Today if left out
        from: Query<Option<Day>>,
    ) -> Result<Json<FirstView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let wanted = WantedQuery {
            services: services.0,
            package: package.0,
            staff: staff.0,
            party: party.0,
            room: None,
        };
        let asked = asked(location.0, &wanted);
        let found = bookings::public_first(
            &self.0.db,
            &shop.0,
            &asked,
            from.0.map(|day| day.0),
            who.request,
        )
        .await?;
        Ok(Json(found.into()))
    }

    /// Why a visit can't begin at this time: reasons without names.
    #[oai(path = "/:shop/slots/why", method = "get", operation_id = "explain_public_slot")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the query")]
    async fn why(
        &self,
        who: Visitor,
        /// The shop's web address
        shop: Path<String>,
        location: Query<Option<Ref<Location>>>,
        /// `svc_1@stf_1,svc_2:add_1:add_2`: as for the list
        services: Query<Option<String>>,
        package: Query<Option<Ref<Package>>>,
        staff: Query<Option<String>>,
        #[oai(default = "one", validator(minimum(value = "1"), maximum(value = "2")))] party: Query<
            u8,
        >,
        start: Query<Moment>,
    ) -> Result<Json<ExplainedView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let wanted = WantedQuery {
            services: services.0,
            package: package.0,
            staff: staff.0,
            party: party.0,
            room: None,
        };
        let asked = asked(location.0, &wanted);
        let found =
            bookings::public_why(&self.0.db, &shop.0, &asked, start.0.0, who.request).await?;
        Ok(Json(ExplainedView::bare(&found)))
    }
}
