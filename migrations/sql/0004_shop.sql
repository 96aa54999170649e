-- What a starter kit puts in place: one location with its hours, services in categories, booking
-- rules.
CREATE TABLE locations (
    tenant_id   uuid NOT NULL REFERENCES tenants (id),
    id          uuid NOT NULL,
    name        text NOT NULL,
    address     text NOT NULL,
    time_zone   text NOT NULL,
    position    integer NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    archived_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CALL lock_to_tenant('locations', 'SELECT, INSERT, UPDATE', 'SELECT, INSERT');

-- Opening hours in the location's civil time, minutes from midnight; 24:00 is 1440, and a window
-- may run past midnight into the next day.
CREATE TABLE location_hours (
    tenant_id   uuid NOT NULL,
    location_id uuid NOT NULL,
    weekday     smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens       smallint NOT NULL CHECK (opens BETWEEN 0 AND 1439),
    closes      smallint NOT NULL CHECK (closes > opens AND closes <= opens + 1440),
    PRIMARY KEY (tenant_id, location_id, weekday, opens),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CALL lock_to_tenant('location_hours', 'SELECT, INSERT, DELETE', 'SELECT, INSERT');

CREATE TABLE service_categories (
    tenant_id  uuid NOT NULL REFERENCES tenants (id),
    id         uuid NOT NULL,
    name       text NOT NULL,
    position   integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CALL lock_to_tenant('service_categories', 'SELECT, INSERT, UPDATE', 'SELECT, INSERT');

CREATE TABLE services (
    tenant_id        uuid NOT NULL REFERENCES tenants (id),
    id               uuid NOT NULL,
    category_id      uuid NOT NULL,
    name             text NOT NULL,
    duration_minutes integer NOT NULL CHECK (duration_minutes BETWEEN 1 AND 1440),
    price_minor      bigint NOT NULL CHECK (price_minor >= 0),
    position         integer NOT NULL,
    version          integer NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    archived_at      timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, category_id) REFERENCES service_categories (tenant_id, id)
);
CALL lock_to_tenant('services', 'SELECT, INSERT, UPDATE', 'SELECT, INSERT');

-- One row a tenant: the booking rules that a service may override later.
CREATE TABLE booking_policies (
    tenant_id             uuid PRIMARY KEY REFERENCES tenants (id),
    slot_step_minutes     integer NOT NULL CHECK (slot_step_minutes BETWEEN 5 AND 240),
    notice_minutes        integer NOT NULL CHECK (notice_minutes >= 0),
    horizon_days          integer NOT NULL CHECK (horizon_days BETWEEN 1 AND 730),
    cancel_notice_minutes integer NOT NULL CHECK (cancel_notice_minutes >= 0),
    needs_approval        boolean NOT NULL,
    version               integer NOT NULL DEFAULT 1,
    updated_at            timestamptz NOT NULL
);
CALL lock_to_tenant('booking_policies', 'SELECT, UPDATE', 'SELECT, INSERT');
