//! The whole API as one document.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::LazyLock;

use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem::{EndpointExt, Route};
use poem_openapi::registry::{MetaApi, Registry};
use poem_openapi::{ApiResponse, OpenApi, OpenApiService, Tags as DeriveTags};
use serde_json::{Value, json};

use crate::app::App;
use crate::audit::AuditApi;
use crate::bookings::{AvailabilityApi, BookingsApi};
use crate::catalog::{AddonsApi, CategoriesApi, PackagesApi, PassKindsApi, PlansApi, ServicesApi};
use crate::customers::{CustomerImportsApi, CustomerMergesApi, CustomerRecordsApi, CustomersApi};
use crate::forms::FormsApi;
use crate::identity::{AuthApi, MeApi, TokensApi};
use crate::images::ImagesApi;
use crate::impact::ImpactApi;
use crate::keys::ApiKeysApi;
use crate::live::LiveApi;
use crate::locations::{ClosuresApi, LocationDaysApi, LocationsApi};
use crate::messaging::{
    MessageRepliesApi, MessageSettingsApi, MessageTemplatesApi, MessagesApi, OptOutsApi,
};
use crate::payments::{BooksApi, OwnPaymentApi, PaymentAccountApi, PaymentsApi, TillApi};
use crate::plans::PlanApi;
use crate::platform::{
    PlatformAlertsApi, PlatformApi, PlatformHealthApi, PlatformJobsApi, PlatformPlansApi,
};
use crate::policies::PoliciesApi;
use crate::problem::AllowTable;
use crate::public::{
    KioskApi, OfferApi, OwnBrowsersApi, OwnFormsApi, OwnTicketApi, OwnVisitApi, PublicApi,
    PublicBookingApi, PublicQueueApi, PublicSlotsApi, PublicWaitlistApi, WaitingApi,
};
use crate::queue::{KiosksApi, QueueApi};
use crate::regulars::RegularsApi;
use crate::roles::RolesApi;
use crate::rooms::RoomsApi;
use crate::sequences::SequencesApi;
use crate::series::SeriesApi;
use crate::signup::SignUpApi;
use crate::sold::{
    MembershipsApi, OwnGiftApi, PassesApi, PublicGiftsApi, RedeemingApi, VoucherOfferApi,
    VouchersApi,
};
use crate::staff::{StaffApi, StaffTimeApi};
use crate::team::{InvitationsApi, JoiningApi, MembersApi, OwnershipApi};
use crate::tenants::TenantApi;
use crate::waitlist::WaitlistApi;
use crate::webhooks::{WebhookDeliveriesApi, WebhookEndpointsApi};

/// How the operations are grouped.
#[derive(Debug, DeriveTags)]
pub enum Tags {
    /// A business signs itself up.
    SignUp,
    /// Signing in and out, links, second factors, tokens.
    Auth,
    /// One's own login.
    Me,
    /// The business.
    Tenant,
    /// Where it is, and when it is open.
    Locations,
    /// What it offers: services in categories, and what belongs to them.
    Services,
    /// Visits, and the time that is free for them.
    Bookings,
    /// What changes while one looks on.
    Live,
    /// Who walks in: the line, and the tablets at the door.
    Queue,
    /// Who serves customers, and when.
    Staff,
    /// Rooms, chairs, cabins.
    Rooms,
    /// Under which rules it lets itself be booked.
    BookingPolicy,
    /// What customers are asked before a visit.
    Forms,
    /// Whom it serves.
    Customers,
    /// What they pay and get back, and the till.
    Payments,
    /// What is said to customers.
    Messages,
    /// Who is on the team, and who is invited.
    Team,
    /// What the roles allow.
    Roles,
    /// Programs' ways into a tenant.
    ApiKeys,
    /// Others' programs that are told what happens.
    Webhooks,
    /// Who did what.
    Audit,
    /// What anybody may see of a shop.
    Public,
    /// Looking after the deployment.
    Platform,
}

/// 204: done, and there is nothing to say.
#[derive(Debug, ApiResponse)]
pub enum NoContent {
    /// Done.
    #[oai(status = 204)]
    Done,
}

/// Every operation. Tuples stop at 16 and nest.
type Operations = (
    People,
    House,
    Front,
    Waiting,
    Shop,
    Menu,
    Hands,
    Guests,
    Team,
    Day,
    Line,
    Messages,
    Money,
    Others,
);
type People = (AuthApi, TokensApi, MeApi);
type House = (ApiKeysApi, AuditApi);
type Platform =
    (PlatformApi, PlatformJobsApi, PlatformAlertsApi, PlatformPlansApi, PlatformHealthApi);
type Front = (
    SignUpApi,
    PublicApi,
    PublicSlotsApi,
    PublicBookingApi,
    OwnVisitApi,
    OwnBrowsersApi,
    OwnFormsApi,
);
type Waiting = (PublicWaitlistApi, WaitingApi, OfferApi, RegularsApi);
type Line = (QueueApi, KiosksApi, PublicQueueApi, OwnTicketApi, KioskApi);
type Money = (
    PaymentsApi,
    OwnPaymentApi,
    TillApi,
    PaymentAccountApi,
    BooksApi,
    VouchersApi,
    VoucherOfferApi,
    PublicGiftsApi,
    OwnGiftApi,
    PassesApi,
    MembershipsApi,
    RedeemingApi,
    PlanApi,
);
type Others = (Outside, Platform);
type Outside = (WebhookEndpointsApi, WebhookDeliveriesApi);
type Shop = (TenantApi, ImagesApi, LocationsApi, LocationDaysApi, ClosuresApi, PoliciesApi);
type Menu = (CategoriesApi, ServicesApi, AddonsApi, PackagesApi, PassKindsApi, PlansApi, FormsApi);
type Hands = (StaffApi, StaffTimeApi, RoomsApi);
type Day = (AvailabilityApi, BookingsApi, SeriesApi, WaitlistApi, ImpactApi, LiveApi);
type Guests = (CustomersApi, CustomerRecordsApi, CustomerMergesApi, CustomerImportsApi);
type Messages = (
    MessagesApi,
    MessageSettingsApi,
    MessageTemplatesApi,
    OptOutsApi,
    MessageRepliesApi,
    SequencesApi,
);
type Team = (MembersApi, InvitationsApi, JoiningApi, OwnershipApi, RolesApi);

