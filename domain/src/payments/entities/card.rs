use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cards")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub appointment_id: Uuid,
    pub state: String,
    pub account: String,
    pub reference: Option<String>,
    pub url: Option<String>,
    pub customer: Option<String>,
    pub method: Option<String>,
    pub brand: Option<String>,
    pub created_at: DateTimeUtc,
    pub left_at: Option<DateTimeUtc>,
    pub updated_at: DateTimeUtc,
    pub here: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
