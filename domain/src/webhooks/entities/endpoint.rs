use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_endpoints")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub url: String,
    pub description: String,
    pub events: Vec<String>,
    pub preset: String,
    pub secret: Vec<u8>,
    pub secret_before: Option<Vec<u8>>,
    pub before_until: Option<DateTimeUtc>,
    pub per_second: i16,
    pub state: String,
    pub disabled_for: Option<String>,
    pub disabled_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_by: String,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub failures: i32,
    pub rests: i32,
    pub rests_until: Option<DateTimeUtc>,
    pub failing_since: Option<DateTimeUtc>,
    pub succeeded_at: Option<DateTimeUtc>,
    pub slow: bool,
    pub recent: Vec<DateTimeUtc>,
    pub last_place: i64,
    pub told_after: i64,
    pub due_at: Option<DateTimeUtc>,
    pub lease_until: Option<DateTimeUtc>,
    pub leased_by: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
