use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "refunds")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub payment_id: Uuid,
    pub amount_minor: i64,
    pub state: String,
    pub reason: String,
    pub given_by: String,
    pub reference: Option<String>,
    pub trouble: Option<String>,
    pub created_at: DateTimeUtc,
    pub done_at: Option<DateTimeUtc>,
    pub updated_at: DateTimeUtc,
    pub made_there: bool,
    pub mark: Option<String>,
    pub asked_until: Option<DateTimeUtc>,
    pub tip_minor: i64,
    pub waived_minor: i64,
    pub waived_fee: bool,
    pub came_back_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
