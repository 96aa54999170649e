use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "queue_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub location_id: Uuid,
    pub day: Date,
    pub code: String,
    pub state: String,
    pub rank: i64,
    pub name: String,
    pub phone: Option<String>,
    pub locale: String,
    pub party: i16,
    pub services: Json,
    pub staff_wanted: Option<Uuid>,
    pub staff_id: Option<Uuid>,
    pub staff_name: Option<String>,
    pub customer_id: Option<Uuid>,
    pub appointment_id: Option<Uuid>,
    pub due_at: Option<DateTimeUtc>,
    pub source: String,
    pub note: String,
    pub token_hash: Option<Vec<u8>>,
    pub quoted_low: Option<i32>,
    pub quoted_p50: Option<i32>,
    pub quoted_p90: Option<i32>,
    pub joined_at: DateTimeUtc,
    pub here_at: Option<DateTimeUtc>,
    pub next_at: Option<DateTimeUtc>,
    pub called_at: Option<DateTimeUtc>,
    pub first_called_at: Option<DateTimeUtc>,
    pub started_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    pub expires_at: Option<DateTimeUtc>,
    pub passes: i16,
    pub learned: bool,
    pub forgotten: bool,
    pub taken_from: Option<Vec<u8>>,
    pub version: i32,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
