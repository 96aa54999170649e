-- Where a business wants to be told of what happens, and how that goes.
CREATE TABLE webhook_endpoints (
    tenant_id     uuid NOT NULL REFERENCES tenants (id),
    id            uuid NOT NULL,
    url           text NOT NULL,
    description   text NOT NULL,
    events        text[] NOT NULL,
    preset        text NOT NULL CHECK (preset IN ('standard', 'ghl_nested', 'ghl_flat')),
    -- Sealed. The one before it signs as well, until then.
    secret        bytea NOT NULL,
    secret_before bytea,
    before_until  timestamptz,
    per_second    smallint NOT NULL CHECK (per_second BETWEEN 1 AND 100),
    state         text NOT NULL CHECK (state IN ('on', 'off', 'disabled', 'removed')),
    -- Why nothing is sent any more, if it wasn't the business that said so.
    disabled_for  text CHECK (disabled_for IN ('gone', 'failing')),
    disabled_at   timestamptz,
    version       integer NOT NULL DEFAULT 1,
    created_by    text NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    -- How it goes: failures in a row, how often it was let rest since the last success, and until when.
    failures      integer NOT NULL DEFAULT 0,
    rests         integer NOT NULL DEFAULT 0,
    rests_until   timestamptz,
    failing_since timestamptz,
    succeeded_at  timestamptz,
    -- Whether it took long to answer, the last time.
    slow          boolean NOT NULL DEFAULT false,
    -- When the last requests ended: what counts for the next second.
    recent        timestamptz[] NOT NULL DEFAULT '{}',
    -- Of the last delivery in its order.
    last_place    bigint NOT NULL DEFAULT 0,
    -- When there is something to send, and who is at it.
    due_at        timestamptz,
    lease_until   timestamptz,
    leased_by     text,
    PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 70);
CREATE INDEX webhook_endpoints_due ON webhook_endpoints (due_at) WHERE state = 'on' AND due_at IS NOT NULL;
-- The sender looks over all businesses for where something is due, and takes it under a lease.
CALL lock_to_tenant('webhook_endpoints', 'SELECT, INSERT, UPDATE',
                    'SELECT (tenant_id, id, state, failures, slow, due_at, lease_until, updated_at), UPDATE (lease_until, leased_by), DELETE');

-- One event on its way to one endpoint.
CREATE TABLE webhook_deliveries (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    -- The order at this endpoint.
    place       bigint NOT NULL,
    event_id    uuid NOT NULL,
    kind        text NOT NULL,
    happened_at timestamptz NOT NULL,
    -- What it is about: of one thing, one comes after the other.
    about       text NOT NULL,
    customer_id uuid,
    -- The very bytes, the same at every try.
    body        text NOT NULL,
    state       text NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed', 'cancelled')),
    attempts    integer NOT NULL DEFAULT 0,
    -- Of those, how many count: being told to come later doesn't.
    failures    integer NOT NULL DEFAULT 0,
    -- When it may be sent. Empty while another one about the same comes first.
    next_at     timestamptz,
    -- The delivery that this one says again.
    replay_of   uuid,
    created_at  timestamptz NOT NULL,
    ended_at    timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT webhook_deliveries_place UNIQUE (tenant_id, endpoint_id, place),
    FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints (tenant_id, id)
) WITH (fillfactor = 85);
-- An event goes to an endpoint once, unless somebody asks for it again.
CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (tenant_id, endpoint_id, event_id)
    WHERE replay_of IS NULL;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (tenant_id, endpoint_id, next_at)
    WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_in_order ON webhook_deliveries (tenant_id, endpoint_id, about, place)
    WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (tenant_id, endpoint_id, id);
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (tenant_id, endpoint_id, happened_at);
CREATE INDEX webhook_deliveries_by_customer ON webhook_deliveries (tenant_id, customer_id)
    WHERE customer_id IS NOT NULL;
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (ended_at) WHERE ended_at IS NOT NULL;
CALL lock_to_tenant('webhook_deliveries', 'SELECT, INSERT, UPDATE',
                    'SELECT (tenant_id, id, endpoint_id, ended_at), UPDATE (ended_at), DELETE');

-- What was sent, and what was answered. The body is the delivery's.
CREATE TABLE webhook_attempts (
    tenant_id   uuid NOT NULL,
    delivery_id uuid NOT NULL,
    number      integer NOT NULL,
    at          timestamptz NOT NULL,
    url         text NOT NULL,
    headers     jsonb NOT NULL,
    -- What came back, if anything did, and how it began.
    status      smallint,
    answer      text,
    error       text,
    took_ms     integer NOT NULL,
    PRIMARY KEY (tenant_id, delivery_id, number),
    FOREIGN KEY (tenant_id, delivery_id) REFERENCES webhook_deliveries (tenant_id, id)
);
-- The answer goes when whoever it may name is erased.
CALL lock_to_tenant('webhook_attempts', 'SELECT, INSERT, UPDATE (answer)', 'SELECT (tenant_id, delivery_id), DELETE');

-- Up to which event a business's endpoints were told. Whoever has no endpoint has nobody to tell.
CREATE TABLE webhook_cursors (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id),
    seq       bigint NOT NULL,
    listens   boolean NOT NULL
);
CREATE INDEX webhook_cursors_listening ON webhook_cursors (tenant_id) WHERE listens;
CALL lock_to_tenant('webhook_cursors', 'SELECT, INSERT, UPDATE', 'SELECT');
