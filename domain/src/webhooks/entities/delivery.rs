use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub endpoint_id: Uuid,
    pub place: i64,
    pub event_id: Uuid,
    pub kind: String,
    pub happened_at: DateTimeUtc,
    pub about: String,
    pub customer_id: Option<Uuid>,
    pub body: String,
    pub state: String,
    pub attempts: i32,
    pub failures: i32,
    pub next_at: Option<DateTimeUtc>,
    pub replay_of: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
