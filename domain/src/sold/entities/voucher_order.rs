use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "voucher_orders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub sale_id: Uuid,
    pub token_hash: Option<Vec<u8>>,
    pub token_sealed: Option<Vec<u8>>,
    pub buyer_name: String,
    pub buyer_email: Option<String>,
    pub locale: String,
    pub recipient_name: String,
    pub recipient_email: Option<String>,
    pub message: String,
    pub months: i16,
    pub pay_until: DateTimeUtc,
    pub voucher_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
