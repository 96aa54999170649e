-- Visits. Staff, services and rooms are named by id and by the name they had: no foreign key, because
-- what was sold stays as it was sold, and because each key would be one more row to lock per booking
-- (docs/adr/0009).
CREATE TABLE appointments (
    tenant_id        uuid NOT NULL,
    id               uuid NOT NULL,
    location_id      uuid NOT NULL,
    status           text NOT NULL CHECK (status IN ('held', 'pending_approval', 'pending_payment', 'confirmed',
                                                     'checked_in', 'in_service', 'completed', 'cancelled',
                                                     'no_show', 'expired')),
    version          integer NOT NULL DEFAULT 1,
    -- What the customer is told, without buffers.
    starts_at        timestamptz NOT NULL,
    ends_at          timestamptz NOT NULL CHECK (ends_at > starts_at),
    customer_id      uuid,
    -- How whoever booked it is written to, where they said so: their record keeps what it knew.
    contact_email    text,
    contact_locale   text,
    party            smallint NOT NULL CHECK (party BETWEEN 1 AND 2),
    -- What it is, in the words of the menu on that day.
    title            text NOT NULL,
    package_id       uuid,
    price_minor      bigint NOT NULL CHECK (price_minor >= 0),
    -- How much less that is because they are a member.
    discount_minor   bigint NOT NULL DEFAULT 0 CHECK (discount_minor >= 0),
    currency         text NOT NULL,
    deposit_minor    bigint NOT NULL DEFAULT 0 CHECK (deposit_minor >= 0),
    fee_minor        bigint NOT NULL DEFAULT 0 CHECK (fee_minor >= 0),
    -- The rules that it was made under: until when it can be moved and cancelled, what else it costs.
    terms            jsonb NOT NULL,
    source           text NOT NULL CHECK (source IN ('public', 'staff', 'series', 'waitlist', 'queue', 'demo')),
    note             text NOT NULL DEFAULT '',
    staff_note       text NOT NULL DEFAULT '',
    -- Taken on purpose over something else.
    overridden       boolean NOT NULL DEFAULT false,
    series_id        uuid,
    series_place     smallint,
    -- Until when the time is kept for who has not confirmed or paid.
    lapses_at        timestamptz,
    -- Whose hold it is, hashed; once it is taken up, the token of the hold. And the code that proves
    -- their address, hashed.
    visitor_hash     bytea,
    code_hash        bytea,
    code_tries       smallint NOT NULL DEFAULT 0,
    -- The customer's link, hashed.
    link_hash        bytea,
    -- The one before it: whoever asks once more, because no answer came, has no other.
    link_before      bytea,
    -- How often calendars were told of a change.
    sequence         integer NOT NULL DEFAULT 0,
    cancelled_by     text,
    cancel_reason    text,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);
CREATE INDEX appointments_by_day ON appointments (tenant_id, location_id, starts_at);
CREATE INDEX appointments_by_customer ON appointments (tenant_id, customer_id, starts_at) WHERE customer_id IS NOT NULL;
CREATE INDEX appointments_by_series ON appointments (tenant_id, series_id, series_place) WHERE series_id IS NOT NULL;
CREATE INDEX appointments_by_visitor ON appointments (tenant_id, visitor_hash) WHERE visitor_hash IS NOT NULL;
CREATE INDEX appointments_lapsing ON appointments (lapses_at) WHERE lapses_at IS NOT NULL;
CREATE INDEX appointments_by_start ON appointments (tenant_id, starts_at);
CREATE INDEX appointments_never_taken ON appointments (updated_at) WHERE status = 'expired' AND customer_id IS NULL;
CREATE INDEX appointments_by_link ON appointments (link_hash) WHERE link_hash IS NOT NULL;
CREATE INDEX appointments_by_link_before ON appointments (link_before) WHERE link_before IS NOT NULL;
-- Who holds a link belongs to no business; the sweeper looks for what lapsed, and deletes what nobody
-- ever took up.
CALL lock_to_tenant('appointments', 'SELECT, INSERT, UPDATE', 'INSERT, DELETE');
GRANT SELECT (tenant_id, id, link_hash, link_before, lapses_at, status, customer_id, updated_at), UPDATE (updated_at)
    ON appointments TO openchair_system;

-- Who gets what from whom, and when.
CREATE TABLE appointment_lines (
    tenant_id      uuid NOT NULL,
    appointment_id uuid NOT NULL,
    position       smallint NOT NULL,
    -- Lines of one step happen at the same time.
    step           smallint NOT NULL,
    service_id     uuid NOT NULL,
    service_name   text NOT NULL,
    -- 1 or 2: which of the party.
    customer       smallint NOT NULL CHECK (customer BETWEEN 1 AND 2),
    staff_id       uuid,
    staff_name     text,
    -- Whether the customer asked for just this one.
    staff_chosen   boolean NOT NULL,
    room_id        uuid,
    room_name      text,
    -- Whether staff chose it; else it is any that will do.
    room_chosen    boolean NOT NULL DEFAULT false,
    starts_at      timestamptz NOT NULL,
    ends_at        timestamptz NOT NULL,
    price_minor    bigint NOT NULL,
    -- [{id, name, minutes, price_minor}]
    addons         jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (tenant_id, appointment_id, position),
    FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id)
);
CREATE INDEX appointment_lines_by_staff ON appointment_lines (tenant_id, staff_id) WHERE staff_id IS NOT NULL;
CALL lock_to_tenant('appointment_lines', 'SELECT, INSERT, DELETE', 'SELECT (tenant_id, appointment_id), INSERT, DELETE');

