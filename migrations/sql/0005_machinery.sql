-- Who did what. Nobody but the owner of the schema can change or remove a line.
CREATE TABLE audit_entries (
    tenant_id    uuid NOT NULL REFERENCES tenants (id),
    id           uuid NOT NULL,
    at           timestamptz NOT NULL,
    actor_kind   text NOT NULL,
    actor_id     text,
    actor_name   text NOT NULL,
    action       text NOT NULL,
    subject_kind text NOT NULL,
    subject_id   text,
    subject_name text,
    changes      jsonb NOT NULL,
    ip           text,
    request_id   text,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX audit_entries_by_actor ON audit_entries (tenant_id, actor_id, id);
CALL lock_to_tenant('audit_entries', 'SELECT, INSERT', 'INSERT');

-- The last number that was given to one of a tenant's events: narrow, because it changes often.
CREATE TABLE event_counters (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id),
    last_seq  bigint NOT NULL
) WITH (fillfactor = 40);
CALL lock_to_tenant('event_counters', 'SELECT, UPDATE', 'SELECT, INSERT, UPDATE');

-- What others must hear of, in each tenant's own order. Written in the business transaction.
CREATE TABLE outbox_events (
    tenant_id    uuid NOT NULL REFERENCES tenants (id),
    id           uuid NOT NULL,
    seq          bigint NOT NULL,
    kind         text NOT NULL,
    version      smallint NOT NULL,
    payload      jsonb NOT NULL,
    created_at   timestamptz NOT NULL,
    published_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT outbox_events_order UNIQUE (tenant_id, seq)
);
CREATE INDEX outbox_events_unpublished ON outbox_events (tenant_id, seq) WHERE published_at IS NULL;
CALL lock_to_tenant('outbox_events', 'SELECT, INSERT', 'SELECT, INSERT, UPDATE');

-- What the worker has to do. Jobs that belong to nobody's tenant (a mail to a login) carry the nil
-- tenant, which no caller can be in.
CREATE TABLE jobs (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    kind         text NOT NULL,
    version      smallint NOT NULL,
    payload      jsonb NOT NULL,
    -- What must not lie around in the clear, such as the link in a mail. Wiped when the job ends.
    sealed       bytea,
    dedupe_key   text,
    state        text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'dead')),
    run_at       timestamptz NOT NULL,
    attempts     integer NOT NULL DEFAULT 0,
    lease_until  timestamptz,
    leased_by    text,
    last_error   text,
    created_at   timestamptz NOT NULL,
    finished_at  timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT jobs_once UNIQUE (tenant_id, dedupe_key)
);
-- What is due, the oldest first; each tenant's own; and what a lost worker left behind. Two states in
-- one index would keep the time from being its condition.
CREATE INDEX jobs_due ON jobs (run_at) WHERE state = 'waiting';
CREATE INDEX jobs_due_by_tenant ON jobs (tenant_id, run_at) WHERE state = 'waiting';
CREATE INDEX jobs_lapsed ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_done ON jobs (finished_at) WHERE state = 'done';
CREATE INDEX jobs_dead ON jobs (finished_at) WHERE state = 'dead';
CALL lock_to_tenant('jobs', 'INSERT', 'SELECT, INSERT, UPDATE, DELETE');
-- ON CONFLICT has to read the key that it may meet; the app role reads nothing else of a job.
GRANT SELECT (tenant_id, dedupe_key) ON jobs TO openchair_app;

-- Answers that were given to a key, so that the same request gets the same answer. Anonymous
-- callers' keys carry the nil tenant. The answer may hold a secret that is shown once: sealed.
CREATE TABLE idempotency_keys (
    tenant_id    uuid NOT NULL,
    scope        text NOT NULL,
    key          text NOT NULL,
    request_hash bytea NOT NULL,
    status       smallint,
    answer       bytea,
    created_at   timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_once PRIMARY KEY (tenant_id, scope, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
CALL lock_to_tenant('idempotency_keys', 'SELECT, INSERT, UPDATE', 'SELECT, INSERT, UPDATE, DELETE');

-- Development only: the mails that would have been sent.
CREATE TABLE mailbox (
    id      uuid PRIMARY KEY,
    at      timestamptz NOT NULL,
    address text NOT NULL,
    subject text NOT NULL,
    body    text NOT NULL,
    html    text NOT NULL
);
CREATE INDEX mailbox_by_age ON mailbox (at);
GRANT SELECT, INSERT, DELETE ON mailbox TO openchair_system;