fn operations(app: &App) -> Operations {
    let app = || app.clone();
    let people = (AuthApi(app()), TokensApi(app()), MeApi(app()));
    let house = (ApiKeysApi(app()), AuditApi(app()));
    let platform = (
        PlatformApi(app()),
        PlatformJobsApi(app()),
        PlatformAlertsApi(app()),
        PlatformPlansApi(app()),
        PlatformHealthApi(app()),
    );
    let front = (
        SignUpApi(app()),
        PublicApi(app()),
        PublicSlotsApi(app()),
        PublicBookingApi(app()),
        OwnVisitApi(app()),
        OwnBrowsersApi(app()),
        OwnFormsApi(app()),
    );
    let waiting =
        (PublicWaitlistApi(app()), WaitingApi(app()), OfferApi(app()), RegularsApi(app()));
    let shop = (
        TenantApi(app()),
        ImagesApi(app()),
        LocationsApi(app()),
        LocationDaysApi(app()),
        ClosuresApi(app()),
        PoliciesApi(app()),
    );
    let menu = (
        CategoriesApi(app()),
        ServicesApi(app()),
        AddonsApi(app()),
        PackagesApi(app()),
        PassKindsApi(app()),
        PlansApi(app()),
        FormsApi(app()),
    );
    let hands = (StaffApi(app()), StaffTimeApi(app()), RoomsApi(app()));
    let day = (
        AvailabilityApi(app()),
        BookingsApi(app()),
        SeriesApi(app()),
        WaitlistApi(app()),
        ImpactApi(app()),
        LiveApi(app()),
    );
    let team = (
        MembersApi(app()),
        InvitationsApi(app()),
        JoiningApi(app()),
        OwnershipApi(app()),
        RolesApi(app()),
    );
    let guests = (
        CustomersApi(app()),
        CustomerRecordsApi(app()),
        CustomerMergesApi(app()),
        CustomerImportsApi(app()),
    );
    let line = (
        QueueApi(app()),
        KiosksApi(app()),
        PublicQueueApi(app()),
        OwnTicketApi(app()),
        KioskApi(app()),
    );
    let outside = (WebhookEndpointsApi(app()), WebhookDeliveriesApi(app()));
    let messages = (
        MessagesApi(app()),
        MessageSettingsApi(app()),
        MessageTemplatesApi(app()),
        OptOutsApi(app()),
        MessageRepliesApi(app()),
        SequencesApi(app()),
    );
    let money = (
        PaymentsApi(app()),
        OwnPaymentApi(app()),
        TillApi(app()),
        PaymentAccountApi(app()),
        BooksApi(app()),
        VouchersApi(app()),
        VoucherOfferApi(app()),
        PublicGiftsApi(app()),
        OwnGiftApi(app()),
        PassesApi(app()),
        MembershipsApi(app()),
        RedeemingApi(app()),
        PlanApi(app()),
    );
    let others = (outside, platform);
    (
        people, house, front, waiting, shop, menu, hands, guests, team, day, line, messages, money,
        others,
    )
}

fn described<T: OpenApi>(operations: T) -> OpenApiService<T, ()> {
    OpenApiService::new(operations, "Openchair", env!("CARGO_PKG_VERSION"))
        .description("Bookings, queues and live days for many businesses on one deployment.")
}

/// Puts the operations on a route.
pub fn routes(route: Route, app: &App) -> Route {
    route.nest_no_strip("/v1", described(operations(app)).data(app.clone()))
}

/// Which methods each path of the API knows.
pub fn allow_table() -> AllowTable {
    AllowTable::new().api::<Operations>("")
}

/// The operations without anything behind them, for the document.
struct Described<T>(PhantomData<fn() -> T>);

impl<T: OpenApi> OpenApi for Described<T> {
    fn meta() -> Vec<MetaApi> {
        T::meta()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn add_routes(self, _table: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {}
}

/// The document, as `openchair-server openapi` writes it. Needs no server to run.
pub fn document() -> &'static str {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
        let written = described(Described::<Operations>(PhantomData)).spec();
        let mut document: Value = serde_json::from_str(&written).unwrap_or_default();
        admit_null(&mut document);
        format!("{document:#}\n")
    });
    &DOCUMENT
}

/// A field that may be missing may also be null, in what is sent as in what is answered. The schemas
/// that are derived from the types don't say so.
fn admit_null(document: &mut Value) {
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    let Some(schemas) = schemas else { return };
    for schema in schemas.values_mut() {
        let needed: Vec<String> =
            serde_json::from_value(schema["required"].clone()).unwrap_or_default();
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        let Some(properties) = properties else { continue };
        for (_, property) in properties.iter_mut().filter(|(name, _)| !needed.contains(name)) {
            if let Some(reference) = property.get("$ref").cloned() {
                *property = json!({ "allOf": [{ "$ref": reference }] });
            }
            property["nullable"] = true.into();
        }
    }
}
