//! The walk-in queue of the spa.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::spa::Spa;

fn merged(mut body: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    body
}

impl Spa {
    /// Changes how the queue is kept.
    pub async fn keep_line(&self, change: &Value) -> Answer {
        let path = format!("/v1/locations/{}/queue", self.location);
        let seen = self.owner.get(&path).await.version();
        self.owner.patch(&path, seen, change).await
    }

    /// Opens the queue; these serve.
    pub async fn open_line(&self, staff: &[&str]) -> Value {
        let staff: Vec<_> = staff.iter().map(|name| self.id(name)).collect();
        self.keep_line(&json!({ "open": true, "staff": staff })).await.expect(200)
    }

    /// What somebody sends who joins.
    pub fn party(&self, name: &str, services: &[&str], more: &Value) -> Value {
        let services: Vec<_> = services.iter().map(|name| self.id(name)).collect();
        merged(json!({ "name": name, "services": services }), more)
    }

    /// Somebody joins from the shop's page.
    pub async fn walk_in(&self, name: &str, services: &[&str], more: &Value) -> Answer {
        let path = format!("/v1/public/{}/queue", self.business.slug);
        self.guest.post(&path, &self.party(name, services, more)).await
    }

    /// The desk puts somebody in: their entry.
    pub async fn desk_in(&self, name: &str, services: &[&str], more: &Value) -> Value {
        let body = self.party(name, services, more);
        self.owner.post("/v1/queue/entries", &body).await.expect(201)["entry"].clone()
    }

    /// What is on the screen.
    pub async fn line(&self) -> Value {
        self.owner.get(&format!("/v1/queue?location={}", self.location)).await.expect(200)
    }

    /// The names of those who stand like this, in their order.
    pub async fn standing(&self, state: &str) -> Vec<String> {
        let board = self.line().await;
        let entries = board["entries"].as_array().cloned().unwrap_or_default();
        let there = entries.iter().filter(|entry| entry["state"] == state);
        there.map(|entry| entry["name"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// An entry as it is now.
    pub async fn entry(&self, entry: &Value) -> Value {
        let id = entry["id"].as_str().unwrap_or_default();
        self.owner.get(&format!("/v1/queue/entries/{id}")).await.expect(200)
    }

    /// Does something to an entry, in the version that is handed in.
    pub async fn press(&self, entry: &Value, deed: &str, more: Value) -> Answer {
        let id = entry["id"].as_str().unwrap_or_default();
        let body = merged(json!({ "version": entry["version"] }), &more);
        self.owner.post(&format!("/v1/queue/entries/{id}/{deed}"), &body).await
    }

    /// Changes what somebody wants, in the version that is handed in.
    pub async fn edit_entry(&self, entry: &Value, change: &Value) -> Answer {
        self.press(entry, "edit", change.clone()).await
    }

    /// One of the staff calls whoever is next.
    pub async fn call_next(&self, staff: &str) -> Answer {
        let body = json!({ "location": self.location, "staff": self.id(staff) });
        self.owner.post("/v1/queue/call-next", &body).await
    }
}