-- What is taken, buffers included. Rows go when the visit gives its time back. This is the promise:
-- no two rows of one resource overlap, whoever writes them.
CREATE TABLE allocations (
    tenant_id      uuid NOT NULL,
    resource_id    uuid NOT NULL,
    blocked_from   timestamptz NOT NULL,
    blocked_to     timestamptz NOT NULL CHECK (blocked_to > blocked_from),
    appointment_id uuid NOT NULL,
    location_id    uuid NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('staff', 'room')),
    -- When the time is free again although the row is there: a hold that nobody took.
    lapses_at      timestamptz,
    overridden     boolean NOT NULL DEFAULT false,
    during         tstzrange GENERATED ALWAYS AS (tstzrange(blocked_from, blocked_to, '[)')) STORED,
    PRIMARY KEY (tenant_id, appointment_id, resource_id, blocked_from),
    -- Written before the visit is: with fewer rows than asked for, there is none.
    FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT no_overlap EXCLUDE USING gist (tenant_id WITH =, resource_id WITH =, during WITH &&)
        WHERE (NOT overridden)
) WITH (fillfactor = 85);
CREATE INDEX allocations_by_resource ON allocations (tenant_id, resource_id, blocked_to);
CALL lock_to_tenant('allocations', 'SELECT, INSERT, DELETE, UPDATE (lapses_at)', 'INSERT');

-- Every step of a visit's life: who, when, why.
CREATE TABLE appointment_history (
    tenant_id      uuid NOT NULL,
    appointment_id uuid NOT NULL,
    version        integer NOT NULL,
    at             timestamptz NOT NULL,
    action         text NOT NULL,
    from_status    text,
    to_status      text NOT NULL,
    actor_kind     text NOT NULL,
    actor_id       text,
    actor_name     text NOT NULL,
    reason         text,
    details        jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, appointment_id, version),
    FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id)
);
-- The reason goes when its customer is erased.
CALL lock_to_tenant('appointment_history', 'SELECT, INSERT, UPDATE (reason)',
                    'SELECT (tenant_id, appointment_id), INSERT, DELETE');

CREATE TABLE series (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    location_id uuid NOT NULL,
    customer_id uuid,
    every       text NOT NULL CHECK (every IN ('day', 'week', 'month')),
    step        smallint NOT NULL CHECK (step BETWEEN 1 AND 52),
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);
CALL lock_to_tenant('series', 'SELECT, INSERT, UPDATE (customer_id)');

-- Who waits for time that is taken.
CREATE TABLE waitlist_entries (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    location_id uuid NOT NULL,
    -- What they want, as it was asked: services, add-ons, party, staff.
    wanted      jsonb NOT NULL,
    title       text NOT NULL,
    first_day   date NOT NULL,
    last_day    date NOT NULL CHECK (last_day >= first_day),
    -- Minutes from midnight between which it should begin.
    earliest    smallint NOT NULL CHECK (earliest BETWEEN 0 AND 1440),
    latest      smallint NOT NULL CHECK (latest BETWEEN earliest AND 1440),
    name        text NOT NULL,
    email       text,
    phone       text,
    locale      text NOT NULL,
    note        text NOT NULL,
    customer_id uuid,
    state       text NOT NULL CHECK (state IN ('waiting', 'offered', 'booked', 'left', 'over')),
    token_hash  bytea NOT NULL,
    -- The rules of the location that this was held against last.
    rules_seen  bigint NOT NULL DEFAULT 0,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);
-- One waits for the same once at a time, however one can be reached.
CREATE UNIQUE INDEX waitlist_once ON waitlist_entries (tenant_id, location_id, title, coalesce(lower(email), phone))
    WHERE state IN ('waiting', 'offered');
CREATE INDEX waitlist_waiting ON waitlist_entries (tenant_id, location_id, id) WHERE state = 'waiting';
CREATE INDEX waitlist_over ON waitlist_entries (last_day) WHERE state = 'waiting';
CREATE INDEX waitlist_entries_by_token ON waitlist_entries (token_hash);
-- Who holds the link belongs to no business; the sweeper looks for days that are over, and for rules
-- that changed.
CALL lock_to_tenant('waitlist_entries', 'SELECT, INSERT, UPDATE',
                    'SELECT (tenant_id, id, location_id, token_hash, state, last_day, rules_seen), INSERT');

-- Time that was kept for one who waits, until they say yes or it lapses.
CREATE TABLE waitlist_offers (
    tenant_id      uuid NOT NULL,
    id             uuid NOT NULL,
    entry_id       uuid NOT NULL,
    appointment_id uuid NOT NULL,
    token_hash     bytea NOT NULL,
    state          text NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'lapsed')),
    expires_at     timestamptz NOT NULL,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, entry_id) REFERENCES waitlist_entries (tenant_id, id),
    FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id)
);
CREATE INDEX waitlist_offers_by_token ON waitlist_offers (token_hash);
CREATE INDEX waitlist_offers_by_visit ON waitlist_offers (tenant_id, appointment_id);
CREATE INDEX waitlist_offers_by_entry ON waitlist_offers (tenant_id, entry_id);
CREATE INDEX waitlist_offers_open ON waitlist_offers (tenant_id, entry_id) WHERE state = 'open';
CALL lock_to_tenant('waitlist_offers', 'SELECT, INSERT, UPDATE', 'SELECT (tenant_id, id, appointment_id, token_hash)');
