use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "appointments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub location_id: Uuid,
    pub status: String,
    pub version: i32,
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    pub customer_id: Option<Uuid>,
    pub contact_email: Option<String>,
    pub contact_locale: Option<String>,
    pub party: i16,
    pub title: String,
    pub package_id: Option<Uuid>,
    pub price_minor: i64,
    pub discount_minor: i64,
    pub currency: String,
    pub deposit_minor: i64,
    pub fee_minor: i64,
    pub terms: Json,
    pub source: String,
    pub note: String,
    pub staff_note: String,
    pub overridden: bool,
    pub series_id: Option<Uuid>,
    pub series_place: Option<i16>,
    pub lapses_at: Option<DateTimeUtc>,
    pub visitor_hash: Option<Vec<u8>>,
    pub code_hash: Option<Vec<u8>>,
    pub code_tries: i16,
    pub link_hash: Option<Vec<u8>>,
    pub link_before: Option<Vec<u8>>,
    pub link_sealed: Option<Vec<u8>>,
    pub sequence: i32,
    pub cancelled_by: Option<String>,
    pub cancel_reason: Option<String>,
    pub risk_points: Option<i16>,
    pub risk_reasons: Option<Json>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
