-- Several messages over days, that end when their customer books or wants no more.
CREATE TABLE sequences (
    tenant_id   uuid NOT NULL REFERENCES tenants (id),
    id          uuid NOT NULL,
    name        text NOT NULL,
    -- What takes a customer in.
    trigger     text NOT NULL CHECK (trigger IN ('visit_completed', 'first_visit_completed', 'no_show',
                                                 'customer_created', 'not_seen')),
    -- How long somebody wasn't here, where that takes them in.
    days        integer CHECK (days BETWEEN 1 AND 730),
    -- Of visits: only those with one of these services. Empty: all.
    service_ids uuid[] NOT NULL DEFAULT '{}',
    -- Nobody is taken in again before so many days have passed.
    rest_days   integer NOT NULL CHECK (rest_days BETWEEN 30 AND 730),
    -- Since when it is on; none: it is off. What was before takes nobody in.
    on_since    timestamptz,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    archived_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CHECK ((trigger = 'not_seen') = (days IS NOT NULL))
);
-- The worker looks for what takes customers in over all businesses: those that have one that is on.
CREATE INDEX sequences_on ON sequences (tenant_id, id) WHERE on_since IS NOT NULL;
CALL lock_to_tenant('sequences', 'SELECT, INSERT, UPDATE', 'SELECT');

-- What is said, one after the other. There are only the steps as they are now: whoever is in the sequence
-- goes on with these.
CREATE TABLE sequence_steps (
    tenant_id    uuid NOT NULL,
    sequence_id  uuid NOT NULL,
    -- From 1 on, without gaps.
    position     integer NOT NULL,
    -- After the step before; of the first, after what took them in.
    wait_minutes integer NOT NULL CHECK (wait_minutes >= 0),
    -- The way that it takes if it can; none: the customer's own.
    channel      text CHECK (channel IN ('email', 'sms', 'whatsapp', 'push')),
    -- {locale: {subject, body, short}}. Short: it fits where each part costs.
    words        jsonb NOT NULL,
    PRIMARY KEY (tenant_id, sequence_id, position),
    FOREIGN KEY (tenant_id, sequence_id) REFERENCES sequences (tenant_id, id)
);
CALL lock_to_tenant('sequence_steps', 'SELECT, INSERT, DELETE', 'SELECT');

-- Who is in which sequence, and where.
CREATE TABLE sequence_runs (
    tenant_id      uuid NOT NULL,
    id             uuid NOT NULL,
    sequence_id    uuid NOT NULL,
    customer_id    uuid NOT NULL,
    -- What took them in: a visit, or that they were written down. Once each.
    begun_by       uuid NOT NULL,
    -- That visit, if it was one.
    appointment_id uuid,
    -- What they book from here on ends it: from the beginning of that visit, since many book at the desk.
    booked_from    timestamptz NOT NULL,
    next_step      integer NOT NULL,
    -- When that is due.
    next_at        timestamptz NOT NULL,
    state          text NOT NULL CHECK (state IN ('running', 'done', 'stopped')),
    stop_reason    text CHECK (stop_reason IN ('booked', 'opted_out', 'no_consent', 'turned_off', 'erased',
                                               'unreachable', 'staff', 'merged')),
    started_at     timestamptz NOT NULL,
    ended_at       timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT sequence_runs_once UNIQUE (tenant_id, sequence_id, begun_by),
    FOREIGN KEY (tenant_id, sequence_id) REFERENCES sequences (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CHECK ((state = 'stopped') = (stop_reason IS NOT NULL)),
    CHECK ((state = 'running') = (ended_at IS NULL))
);
-- Nobody is in the same one twice at a time.
CREATE UNIQUE INDEX sequence_runs_running ON sequence_runs (tenant_id, sequence_id, customer_id)
    WHERE state = 'running';
CREATE INDEX sequence_runs_due ON sequence_runs (next_at) WHERE state = 'running';
CREATE INDEX sequence_runs_by_sequence ON sequence_runs (tenant_id, sequence_id, id);
CREATE INDEX sequence_runs_by_customer ON sequence_runs (tenant_id, customer_id, sequence_id, started_at);
-- The worker takes customers in and moves them on, those of many businesses at once.
CALL lock_to_tenant('sequence_runs', 'SELECT, UPDATE', 'SELECT, INSERT, UPDATE');

-- A message that is a step of a sequence: whose, and the words as they were when it was written.
ALTER TABLE messages ADD COLUMN run_id uuid, ADD COLUMN words jsonb;
ALTER TABLE messages ADD CONSTRAINT messages_of_run FOREIGN KEY (tenant_id, run_id) REFERENCES sequence_runs (tenant_id, id);
-- Each step once for each run and way, whoever writes it: what can't go one way goes another.
CREATE UNIQUE INDEX messages_by_run ON messages (tenant_id, run_id, step, channel) WHERE run_id IS NOT NULL AND NOT again;

-- Whether somebody has booked since.
GRANT SELECT (created_at) ON appointments TO openchair_system;
-- Whoever is written to is held meanwhile, so that nobody merges or erases them in between.
GRANT UPDATE (updated_at) ON customers TO openchair_system;
