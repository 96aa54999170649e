use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "vouchers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub sale_id: Uuid,
    pub code_hash: Vec<u8>,
    pub code_sealed: Option<Vec<u8>>,
    pub code_end: String,
    pub state: String,
    pub value_minor: i64,
    pub left_minor: i64,
    pub currency: String,
    pub recipient_name: String,
    pub recipient_email: Option<String>,
    pub recipient_locale: Option<String>,
    pub message: String,
    pub last_day: Date,
    pub expires_at: DateTimeUtc,
    pub mailed_at: Option<DateTimeUtc>,
    pub taken_away_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
