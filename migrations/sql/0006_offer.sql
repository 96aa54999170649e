-- What a shop offers, who does it, where, and under which rules. Everything here is rules: who changes
-- it bumps `availability_versions.rules`.

-- One row a location. A reader that saw these numbers may answer from what it read under them.
-- `rules`: who works when, what is offered. `busy`: what is taken.
CREATE TABLE availability_versions (
    tenant_id   uuid NOT NULL,
    location_id uuid NOT NULL,
    rules       bigint NOT NULL DEFAULT 1,
    busy        bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, location_id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
) WITH (fillfactor = 40);
CALL lock_to_tenant('availability_versions', 'SELECT, INSERT, UPDATE', 'SELECT, INSERT, UPDATE');
INSERT INTO availability_versions (tenant_id, location_id) SELECT tenant_id, id FROM locations;
-- Every write counts here, too: room on the page for the next version of a row.
ALTER TABLE event_counters SET (fillfactor = 40);

-- Whole days on which a location, or the whole business (no location), is closed.
CREATE TABLE closures (
    tenant_id   uuid NOT NULL REFERENCES tenants (id),
    id          uuid NOT NULL,
    location_id uuid,
    first_day   date NOT NULL,
    last_day    date NOT NULL CHECK (last_day >= first_day),
    reason      text NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CALL lock_to_tenant('closures', 'SELECT, INSERT, DELETE', 'SELECT, INSERT');

-- The opening hours of one day, instead of the week's. No windows: closed. Minutes as in
-- location_hours, pairs of the same place in both arrays.
CREATE TABLE location_days (
    tenant_id   uuid NOT NULL,
    location_id uuid NOT NULL,
    day         date NOT NULL,
    opens       smallint[] NOT NULL,
    closes      smallint[] NOT NULL CHECK (cardinality(closes) = cardinality(opens)),
    PRIMARY KEY (tenant_id, location_id, day),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CALL lock_to_tenant('location_days', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT');

ALTER TABLE service_categories
    ADD COLUMN version     integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at  timestamptz,
    ADD COLUMN archived_at timestamptz;
-- What nobody uses yet is removed rather than put away.
GRANT DELETE ON service_categories, services TO openchair_app;

ALTER TABLE services
    ADD COLUMN description           text NOT NULL DEFAULT '',
    ADD COLUMN buffer_before_minutes integer NOT NULL DEFAULT 0 CHECK (buffer_before_minutes BETWEEN 0 AND 240),
    ADD COLUMN buffer_after_minutes  integer NOT NULL DEFAULT 0 CHECK (buffer_after_minutes BETWEEN 0 AND 240),
    -- Whether customers can book it themselves.
    ADD COLUMN online                boolean NOT NULL DEFAULT true,
    ADD COLUMN members_only          boolean NOT NULL DEFAULT false,
    ADD COLUMN min_customers         smallint NOT NULL DEFAULT 1 CHECK (min_customers BETWEEN 1 AND 2),
    ADD COLUMN max_customers         smallint NOT NULL DEFAULT 1 CHECK (max_customers BETWEEN 1 AND 2),
    ADD COLUMN staff_per_customer    smallint NOT NULL DEFAULT 1 CHECK (staff_per_customer BETWEEN 0 AND 2),
    -- Whether the price is for each customer or for the visit.
    ADD COLUMN price_for             text NOT NULL DEFAULT 'customer' CHECK (price_for IN ('customer', 'visit')),
    ADD COLUMN needs_room            boolean NOT NULL DEFAULT false,
    -- What the room must have; and what it must have besides when the visit is for two.
    ADD COLUMN room_features         text[] NOT NULL DEFAULT '{}',
    ADD COLUMN room_features_for_two text[] NOT NULL DEFAULT '{}',
    ADD COLUMN deposit_kind          text NOT NULL DEFAULT 'none' CHECK (deposit_kind IN ('none', 'fixed', 'percent')),
    -- Minor units, or percent.
    ADD COLUMN deposit_value         bigint NOT NULL DEFAULT 0 CHECK (deposit_value >= 0),
    ADD CONSTRAINT services_party CHECK (min_customers <= max_customers);

ALTER TABLE booking_policies
    ADD COLUMN alignment               text NOT NULL DEFAULT 'clock' CHECK (alignment IN ('clock', 'packed')),
    ADD COLUMN move_notice_minutes     integer NOT NULL DEFAULT 0 CHECK (move_notice_minutes >= 0),
    ADD COLUMN late_cancel_fee_percent smallint NOT NULL DEFAULT 0 CHECK (late_cancel_fee_percent BETWEEN 0 AND 100),
    ADD COLUMN no_show_fee_percent     smallint NOT NULL DEFAULT 0 CHECK (no_show_fee_percent BETWEEN 0 AND 100),
    -- Whether a customer proves the address with a code before the visit is theirs.
    ADD COLUMN verify_contact          boolean NOT NULL DEFAULT false,
    ADD COLUMN ask_email               text NOT NULL DEFAULT 'required' CHECK (ask_email IN ('required', 'optional', 'hidden')),
    ADD COLUMN ask_phone               text NOT NULL DEFAULT 'optional' CHECK (ask_phone IN ('required', 'optional', 'hidden')),
    ADD COLUMN ask_note                boolean NOT NULL DEFAULT true,
    -- Who of the waiting list is asked first.
    ADD COLUMN waitlist_order          text NOT NULL DEFAULT 'first_come' CHECK (waitlist_order IN ('first_come', 'least_gap'));
UPDATE booking_policies SET move_notice_minutes = cancel_notice_minutes;

-- What a service has otherwise than the business. Empty: as the business has it.
CREATE TABLE service_policies (
    tenant_id               uuid NOT NULL,
    service_id              uuid NOT NULL,
    slot_step_minutes       integer CHECK (slot_step_minutes BETWEEN 5 AND 240),
    alignment               text CHECK (alignment IN ('clock', 'packed')),
    notice_minutes          integer CHECK (notice_minutes >= 0),
    horizon_days            integer CHECK (horizon_days BETWEEN 1 AND 730),
    cancel_notice_minutes   integer CHECK (cancel_notice_minutes >= 0),
    move_notice_minutes     integer CHECK (move_notice_minutes >= 0),
    late_cancel_fee_percent smallint CHECK (late_cancel_fee_percent BETWEEN 0 AND 100),
    no_show_fee_percent     smallint CHECK (no_show_fee_percent BETWEEN 0 AND 100),
    needs_approval          boolean,
    verify_contact          boolean,
    PRIMARY KEY (tenant_id, service_id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
CALL lock_to_tenant('service_policies', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT');

CREATE TABLE addons (
    tenant_id        uuid NOT NULL REFERENCES tenants (id),
    id               uuid NOT NULL,
    name             text NOT NULL,
    duration_minutes integer NOT NULL CHECK (duration_minutes BETWEEN 0 AND 480),
    price_minor      bigint NOT NULL CHECK (price_minor >= 0),
    position         integer NOT NULL,
    version          integer NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    archived_at      timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CALL lock_to_tenant('addons', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT');

CREATE TABLE service_addons (
    tenant_id  uuid NOT NULL,
    service_id uuid NOT NULL,
    addon_id   uuid NOT NULL,
    PRIMARY KEY (tenant_id, service_id, addon_id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
    FOREIGN KEY (tenant_id, addon_id) REFERENCES addons (tenant_id, id)
);
CALL lock_to_tenant('service_addons', 'SELECT, INSERT, DELETE', 'SELECT, INSERT');

-- Services one after the other, or all at once, for one price.
CREATE TABLE packages (
    tenant_id   uuid NOT NULL REFERENCES tenants (id),
    id          uuid NOT NULL,
    category_id uuid NOT NULL,
    name        text NOT NULL,
    description text NOT NULL,
    mode        text NOT NULL CHECK (mode IN ('sequence', 'parallel')),
    price_minor bigint NOT NULL CHECK (price_minor >= 0),
    online      boolean NOT NULL,
    position    integer NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    archived_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, category_id) REFERENCES service_categories (tenant_id, id)
);
CALL lock_to_tenant('packages', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT');

CREATE TABLE package_items (
    tenant_id  uuid NOT NULL,
    package_id uuid NOT NULL,
    position   smallint NOT NULL CHECK (position BETWEEN 0 AND 9),
    service_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, package_id, position),
    FOREIGN KEY (tenant_id, package_id) REFERENCES packages (tenant_id, id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
CALL lock_to_tenant('package_items', 'SELECT, INSERT, DELETE', 'SELECT, INSERT');

-- What customers can be members of.
CREATE TABLE membership_plans (
    tenant_id        uuid NOT NULL REFERENCES tenants (id),
    id               uuid NOT NULL,
    category_id      uuid NOT NULL,
    name             text NOT NULL,
    description      text NOT NULL,
    benefits         text[] NOT NULL,
    price_minor      bigint NOT NULL CHECK (price_minor >= 0),
    period           text NOT NULL CHECK (period IN ('month', 'year')),
    discount_percent smallint NOT NULL DEFAULT 0 CHECK (discount_percent BETWEEN 0 AND 100),
    position         integer NOT NULL,
    version          integer NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    archived_at      timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, category_id) REFERENCES service_categories (tenant_id, id)
);
CALL lock_to_tenant('membership_plans', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT');

-- The members-only services that a plan opens.
CREATE TABLE membership_plan_services (
    tenant_id  uuid NOT NULL,
    plan_id    uuid NOT NULL,
    service_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, plan_id, service_id),
    FOREIGN KEY (tenant_id, plan_id) REFERENCES membership_plans (tenant_id, id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
CALL lock_to_tenant('membership_plan_services', 'SELECT, INSERT, DELETE', 'SELECT, INSERT');

-- Intake forms and consents. What was asked stays as it was asked: a change is a new version.
CREATE TABLE forms (
    tenant_id   uuid NOT NULL REFERENCES tenants (id),
    id          uuid NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('intake', 'consent')),
    name        text NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    archived_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CALL lock_to_tenant('forms', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT');

CREATE TABLE form_versions (
    tenant_id  uuid NOT NULL,
    form_id    uuid NOT NULL,
    version    integer NOT NULL,
    name       text NOT NULL,
    -- A consent's text; an intake form's questions.
    body       jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, form_id, version),
    FOREIGN KEY (tenant_id, form_id) REFERENCES forms (tenant_id, id)
);
CALL lock_to_tenant('form_versions', 'SELECT, INSERT, DELETE', 'SELECT, INSERT');

CREATE TABLE service_forms (
    tenant_id  uuid NOT NULL,
    service_id uuid NOT NULL,
    form_id    uuid NOT NULL,
    PRIMARY KEY (tenant_id, service_id, form_id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id),
    FOREIGN KEY (tenant_id, form_id) REFERENCES forms (tenant_id, id)
);
CALL lock_to_tenant('service_forms', 'SELECT, INSERT, DELETE', 'SELECT, INSERT');

CREATE TABLE rooms (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    location_id uuid NOT NULL,
    name        text NOT NULL,
    -- How many customers one visit in it can have.
    places      smallint NOT NULL CHECK (places BETWEEN 1 AND 20),
    -- Rooms are taken in this order.
    position    integer NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    archived_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CREATE INDEX rooms_by_location ON rooms (tenant_id, location_id);
CALL lock_to_tenant('rooms', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT');

CREATE TABLE room_features (
    tenant_id  uuid NOT NULL,
    room_id    uuid NOT NULL,
    feature    text NOT NULL,
    -- Of the rooms that have what a visit needs, those with the lowest preference for it come first.
    preference smallint NOT NULL DEFAULT 0 CHECK (preference BETWEEN 0 AND 99),
    PRIMARY KEY (tenant_id, room_id, feature),
    FOREIGN KEY (tenant_id, room_id) REFERENCES rooms (tenant_id, id)
);
CALL lock_to_tenant('room_features', 'SELECT, INSERT, DELETE', 'SELECT, INSERT');

-- Who serves customers. A login of the team may belong to one of them, and need not.
CREATE TABLE staff (
    tenant_id       uuid NOT NULL REFERENCES tenants (id),
    id              uuid NOT NULL,
    name            text NOT NULL,
    title           text NOT NULL,
    user_id         uuid REFERENCES users (id),
    hue             smallint NOT NULL CHECK (hue BETWEEN 0 AND 359),
    -- Whether customers can choose and get them.
    online          boolean NOT NULL,
    default_room_id uuid,
    -- At most so many visits a day.
    daily_cap       smallint CHECK (daily_cap BETWEEN 1 AND 200),
    position        integer NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    archived_at     timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, default_room_id) REFERENCES rooms (tenant_id, id)
);
CREATE UNIQUE INDEX staff_one_login ON staff (tenant_id, user_id) WHERE archived_at IS NULL;
CALL lock_to_tenant('staff', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT');

-- What they can do, and how long and dear it is with them. Empty: as the service has it.
CREATE TABLE staff_services (
    tenant_id        uuid NOT NULL,
    staff_id         uuid NOT NULL,
    service_id       uuid NOT NULL,
    duration_minutes integer CHECK (duration_minutes BETWEEN 1 AND 1440),
    price_minor      bigint CHECK (price_minor >= 0),
    PRIMARY KEY (tenant_id, staff_id, service_id),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
CREATE INDEX staff_services_by_service ON staff_services (tenant_id, service_id);
CALL lock_to_tenant('staff_services', 'SELECT, INSERT, DELETE', 'SELECT, INSERT');

-- When they work, where, in the location's civil time; and their breaks within.
CREATE TABLE staff_hours (
    tenant_id   uuid NOT NULL,
    staff_id    uuid NOT NULL,
    location_id uuid NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('work', 'break')),
    weekday     smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens       smallint NOT NULL CHECK (opens BETWEEN 0 AND 1439),
    closes      smallint NOT NULL CHECK (closes > opens AND closes <= opens + 1440),
    PRIMARY KEY (tenant_id, staff_id, location_id, kind, weekday, opens),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CREATE INDEX staff_hours_by_location ON staff_hours (tenant_id, location_id);
CALL lock_to_tenant('staff_hours', 'SELECT, INSERT, DELETE', 'SELECT, INSERT');

-- One day's hours instead of the week's (its breaks too). No windows: off.
CREATE TABLE staff_days (
    tenant_id   uuid NOT NULL,
    staff_id    uuid NOT NULL,
    location_id uuid NOT NULL,
    day         date NOT NULL,
    opens       smallint[] NOT NULL,
    closes      smallint[] NOT NULL CHECK (cardinality(closes) = cardinality(opens)),
    PRIMARY KEY (tenant_id, staff_id, location_id, day),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id),
    FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id)
);
CREATE INDEX staff_days_by_location ON staff_days (tenant_id, location_id, day);
CALL lock_to_tenant('staff_days', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT');

CREATE TABLE time_off (
    tenant_id  uuid NOT NULL,
    id         uuid NOT NULL,
    staff_id   uuid NOT NULL,
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL CHECK (ends_at > starts_at),
    reason     text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id)
);
CREATE INDEX time_off_by_staff ON time_off (tenant_id, staff_id, ends_at);
CALL lock_to_tenant('time_off', 'SELECT, INSERT, DELETE', 'SELECT, INSERT');
