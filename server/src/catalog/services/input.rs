use openchair_domain::catalog::services::{
    self as domain, Deposit, PolicyOverrides, PriceFor, ServiceTerms,
};
use openchair_domain::ids::{Addon, Category, Form, Id, Kind};
use poem_openapi::Object;

use super::dto::{PriceForWord, ServiceDeposit, ServicePolicy};
use crate::ids::Ref;

/// Declares what is sent of a service: the fields that are named, and all those that may always be
/// left out.
macro_rules! sent {
    ($(#[$doc:meta])* $name:ident { $($first:tt)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Object)]
        #[oai(deny_unknown_fields)]
        pub(super) struct $name {
            $($first)*
            #[oai(validator(max_length = 2000))]
            description: Option<String>,
            /// How long its staff and room are taken before it
            #[oai(validator(minimum(value = "0"), maximum(value = "240")))]
            buffer_before_minutes: Option<i32>,
            /// How long its staff and room are taken after it
            #[oai(validator(minimum(value = "0"), maximum(value = "240")))]
            buffer_after_minutes: Option<i32>,
            price_for: Option<PriceForWord>,
            deposit: Option<ServiceDeposit>,
            /// Whether customers can book it themselves
            online: Option<bool>,
            members_only: Option<bool>,
            #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
            min_customers: Option<i16>,
            #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
            max_customers: Option<i16>,
            #[oai(validator(minimum(value = "0"), maximum(value = "2")))]
            staff_per_customer: Option<i16>,
            needs_room: Option<bool>,
            /// What the room must have
            #[oai(validator(max_items = 20))]
            room_features: Option<Vec<String>>,
            /// What the room must have besides if two come
            #[oai(validator(max_items = 20))]
            room_features_for_two: Option<Vec<String>>,
            policy: Option<ServicePolicy>,
            /// What can be had with it
            #[oai(validator(max_items = 50))]
            addon_ids: Option<Vec<Ref<Addon>>>,
            /// What is asked of customers before it
            #[oai(validator(max_items = 10))]
            form_ids: Option<Vec<Ref<Form>>>,
        }

        impl $name {
            /// But for what is named first.
            fn rest(&self) -> domain::ServiceChange {
                domain::ServiceChange {
                    description: self.description.clone(),
                    buffer_before_minutes: self.buffer_before_minutes,
                    buffer_after_minutes: self.buffer_after_minutes,
                    price_for: self.price_for.map(PriceFor::from),
                    deposit: self.deposit.clone().map(Deposit::from),
                    online: self.online,
                    members_only: self.members_only,
                    min_customers: self.min_customers,
                    max_customers: self.max_customers,
                    staff_per_customer: self.staff_per_customer,
                    needs_room: self.needs_room,
                    room_features: self.room_features.clone(),
                    room_features_for_two: self.room_features_for_two.clone(),
                    policy: self.policy.clone().map(PolicyOverrides::from),
                    addons: self.addon_ids.as_deref().map(ids),
                    forms: self.form_ids.as_deref().map(ids),
                    ..domain::ServiceChange::default()
                }
            }
        }
    };
}

fn ids<K: Kind>(refs: &[Ref<K>]) -> Vec<Id<K>> {
    refs.iter().map(|id| id.0).collect()
}

sent! {
    /// What is wanted of a new service. What is left out is as plain as can be: for one customer by
    /// one of the staff, bookable online, without buffers, deposit or room.
    NewService {
        category_id: Ref<Category>,
        #[oai(validator(min_length = 1, max_length = 120))]
        name: String,
        #[oai(validator(minimum(value = "1"), maximum(value = "1440")))]
        duration_minutes: i32,
        /// In the currency's minor unit
        #[oai(validator(minimum(value = "0"), maximum(value = "10000000000")))]
        price_minor: i64,
    }
}

sent! {
    /// What to change; what is left out stays. Lists and groups are replaced whole.
    ServiceChange {
        category_id: Option<Ref<Category>>,
        #[oai(validator(min_length = 1, max_length = 120))]
        name: Option<String>,
        #[oai(validator(minimum(value = "1"), maximum(value = "1440")))]
        duration_minutes: Option<i32>,
        /// In the currency's minor unit
        #[oai(validator(minimum(value = "0"), maximum(value = "10000000000")))]
        price_minor: Option<i64>,
    }
}

impl NewService {
    pub(super) fn to_domain(&self) -> ServiceTerms {
        let (name, minutes) = (self.name.clone(), self.duration_minutes);
        let plain = ServiceTerms::plain(self.category_id.0, name, minutes, self.price_minor);
        self.rest().over(plain)
    }
}

impl ServiceChange {
    pub(super) fn to_domain(&self) -> domain::ServiceChange {
        domain::ServiceChange {
            category: self.category_id.map(|id| id.0),
            name: self.name.clone(),
            duration_minutes: self.duration_minutes,
            price_minor: self.price_minor,
            ..self.rest()
        }
    }
}
