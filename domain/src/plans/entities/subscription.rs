use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "subscriptions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    pub customer: Option<String>,
    pub reference: Option<String>,
    pub item: Option<String>,
    pub stage: Option<String>,
    pub plan: Option<String>,
    pub amount_minor: Option<i64>,
    pub currency: Option<String>,
    pub period_ends: Option<DateTimeUtc>,
    pub ends_at: Option<DateTimeUtc>,
    pub past_due_since: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    pub asked: i32,
    pub page: Option<String>,
    pub page_url: Option<String>,
    pub page_plan: Option<String>,
    pub page_until: Option<DateTimeUtc>,
    pub told: Option<String>,
    pub looked_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
