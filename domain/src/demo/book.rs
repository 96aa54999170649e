//! Rows that are about to be written, and what is called what.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use crate::ids::{Id, Kind, Tenant};
use crate::tenancy::{StoreError, SystemTx};

/// Rows by table, in the order in which tables first got one: whoever is referred to comes first.
#[derive(Debug, Default)]
pub(super) struct Book(Vec<(&'static str, Vec<Value>)>);

impl Book {
    pub(super) fn add(&mut self, table: &'static str, row: Value) {
        match self.0.iter_mut().find(|(name, _)| *name == table) {
            Some((_, rows)) => rows.push(row),
            None => self.0.push((table, vec![row])),
        }
    }

    /// A statement a table.
    pub(super) async fn write(self, tx: &SystemTx, tenant: Id<Tenant>) -> Result<(), StoreError> {
        for (table, rows) in self.0 {
            tx.insert_rows(tenant, table, rows).await?;
        }
        Ok(())
    }
}

/// Things of one kind by the names that the files call them.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, Uuid>);

impl Names {
    pub(super) fn put<K: Kind>(&mut self, name: &str, id: Id<K>) -> Uuid {
        self.0.insert(name.to_owned(), id.uuid());
        id.uuid()
    }

    /// What the files call so. That there is one is tested.
    pub(super) fn get(&self, name: &str) -> Result<Uuid, StoreError> {
        let missing = || StoreError::Unreadable(format!("demo data: nothing is called {name:?}"));
        self.0.get(name).copied().ok_or_else(missing)
    }

    pub(super) fn id<K: Kind>(&self, name: &str) -> Result<Id<K>, StoreError> {
        self.get(name).map(Id::from_uuid)
    }
}
