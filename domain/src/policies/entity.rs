use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "booking_policies")]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    pub slot_step_minutes: i32,
    pub alignment: String,
    pub notice_minutes: i32,
    pub horizon_days: i32,
    pub cancel_notice_minutes: i32,
    pub move_notice_minutes: i32,
    pub late_cancel_fee_percent: i16,
    pub no_show_fee_percent: i16,
    pub needs_approval: bool,
    pub verify_contact: bool,
    pub ask_card: bool,
    pub risk_from: Option<i16>,
    pub risk_asks: String,
    pub risk_deposit_percent: i16,
    pub ask_email: String,
    pub ask_phone: String,
    pub ask_note: bool,
    pub waitlist_order: String,
    pub version: i32,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
