//! Customers and their visits to test with, put into the tables directly.

use chrono::Duration;
use openchair_domain::ids::{
    Appointment, Customer, CustomerImport, CustomerMembership, CustomerMerge, Form, Id,
    MembershipPlan, MergeSuggestion, StaffMember,
};
use openchair_domain::secrets::{KeyRing, Place};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::TestApp;
use crate::people::{Business, Login};
use crate::visits::TERMS;

impl TestApp {
    /// A customer with a name that says whose they are.
    pub async fn customer(&self, of: &Business, name: &str) -> Id<Customer> {
        let id = self.new_id::<Customer>();
        let name = format!("{name} of {}", of.name);
        let sql =
            "insert into customers (tenant_id, id, name, name_key, source, created_at, updated_at)
                   values ($1, $2, $3, $4, 'staff', $5, $5)";
        let done = sqlx::query(sql).bind(of.id.uuid()).bind(id.uuid()).bind(&name);
        let done = done.bind(name.to_lowercase()).bind(self.now()).execute(self.pool()).await;
        done.expect("a customer");
        id
    }

    /// The staff member whom a login belongs to; made, if there is none yet.
    pub async fn staff_of(&self, of: &Business, login: &Login) -> Id<StaffMember> {
        let found = "select id from staff where tenant_id = $1 and user_id = $2";
        let found = sqlx::query_scalar(found).bind(of.id.uuid()).bind(login.id.uuid());
        if let Some(id) = found.fetch_optional(self.pool()).await.expect("staff") {
            return Id::from_uuid(id);
        }
        let id = self.new_id::<StaffMember>();
        let sql = "insert into staff (tenant_id, id, name, title, user_id, hue, online, position,
                                      created_at, updated_at)
                   values ($1, $2, $3, '', $4, 7, true, 99, $5, $5)";
        let done = sqlx::query(sql).bind(of.id.uuid()).bind(id.uuid()).bind(&login.name);
        let done = done.bind(login.id.uuid()).bind(self.now()).execute(self.pool()).await;
        done.expect("a staff member");
        id
    }

    /// From now on, this one of the staff is who signs in so, and nobody else of them is.
    pub async fn be_staff(&self, of: &Business, login: &Login, staff: Id<StaffMember>) {
        let (tenant, login, staff) = (of.id.uuid(), login.id.uuid(), staff.uuid());
        let sql = format!(
            "update staff set user_id = null where tenant_id = '{tenant}' and user_id = '{login}';
             update staff set user_id = '{login}' where tenant_id = '{tenant}' and id = '{staff}'"
        );
        self.database.run(&sql).await;
    }

    /// A visit of a customer to a login's staff member, some days from now (or ago).
    pub async fn visit(
        &self,
        of: &Business,
        customer: Id<Customer>,
        to: &Login,
        days: i64,
    ) -> Id<Appointment> {
        let (id, staff) = (self.new_id::<Appointment>(), self.staff_of(of, to).await);
        let starts_at = self.now() + Duration::days(days);
        let sql = "
            with visit as (
                insert into appointments (tenant_id, id, location_id, status, starts_at, ends_at,
                                          customer_id, party, title, price_minor, currency, terms,
                                          source, created_at, updated_at)
                values ($1, $2, $3, 'confirmed', $4, $4 + interval '1 hour', $5, 1, $6, 6500, 'USD',
                        $10::jsonb, 'staff', $7, $7)
                returning tenant_id, id, starts_at, ends_at, title
            )
            insert into appointment_lines (tenant_id, appointment_id, position, step, service_id,
                                           service_name, customer, staff_id, staff_name,
                                           staff_chosen, starts_at, ends_at, price_minor)
            select tenant_id, id, 0, 0, $2, title, 1, $8, $9, true, starts_at, ends_at, 6500
            from visit";
        let done = sqlx::query(sql)
            .bind(of.id.uuid())
            .bind(id.uuid())
            .bind(self.location(of).await.uuid())
            .bind(starts_at)
            .bind(customer.uuid())
            .bind(format!("Facial at {}", of.name))
            .bind(self.now())
            .bind(staff.uuid())
            .bind(&to.name)
            .bind(TERMS);
        done.execute(self.pool()).await.expect("a visit");
        id
    }

    /// Gives somebody a hand in a visit that others do, too.
    pub async fn help_with(&self, of: &Business, visit: Id<Appointment>, login: &Login) {
        let staff = self.staff_of(of, login).await.uuid();
        let (tenant, visit) = (of.id.uuid(), visit.uuid());
        let sql = format!(
            "insert into appointment_lines (tenant_id, appointment_id, position, step, service_id,
                                            service_name, customer, staff_id, staff_name,
                                            staff_chosen, starts_at, ends_at, price_minor)
             select tenant_id, appointment_id,
                    (select max(position) + 1 from appointment_lines
                     where tenant_id = '{tenant}' and appointment_id = '{visit}'),
                    step, service_id, service_name, customer, '{staff}', 'Helper', true, starts_at,
                    ends_at, 0
             from appointment_lines
             where tenant_id = '{tenant}' and appointment_id = '{visit}' and position = 0;
             -- They can do what the first can, and work when they do.
             insert into staff_services (tenant_id, staff_id, service_id)
             select k.tenant_id, '{staff}', k.service_id
             from staff_services k join appointment_lines l
                  on l.tenant_id = k.tenant_id and l.staff_id = k.staff_id and l.position = 0
             where l.tenant_id = '{tenant}' and l.appointment_id = '{visit}'
             on conflict do nothing;
             insert into staff_hours (tenant_id, staff_id, location_id, kind, weekday, opens, closes)
             select h.tenant_id, '{staff}', h.location_id, h.kind, h.weekday, h.opens, h.closes
             from staff_hours h join appointment_lines l
                  on l.tenant_id = h.tenant_id and l.staff_id = h.staff_id and l.position = 0
             where l.tenant_id = '{tenant}' and l.appointment_id = '{visit}'
             on conflict do nothing;
             update availability_versions set rules = rules + 1 where tenant_id = '{tenant}'"
        );
        self.database.run(&sql).await;
    }

    /// A plan of a year, in the first category of the menu.
    pub async fn membership_plan(&self, of: &Business) -> Id<MembershipPlan> {
        let id = self.new_id::<MembershipPlan>();
        let sql = "insert into membership_plans (tenant_id, id, category_id, name, description,
                                                 benefits, price_minor, period, position,
                                                 created_at, updated_at)
                   select $1, $2, id, $3, '', '{}', 5000, 'year', 0, $4, $4
                   from service_categories where tenant_id = $1 order by position limit 1";
        let done = sqlx::query(sql).bind(of.id.uuid()).bind(id.uuid());
        let done = done.bind(format!("VIP of {}", of.name)).bind(self.now());
        done.execute(self.pool()).await.expect("a plan");
        id
    }

    /// A customer's membership from today on.
    pub async fn customer_membership(
        &self,
        of: &Business,
        customer: Id<Customer>,
        plan: Id<MembershipPlan>,
    ) -> Id<CustomerMembership> {
        let id = self.new_id::<CustomerMembership>();
        let sql =
            "insert into customer_memberships (tenant_id, id, customer_id, plan_id, starts_on,
                                                     ends_on, created_at)
                   values ($1, $2, $3, $4, $5, $5 + 365, $6)";
        let done = sqlx::query(sql).bind(of.id.uuid()).bind(id.uuid()).bind(customer.uuid());
        let done = done.bind(plan.uuid()).bind(self.now().date_naive()).bind(self.now());
        done.execute(self.pool()).await.expect("a membership");
        id
    }

    /// An intake form in its first version.
    pub async fn form(&self, of: &Business, kind: &str) -> Id<Form> {
        let id = self.new_id::<Form>();
        let name = format!("{kind} form of {}", of.name);
        let sql = "with form as (
                       insert into forms (tenant_id, id, kind, name, created_at, updated_at)
                       values ($1, $2, $3, $4, $5, $5) returning tenant_id, id, name, created_at
                   )
                   insert into form_versions (tenant_id, form_id, version, name, body, created_at)
                   select tenant_id, id, 1, name, $6::jsonb, created_at from form";
        let done = sqlx::query(sql).bind(of.id.uuid()).bind(id.uuid()).bind(kind);
        let body = if kind == "consent" {
            json!({ "text": "I agree." })
        } else {
            json!({ "questions": [] })
        };
        let done = done.bind(name).bind(self.now()).bind(body.to_string());
        done.execute(self.pool()).await.expect("a form");
        id
    }

    /// A customer's answers to a form.
    pub async fn form_answers(
        &self,
        of: &Business,
        customer: Id<Customer>,
        form: Id<Form>,
        answers: &Value,
    ) -> Uuid {
        let id = self.new_id::<Form>().uuid();
        let sealed = self.seal("form_answers", "answers", id, answers.to_string().as_bytes());
        let sql = "insert into form_answers (tenant_id, id, customer_id, form_id, form_version,
                                             answers, at)
                   values ($1, $2, $3, $4, 1, $5, $6)";
        let done = sqlx::query(sql).bind(of.id.uuid()).bind(id).bind(customer.uuid());
        let done = done.bind(form.uuid()).bind(sealed).bind(self.now());
        done.execute(self.pool()).await.expect("answers");
        id
    }

    /// That a customer agreed to offers by e-mail.
    pub async fn consent(&self, of: &Business, customer: Id<Customer>) -> Uuid {
        let id = self.new_id::<Form>().uuid();
        let sql = "insert into consents (tenant_id, id, customer_id, purpose, granted, source,
                                         recorded_by, at)
                   values ($1, $2, $3, 'marketing_email', true, 'staff', $4, $5)";
        let done = sqlx::query(sql).bind(of.id.uuid()).bind(id).bind(customer.uuid());
        let done = done.bind(&of.owner.name).bind(self.now());
        done.execute(self.pool()).await.expect("a consent");
        id
    }

    /// That two customers may be one person.
    pub async fn merge_suggestion(
        &self,
        of: &Business,
        (customer, other): (Id<Customer>, Id<Customer>),
    ) -> Id<MergeSuggestion> {
        let id = self.new_id::<MergeSuggestion>();
        let sql = "insert into merge_suggestions (tenant_id, id, customer_id, other_id, reason,
                                                  created_at)
                   values ($1, $2, $3, $4, 'email', $5)";
        let done = sqlx::query(sql).bind(of.id.uuid()).bind(id.uuid()).bind(customer.uuid());
        let done = done.bind(other.uuid()).bind(self.now());
        done.execute(self.pool()).await.expect("a suggestion");
        id
    }

    /// That two customers were merged, with nothing to be moved back.
    pub async fn customer_merge(
        &self,
        of: &Business,
        (kept, gone): (Id<Customer>, Id<Customer>),
    ) -> Id<CustomerMerge> {
        let id = self.new_id::<CustomerMerge>();
        let sql = "with gone as (
                       update customers set merged_into = $3 where tenant_id = $1 and id = $4
                   )
                   insert into customer_merges (tenant_id, id, kept_id, gone_id, undo, merged_by,
                                                created_at)
                   values ($1, $2, $3, $4, '{\"moved\": [], \"filled\": [], \"tags\": []}', $5, $6)";
        let done = sqlx::query(sql).bind(of.id.uuid()).bind(id.uuid()).bind(kept.uuid());
        let done = done.bind(gone.uuid()).bind(&of.owner.name).bind(self.now());
        done.execute(self.pool()).await.expect("a merge");
        id
    }

    /// A file of one customer that was looked at.
    pub async fn customer_import(&self, of: &Business) -> Id<CustomerImport> {
        let id = self.new_id::<CustomerImport>();
        let file = self.seal("customer_imports", "file", id.uuid(), b"name\nAna\n");
        let report = "{\"totals\": {\"rows\": 1, \"new\": 1, \"duplicates\": 0, \"invalid\": 0,
                      \"opt_outs\": 0}, \"ignored_columns\": [], \"rows\": []}";
        let sql = "insert into customer_imports (tenant_id, id, name, state, file, rows_total,
                                                 report, created_by, created_at)
                   values ($1, $2, $3, 'checked', $4, 1, $5::jsonb, $6, $7)";
        let done = sqlx::query(sql).bind(of.id.uuid()).bind(id.uuid());
        let done = done.bind(format!("file of {}", of.name)).bind(file).bind(report);
        let done = done.bind(&of.owner.name).bind(self.now());
        done.execute(self.pool()).await.expect("a file");
        id
    }

    fn seal(&self, table: &'static str, column: &'static str, row: Uuid, plain: &[u8]) -> Vec<u8> {
        let keys = KeyRing::new(&self.settings.security.column_keys).expect("the columns' keys");
        keys.seal(&Place { table, column, row }, plain, &*self.entropy).expect("sealed")
    }
}
