//! Requests about what is said to customers.

use openchair_domain::ids::{Id, Message, MessageReply, OptOut};
use openchair_tests::{Business, TestApp};
use serde_json::json;

use super::{Operation, Sample};
use crate::access::actors::World;

/// Something that a business said, somebody who wants to hear nothing, and words of its own.
#[derive(Debug)]
pub struct Said {
    pub message: Id<Message>,
    pub optout: Id<OptOut>,
    address: String,
}

impl Said {
    pub async fn new(app: &TestApp, of: &Business) -> Self {
        let (tenant, now) = (of.id.uuid(), app.now());
        let (message, optout) = (app.new_id::<Message>(), app.new_id::<OptOut>());
        let reply = app.new_id::<MessageReply>().uuid();
        let address = format!("guest@{}.example.com", of.slug);
        let service = app.services(of).await[0].uuid();
        let sql = format!(
            "insert into messages (tenant_id, id, kind, channel, locale, address, address_key, fields,
                                   state, due_at, created_at)
             values ('{tenant}', '{}', 'follow_up', 'email', 'en', '{address}', '{address}', '{{}}',
                     'sent', '{now}', '{now}');
             insert into message_optouts (tenant_id, id, channel, address, address_key, source, since)
             values ('{tenant}', '{}', 'email', 'left.{address}', 'left.{address}', 'staff', '{now}');
             insert into message_templates (tenant_id, kind, channel, locale, subject, body, version,
                                            updated_at)
             values ('{tenant}', 'moved', 'email', 'en', 'Moved', 'Moved', 1, '{now}');
             insert into message_replies (tenant_id, id, message_id, channel, address, provider_id, body,
                                          outcome, answer, created_at)
             values ('{tenant}', '{reply}', '{}', 'sms', '{address}', 'SM{tenant}', 'Hello', 'kept', '',
                     '{now}');
             insert into service_reminders (tenant_id, service_id, minutes)
             values ('{tenant}', '{service}', '{{60}}')",
            message.uuid(),
            optout.uuid(),
            message.uuid()
        );
        app.database.run(&sql).await;
        Self { message, optout, address }
    }

    pub fn secrets(&self) -> Vec<String> {
        vec![self.message.to_string(), self.optout.to_string(), self.address.clone()]
    }
}

pub fn sample(operation: &Operation, world: &World) -> Option<Sample> {
    let here = &world.here;
    let Said { message, optout, .. } = &here.said;
    let at = |path: &str| Sample::at(format!("/v1{path}"));
    let words = || json!({ "subject": "See you", "body": "Dear {{ name }}" });
    let of_service = || at(&format!("/message-settings/services/{}", here.things.service));
    Some(match operation.id.as_str() {
        "list_message_replies" => at("/message-replies"),
        "list_messages" => at("/messages?kind=follow_up"),
        "read_message" => at(&format!("/messages/{message}")),
        "send_message_again" => at(&format!("/messages/{message}/send-again")),
        "read_message_settings" => at("/message-settings"),
        "update_message_settings" => {
            at("/message-settings").with(json!({ "reminder_minutes": [120] })).seen(1)
        }
        "list_service_reminders" => at("/message-settings/services"),
        "put_service_reminders" => of_service().with(json!({ "minutes": [30] })),
        "remove_service_reminders" => of_service(),
        "list_message_templates" => at("/message-templates"),
        "read_message_template" => at("/message-templates/confirmed/email/en"),
        "put_message_template" => at("/message-templates/confirmed/email/en").with(words()).seen(1),
        "remove_message_template" => at("/message-templates/moved/email/en").seen(1),
        "preview_message_template" => {
            at("/message-templates/confirmed/email/en/preview").with(json!({}))
        }
        "test_message_template" => at("/message-templates/confirmed/email/en/test"),
        "list_opt_outs" => at("/message-opt-outs"),
        "add_opt_out" => at("/message-opt-outs")
            .with(json!({ "channel": "email", "address": "tired@example.com" })),
        "remove_opt_out" => at(&format!("/message-opt-outs/{optout}")),
        _ => return None,
    })
}
