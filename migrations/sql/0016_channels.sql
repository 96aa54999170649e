-- Browsers that asked to be told of their holder's visits. Whoever knows where a browser is reached may
-- send to it: that is sealed, as are its keys.
CREATE TABLE push_subscriptions (
    tenant_id     uuid NOT NULL REFERENCES tenants (id),
    id            uuid NOT NULL,
    customer_id   uuid NOT NULL,
    -- Of where it is reached: a browser is there once, for whoever used it last.
    endpoint_hash bytea NOT NULL,
    sealed        bytea NOT NULL,
    created_at    timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT push_subscriptions_once UNIQUE (tenant_id, endpoint_hash),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);
CREATE INDEX push_subscriptions_by_customer ON push_subscriptions (tenant_id, customer_id, id);
-- Whoever sends looks where to.
CALL lock_to_tenant('push_subscriptions', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT');

-- What customers answer to texts, and what was answered to them.
CREATE TABLE message_replies (
    tenant_id   uuid NOT NULL REFERENCES tenants (id),
    id          uuid NOT NULL,
    -- What was last said to them by this way: they answer that.
    message_id  uuid NOT NULL,
    channel     text NOT NULL CHECK (channel IN ('sms', 'whatsapp')),
    customer_id uuid,
    -- Empty, as is the body: whoever it was is forgotten.
    address     text NOT NULL,
    -- What the provider calls it: one that comes twice is there once.
    provider_id text NOT NULL,
    body        text NOT NULL,
    -- What came of it: 'confirmed', 'cancelled', 'refused', 'opted_out', 'opted_in', 'kept'.
    outcome     text NOT NULL,
    answer      text NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT message_replies_once UNIQUE (tenant_id, provider_id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);
CREATE INDEX message_replies_by_customer ON message_replies (tenant_id, customer_id, id)
    WHERE customer_id IS NOT NULL;
-- One that comes again is the same, whoever wrote to that number meanwhile.
CREATE INDEX message_replies_by_provider ON message_replies (provider_id);
CREATE INDEX message_replies_by_age ON message_replies (created_at);
CALL lock_to_tenant('message_replies', 'SELECT, INSERT, UPDATE', 'SELECT, DELETE');
-- Whoever deletes what is old holds it meanwhile.
GRANT UPDATE (created_at) ON message_replies TO openchair_system;

-- Which business last wrote to a number: it is meant by what comes from there.
CREATE INDEX messages_by_last_word ON messages (channel, address_key, sent_at) WHERE sent_at IS NOT NULL;
