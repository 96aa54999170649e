use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub location_id: Uuid,
    pub appointment_id: Option<Uuid>,
    pub sale_id: Option<Uuid>,
    pub voucher_id: Option<Uuid>,
    pub pass_id: Option<Uuid>,
    pub line: Option<i16>,
    pub worth_minor: Option<i64>,
    pub way: String,
    pub state: String,
    pub amount_minor: i64,
    pub tip_minor: i64,
    pub refunded_minor: i64,
    pub tip_refunded_minor: i64,
    pub currency: String,
    pub note: String,
    pub account: Option<String>,
    pub reference: Option<String>,
    pub taken: Option<String>,
    pub url: Option<String>,
    pub taken_by: Option<String>,
    pub created_at: DateTimeUtc,
    pub paid_at: Option<DateTimeUtc>,
    pub updated_at: DateTimeUtc,
    pub kind: String,
    pub card_id: Option<Uuid>,
    pub here: bool,
    pub keeps_card: bool,
    pub trouble: Option<String>,
    pub provider: Option<String>,
    pub surplus: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
