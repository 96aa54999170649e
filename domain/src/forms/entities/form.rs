use sea_orm::entity::prelude::*;

use super::form_version;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "forms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub name: String,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub archived_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// What it asks now.
    #[sea_orm(
        belongs_to = "form_version::Entity",
        from = "(Column::TenantId, Column::Id, Column::Version)",
        to = "(form_version::Column::TenantId, form_version::Column::FormId, form_version::Column::Version)"
    )]
    Asked,
}

impl Related<form_version::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Asked.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
