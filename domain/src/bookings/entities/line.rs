use sea_orm::entity::prelude::*;
use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "appointment_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub appointment_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i16,
    pub step: i16,
    pub service_id: Uuid,
    pub service_name: String,
    pub customer: i16,
    pub staff_id: Option<Uuid>,
    pub staff_name: Option<String>,
    pub staff_chosen: bool,
    pub room_id: Option<Uuid>,
    pub room_name: Option<String>,
    pub room_chosen: bool,
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    pub price_minor: i64,
    pub addons: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
