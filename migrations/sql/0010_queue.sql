-- Whoever walks in. A location has one line; its row here is what everybody locks first who changes
-- anything in that line, so that two who press "call next" never call the same one.
CREATE TABLE queues (
    tenant_id       uuid NOT NULL,
    location_id     uuid NOT NULL,
    open            boolean NOT NULL DEFAULT false,
    -- How many may wait, visits that were booked aside.
    capacity        smallint NOT NULL DEFAULT 40 CHECK (capacity BETWEEN 1 AND 500),
    -- What can be had without an appointment. Empty: whatever customers book.
    services        uuid[] NOT NULL DEFAULT '{}',
    -- Who was forgotten in the line doesn't stand there for ever.
    expires_minutes smallint NOT NULL DEFAULT 240 CHECK (expires_minutes BETWEEN 15 AND 1440),
    -- Tickets are numbered anew each day.
    ticket_day      date,
    last_ticket     integer NOT NULL DEFAULT 0,
    version         integer NOT NULL DEFAULT 1,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, location_id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CALL lock_to_tenant('queues', 'SELECT, INSERT, UPDATE', 'INSERT');

-- Who serves whom walks in, now.
CREATE TABLE queue_staff (
    tenant_id   uuid NOT NULL,
    location_id uuid NOT NULL,
    staff_id    uuid NOT NULL,
    since       timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, location_id, staff_id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES queues (tenant_id, location_id),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id)
);
CALL lock_to_tenant('queue_staff', 'SELECT, INSERT, DELETE', 'INSERT');

-- One party in a line. Staff and services are named as they were: what happened stays as it happened.
CREATE TABLE queue_entries (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    location_id     uuid NOT NULL,
    -- The civil day of the ticket.
    day             date NOT NULL,
    code            text NOT NULL,
    state           text NOT NULL CHECK (state IN ('waiting', 'called', 'serving', 'done', 'left', 'no_show',
                                                   'converted', 'expired')),
    -- The order in the line, with gaps to move somebody into.
    rank            bigint NOT NULL,
    name            text NOT NULL,
    phone           text,
    locale          text NOT NULL,
    party           smallint NOT NULL CHECK (party BETWEEN 1 AND 8),
    -- [{id, name, minutes, price_minor}]
    services        jsonb NOT NULL,
    staff_wanted    uuid,
    -- Who called them, who serves or served them.
    staff_id        uuid,
    staff_name      text,
    customer_id     uuid,
    -- The visit that was booked, for who comes with one; or the one that they were given instead of
    -- waiting.
    appointment_id  uuid,
    due_at          timestamptz,
    source          text NOT NULL CHECK (source IN ('public', 'kiosk', 'desk', 'appointment')),
    note            text NOT NULL,
    token_hash      bytea,
    -- What they were told when they joined, in seconds.
    quoted_low      integer,
    quoted_p50      integer,
    quoted_p90      integer,
    joined_at       timestamptz NOT NULL,
    here_at         timestamptz,
    -- When they were told, or would be, that they are next.
    next_at         timestamptz,
    called_at       timestamptz,
    first_called_at timestamptz,
    started_at      timestamptz,
    ended_at        timestamptz,
    -- While they wait: when they are forgotten.
    expires_at      timestamptz,
    passes          smallint NOT NULL DEFAULT 0,
    -- Whether how long it took was learned from.
    learned         boolean NOT NULL DEFAULT false,
    version         integer NOT NULL DEFAULT 1,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT queue_code UNIQUE (tenant_id, location_id, day, code),
    FOREIGN KEY (tenant_id, location_id) REFERENCES queues (tenant_id, location_id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id)
);
-- One telephone waits once in a line.
CREATE UNIQUE INDEX queue_once ON queue_entries (tenant_id, location_id, phone)
    WHERE state IN ('waiting', 'called') AND phone IS NOT NULL AND source <> 'appointment';
-- A visit stands in the line once.
CREATE UNIQUE INDEX queue_visit_once ON queue_entries (tenant_id, appointment_id)
    WHERE state IN ('waiting', 'called', 'serving') AND source = 'appointment';
CREATE INDEX queue_entries_open ON queue_entries (tenant_id, location_id, rank)
    WHERE state IN ('waiting', 'called', 'serving');
CREATE INDEX queue_entries_by_visit ON queue_entries (tenant_id, appointment_id) WHERE appointment_id IS NOT NULL;
CREATE INDEX queue_entries_by_customer ON queue_entries (tenant_id, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX queue_entries_by_phone ON queue_entries (tenant_id, phone) WHERE phone IS NOT NULL;
CREATE INDEX queue_entries_by_token ON queue_entries (token_hash) WHERE token_hash IS NOT NULL;
CREATE INDEX queue_entries_expiring ON queue_entries (expires_at) WHERE expires_at IS NOT NULL;
-- Who holds the link belongs to no business; the sweep looks for who was forgotten.
CALL lock_to_tenant('queue_entries', 'SELECT, INSERT, UPDATE',
                    'SELECT (tenant_id, id, location_id, token_hash, expires_at), INSERT');

-- Every step of an entry: who, when, why.
CREATE TABLE queue_history (
    tenant_id  uuid NOT NULL,
    entry_id   uuid NOT NULL,
    version    integer NOT NULL,
    at         timestamptz NOT NULL,
    action     text NOT NULL,
    from_state text,
    to_state   text NOT NULL,
    actor_kind text NOT NULL,
    actor_id   text,
    actor_name text NOT NULL,
    -- Who of the staff it was about.
    staff_id   uuid,
    reason     text,
    PRIMARY KEY (tenant_id, entry_id, version),
    FOREIGN KEY (tenant_id, entry_id) REFERENCES queue_entries (tenant_id, id)
);
-- The reason goes when whoever it is about is erased.
CALL lock_to_tenant('queue_history', 'SELECT, INSERT, UPDATE (reason)', 'INSERT');

-- A tablet at the door: its token lets it put people into the line of its location, and nothing else.
CREATE TABLE queue_kiosks (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    location_id  uuid NOT NULL,
    name         text NOT NULL,
    token_hash   bytea NOT NULL,
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CREATE INDEX queue_kiosks_by_token ON queue_kiosks (token_hash);
CALL lock_to_tenant('queue_kiosks', 'SELECT, INSERT, UPDATE',
                    'SELECT (tenant_id, id, location_id, token_hash, revoked_at)');

-- How long a service takes with somebody, compared with what the menu says: weight, mean and spread of
-- the logarithm of that ratio. What is long ago counts less.
CREATE TABLE service_pace (
    tenant_id  uuid NOT NULL,
    service_id uuid NOT NULL,
    staff_id   uuid NOT NULL,
    n          double precision NOT NULL,
    mean       double precision NOT NULL,
    m2         double precision NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, service_id, staff_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CALL lock_to_tenant('service_pace', 'SELECT, INSERT, UPDATE', 'INSERT');
