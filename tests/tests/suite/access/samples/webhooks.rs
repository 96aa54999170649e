//! Requests about webhooks.

use openchair_domain::ids::{Event, Id, WebhookDelivery, WebhookEndpoint};
use openchair_domain::secrets::{KeyRing, Place};
use openchair_tests::{Business, TestApp};
use serde_json::json;

use super::Sample;
use crate::access::actors::World;

/// A public address, as one is saved. Nothing is ever sent there: the endpoint is switched off.
const PUBLIC: &str = "https://1.1.1.1/hook";

/// An endpoint and what was sent there. It is switched off: the worker has nothing to do with it, and
/// changes nothing behind anybody's back.
#[derive(Debug)]
pub struct Hooks {
    pub endpoint: Id<WebhookEndpoint>,
    pub delivery: Id<WebhookDelivery>,
}

impl Hooks {
    pub async fn new(app: &TestApp, of: &Business) -> Self {
        let (tenant, now) = (of.id.uuid(), app.now());
        let (endpoint, delivery) = (app.new_id::<WebhookEndpoint>(), app.new_id());
        let keys = KeyRing::new(&app.settings.security.column_keys).unwrap();
        let place = Place { table: "webhook_endpoints", column: "secret", row: endpoint.uuid() };
        let sealed = keys.seal(&place, &[7; 32], &*app.entropy).unwrap();
        let sealed: String = sealed.iter().map(|byte| format!("{byte:02x}")).collect();
        let (id, event, sent) = (endpoint.uuid(), app.new_id::<Event>().uuid(), delivery);
        let sent: Id<WebhookDelivery> = sent;
        let sql = format!(
            "insert into webhook_endpoints (tenant_id, id, url, description, events, preset, secret,
                                            per_second, state, created_by, created_at, updated_at)
             values ('{tenant}', '{id}', 'http://127.0.0.1:9/{slug}', '', '{{customer.created}}',
                     'standard', decode('{sealed}', 'hex'), 10, 'off', 'Somebody', '{now}', '{now}');
             insert into webhook_deliveries (tenant_id, id, endpoint_id, place, event_id, kind,
                                             happened_at, about, body, state, created_at, ended_at)
             values ('{tenant}', '{sent}', '{id}', 1, '{event}', 'customer.created', '{now}', 'x',
                     '{{}}', 'failed', '{now}', '{now}');
             update webhook_endpoints set last_place = 1 where tenant_id = '{tenant}'",
            slug = of.slug,
            sent = sent.uuid(),
        );
        app.database.run(&sql).await;
        Self { endpoint, delivery: sent }
    }

    pub fn secrets(&self) -> Vec<String> {
        vec![self.endpoint.to_string(), self.delivery.to_string()]
    }
}

pub async fn sample(id: &str, world: &World, succeeds: bool) -> Option<Sample> {
    let Hooks { endpoint, delivery } = &world.here.hooks;
    let at = |path: &str| Sample::at(format!("/v1/webhooks{path}"));
    let of = |deed: &str| at(&format!("/endpoints/{endpoint}{deed}"));
    let sends = ["test_webhook_endpoint", "replay_webhook_endpoint", "replay_webhook_delivery"];
    if succeeds && sends.contains(&id) {
        let on =
            format!("update webhook_endpoints set state = 'on' where id = '{}'", endpoint.uuid());
        world.app.database.run(&on).await;
    }
    Some(match id {
        "create_webhook_endpoint" => {
            at("/endpoints").with(json!({ "url": PUBLIC, "enabled": false }))
        }
        "read_webhook_endpoint" | "remove_webhook_endpoint" => of(""),
        "update_webhook_endpoint" => of("").with(json!({ "description": "Till" })).seen(1),
        "rotate_webhook_secret" => of("/rotate-secret").with(json!({})),
        "test_webhook_endpoint" => of("/test"),
        "replay_webhook_endpoint" => of("/replay")
            .with(json!({ "from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z" })),
        "read_webhook_delivery" => at(&format!("/deliveries/{delivery}")),
        "replay_webhook_delivery" => at(&format!("/deliveries/{delivery}/replay")),
        _ => return None,
    })
}
