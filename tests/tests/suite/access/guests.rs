//! A business's customers, and one of everything that they have.

use openchair_domain::ids::{
    Customer, CustomerImport, CustomerMembership, CustomerMerge, Id, MembershipPlan,
    MergeSuggestion,
};
use openchair_tests::{Business, TestApp};
use serde_json::json;

/// Customers of a business. The owner had a visit from the first: programs see what is their
/// maker's own.
#[derive(Debug)]
pub struct Guests {
    pub customer: Id<Customer>,
    pub other: Id<Customer>,
    pub suggestion: Id<MergeSuggestion>,
    pub merge: Id<CustomerMerge>,
    pub plan: Id<MembershipPlan>,
    pub membership: Id<CustomerMembership>,
    pub import: Id<CustomerImport>,
}

impl Guests {
    pub async fn new(app: &TestApp, of: &Business) -> Self {
        let customer = app.customer(of, "Ana").await;
        let other = app.customer(of, "Anna").await;
        let pair = (app.customer(of, "Ben").await, app.customer(of, "Benny").await);
        let plan = app.membership_plan(of).await;
        let form = app.form(of, "intake").await;
        app.form_answers(of, customer, form, &json!({ "of": of.name })).await;
        app.consent(of, customer).await;
        app.visit(of, customer, &of.owner, 1).await;
        let off = app.visit(of, customer, &of.owner, 2).await.uuid();
        let sql = format!(
            "update appointments set status = 'cancelled', contact_email = 'ana@example.com'
             where id = '{off}'"
        );
        app.database.run(&sql).await;
        Self {
            customer,
            other,
            suggestion: app.merge_suggestion(of, (customer, other)).await,
            merge: app.customer_merge(of, pair).await,
            plan,
            membership: app.customer_membership(of, customer, plan).await,
            import: app.customer_import(of).await,
        }
    }

    pub fn secrets(&self) -> Vec<String> {
        vec![
            self.customer.to_string(),
            self.other.to_string(),
            self.suggestion.to_string(),
            self.merge.to_string(),
            self.membership.to_string(),
            self.import.to_string(),
        ]
    }
}
