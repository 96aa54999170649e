//! Which times staff can give away, and why not.

use openchair_domain::authz::perm;
use openchair_domain::bookings::{self, Query as Asked, Range};
use openchair_domain::ids::{Appointment, Location, Package, Room};
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;

use super::dto::{ExplainedView, FirstView, SlotsView, WantedQuery};
use crate::app::App;
use crate::auth::Can;
use crate::ids::Ref;
use crate::input::{Day, Moment};
use crate::openapi::Tags;
use crate::problem::ApiError;

/// The operations on free time.
#[derive(Debug)]
pub struct AvailabilityApi(pub App);

const fn one() -> u8 {
    1
}

#[OpenApi(prefix_path = "/v1", tag = "Tags::Bookings")]
impl AvailabilityApi {
    /// The times that can be given away on some days. Staff aren't bound by notice and horizon when
    /// they book; the list is what a customer's calendar would show, staff who aren't online included.
    #[oai(path = "/availability", method = "get", operation_id = "list_slots")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the query")]
    async fn slots(
        &self,
        who: Can<perm::CreateBooking>,
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
        /// In this room and no other
        room: Query<Option<Ref<Room>>>,
        from: Query<Day>,
        to: Query<Day>,
        /// The visit that it would replace
        instead_of: Query<Option<Ref<Appointment>>>,
    ) -> Result<Json<SlotsView>, ApiError> {
        let wanted = WantedQuery {
            services: services.0,
            package: package.0,
            staff: staff.0,
            party: party.0,
            room: room.0,
        };
        let asked = Asked {
            location: location.0.map(|location| location.0),
            wanted: wanted.to_domain(),
            instead_of: instead_of.0.map(|visit| visit.0),
        };
        let tx = self.0.db.tenant(&who).await?;
        let found = bookings::slots(&tx, &asked, Range { from: from.0.0, to: to.0.0 }).await?;
        tx.commit().await?;
        Ok(Json(found.into()))
    }

    /// The first time that can be given away, from a day on.
    #[oai(path = "/availability/first", method = "get", operation_id = "read_first_slot")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the query")]
    async fn first(
        &self,
        who: Can<perm::CreateBooking>,
        location: Query<Option<Ref<Location>>>,
        /// `svc_1@stf_1,svc_2:add_1:add_2`: as for the list
        services: Query<Option<String>>,
        package: Query<Option<Ref<Package>>>,
        staff: Query<Option<String>>,
        #[oai(default = "one", validator(minimum(value = "1"), maximum(value = "2")))] party: Query<
            u8,
        >,
        /// In this room and no other
        room: Query<Option<Ref<Room>>>,
        /// Today if left out
        from: Query<Option<Day>>,
    ) -> Result<Json<FirstView>, ApiError> {
        let wanted = WantedQuery {
            services: services.0,
            package: package.0,
            staff: staff.0,
            party: party.0,
            room: room.0,
        };
        let asked = Asked {
            location: location.0.map(|location| location.0),
            wanted: wanted.to_domain(),
            instead_of: None,
        };
        let tx = self.0.db.tenant(&who).await?;
        let found = bookings::first(&tx, &asked, from.0.map(|day| day.0)).await?;
        tx.commit().await?;
        Ok(Json(found.into()))
    }

    /// Why a visit can't begin at this time, with names: closed, who is busy with which visit, which
    /// rooms are taken.
    #[oai(path = "/availability/why", method = "get", operation_id = "explain_slot")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the query")]
    async fn why(
        &self,
        who: Can<perm::CreateBooking>,
        location: Query<Option<Ref<Location>>>,
        /// `svc_1@stf_1,svc_2:add_1:add_2`: as for the list
        services: Query<Option<String>>,
        package: Query<Option<Ref<Package>>>,
        staff: Query<Option<String>>,
        #[oai(default = "one", validator(minimum(value = "1"), maximum(value = "2")))] party: Query<
            u8,
        >,
        /// In this room and no other
        room: Query<Option<Ref<Room>>>,
        start: Query<Moment>,
        /// The visit that it would replace
        instead_of: Query<Option<Ref<Appointment>>>,
    ) -> Result<Json<ExplainedView>, ApiError> {
        let wanted = WantedQuery {
            services: services.0,
            package: package.0,
            staff: staff.0,
            party: party.0,
            room: room.0,
        };
        let asked = Asked {
            location: location.0.map(|location| location.0),
            wanted: wanted.to_domain(),
            instead_of: instead_of.0.map(|visit| visit.0),
        };
        let tx = self.0.db.tenant(&who).await?;
        let found = bookings::why(&tx, &asked, start.0.0).await?;
        tx.commit().await?;
        Ok(Json(ExplainedView::full(&found)))
    }
}
