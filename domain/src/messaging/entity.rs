use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub channel: String,
    pub locale: String,
    pub step: i32,
    pub customer_id: Option<Uuid>,
    pub appointment_id: Option<Uuid>,
    pub appointment_version: Option<i32>,
    pub appointment_sequence: Option<i32>,
    pub queue_entry_id: Option<Uuid>,
    pub run_id: Option<Uuid>,
    pub address: String,
    pub address_key: String,
    pub purpose: Option<String>,
    pub fields: Json,
    pub words: Option<Json>,
    pub calendar: Option<Json>,
    pub link: Option<Vec<u8>>,
    pub again: bool,
    pub trial: bool,
    pub state: String,
    pub reason: Option<String>,
    pub detail: Option<String>,
    pub provider_id: Option<String>,
    pub due_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
    pub sent_at: Option<DateTimeUtc>,
    pub delivered_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
