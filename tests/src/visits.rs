//! Visits to test with, put into the tables directly.

use openchair_domain::ids::{Appointment, Id};
use openchair_domain::secrets::OpaqueToken;

use crate::app::TestApp;
use crate::people::Business;

/// Everything goes until the last moment, for nothing.
pub(crate) const TERMS: &str = r#"{"cancel_notice":0,"move_notice":0,"late_cancel_fee_percent":0,
                                   "no_show_fee_percent":0,"needs_approval":false}"#;

impl TestApp {
    /// An hour with the first of the staff, standing like this, behind this link.
    pub async fn booked(
        &self,
        of: &Business,
        status: &str,
        start: &str,
        link: &OpaqueToken,
    ) -> Id<Appointment> {
        let id = self.new_id::<Appointment>();
        let (staff, at) = (self.first_staff(of).await.uuid(), self.location(of).await.uuid());
        let service = self.services(of).await[0].uuid();
        let (tenant, new, now) = (of.id.uuid(), id.uuid(), self.now());
        let hash: String = link.hash().to_vec().iter().map(|byte| format!("{byte:02x}")).collect();
        let lapses = if status == "held" { "timestamptz '2027-01-01'" } else { "null" };
        let sql = format!(
            "insert into appointments (tenant_id, id, location_id, status, starts_at, ends_at, party,
                                       title, price_minor, currency, terms, source, lapses_at,
                                       link_hash, created_at, updated_at)
             values ('{tenant}', '{new}', '{at}', '{status}', '{start}',
                     timestamptz '{start}' + interval '1 hour', 1, 'A visit', 9000, 'USD', '{TERMS}',
                     'public', {lapses}, decode('{hash}', 'hex'), '{now}', '{now}');
             insert into appointment_lines (tenant_id, appointment_id, position, step, service_id,
                                            service_name, customer, staff_id, staff_name, staff_chosen,
                                            starts_at, ends_at, price_minor)
             values ('{tenant}', '{new}', 0, 0, '{service}', 'A visit', 1, '{staff}', 'Somebody', true,
                     '{start}', timestamptz '{start}' + interval '1 hour', 9000);
             insert into allocations (tenant_id, resource_id, blocked_from, blocked_to, appointment_id,
                                      location_id, kind, lapses_at)
             values ('{tenant}', '{staff}', '{start}', timestamptz '{start}' + interval '1 hour',
                     '{new}', '{at}', 'staff', {lapses});
             insert into appointment_history (tenant_id, appointment_id, version, at, action,
                                              to_status, actor_kind, actor_name)
             values ('{tenant}', '{new}', 1, '{now}', 'booked', '{status}', 'customer', 'Customer');
             update availability_versions set busy = busy + 1 where tenant_id = '{tenant}'"
        );
        self.database.run(&sql).await;
        id
    }
}
