//! Rooms and days to test with. A business begins with one location, services, and its owner as the
//! first of the staff; whatever else is needed is put into the tables directly.

use openchair_domain::ids::{Closure, Id, Kind, Location, Room, Service, StaffMember, TimeOff};
use sqlx::AssertSqlSafe;

use crate::app::TestApp;
use crate::people::Business;

impl TestApp {
    /// The first of the staff: the owner.
    pub async fn first_staff(&self, of: &Business) -> Id<StaffMember> {
        self.ids(of, "staff", "position").await[0]
    }

    /// The menu, category by category.
    pub async fn services(&self, of: &Business) -> Vec<Id<Service>> {
        let category = "(select c.position from service_categories c
                         where c.tenant_id = services.tenant_id and c.id = services.category_id)";
        self.ids(of, "services", &format!("{category}, position")).await
    }

    /// Another location, with the hours of the first.
    pub async fn another_location(&self, of: &Business, name: &str) -> Id<Location> {
        let (first, id) = (self.location(of).await.uuid(), self.new_id::<Location>());
        let (tenant, new) = (of.id.uuid(), id.uuid());
        let sql = format!(
            "insert into locations (tenant_id, id, name, address, time_zone, position, created_at,
                                    updated_at)
             select tenant_id, '{new}', '{name}', '', time_zone, position + 1, created_at, updated_at
             from locations where tenant_id = '{tenant}' and id = '{first}';
             insert into location_hours (tenant_id, location_id, weekday, opens, closes)
             select tenant_id, '{new}', weekday, opens, closes
             from location_hours where tenant_id = '{tenant}' and location_id = '{first}';
             insert into availability_versions (tenant_id, location_id) values ('{tenant}', '{new}')"
        );
        self.database.run(&sql).await;
        id
    }

    /// A room for two.
    pub async fn room(&self, of: &Business, at: Id<Location>, name: &str) -> Id<Room> {
        let id = self.new_id::<Room>();
        let (tenant, new, at, now) = (of.id.uuid(), id.uuid(), at.uuid(), self.now());
        let sql = format!(
            "insert into rooms (tenant_id, id, location_id, name, places, position, created_at,
                                updated_at)
             values ('{tenant}', '{new}', '{at}', '{name}', 2, 0, '{now}', '{now}')"
        );
        self.database.run(&sql).await;
        id
    }

    /// A day with hours of its own: of the location, and of somebody there.
    pub async fn set_days(
        &self,
        of: &Business,
        staff: Id<StaffMember>,
        at: Id<Location>,
        day: &str,
    ) {
        let (tenant, staff, at) = (of.id.uuid(), staff.uuid(), at.uuid());
        let sql = format!(
            "insert into location_days (tenant_id, location_id, day, opens, closes)
             values ('{tenant}', '{at}', '{day}', '{{600}}', '{{720}}');
             insert into staff_days (tenant_id, staff_id, location_id, day, opens, closes)
             values ('{tenant}', '{staff}', '{at}', '{day}', '{{600}}', '{{720}}')"
        );
        self.database.run(&sql).await;
    }

    /// Somebody is away for a day.
    pub async fn time_off(&self, of: &Business, staff: Id<StaffMember>, day: &str) -> Id<TimeOff> {
        let id = self.new_id::<TimeOff>();
        let (tenant, new, staff, now) = (of.id.uuid(), id.uuid(), staff.uuid(), self.now());
        let sql = format!(
            "insert into time_off (tenant_id, id, staff_id, starts_at, ends_at, reason, created_at)
             values ('{tenant}', '{new}', '{staff}', '{day}', '{day}'::timestamptz + interval '1 day',
                     'dentist', '{now}')"
        );
        self.database.run(&sql).await;
        id
    }

    /// The whole business is closed for a day.
    pub async fn closure(&self, of: &Business, day: &str) -> Id<Closure> {
        let id = self.new_id::<Closure>();
        let (tenant, new, now) = (of.id.uuid(), id.uuid(), self.now());
        let sql = format!(
            "insert into closures (tenant_id, id, first_day, last_day, reason, created_at)
             values ('{tenant}', '{new}', '{day}', '{day}', 'inventory', '{now}')"
        );
        self.database.run(&sql).await;
        id
    }

    async fn ids<K: Kind>(&self, of: &Business, table: &str, order: &str) -> Vec<Id<K>> {
        let tenant = of.id.uuid();
        let sql = format!("select id from {table} where tenant_id = '{tenant}' order by {order}");
        let found = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(self.database.owner()).await;
        found.expect("ids").into_iter().map(Id::from_uuid).collect()
    }
}
