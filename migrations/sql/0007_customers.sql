-- Whom a business serves. Nobody's record is overwritten by a booking: what looks like the same person
-- is suggested as a merge.
CREATE TABLE customers (
    tenant_id       uuid NOT NULL REFERENCES tenants (id),
    id              uuid NOT NULL,
    name            text NOT NULL,
    -- Folded, for looking up. By bytes, so that what begins with something is one range.
    name_key        text COLLATE "C" NOT NULL,
    email           text,
    email_key       text COLLATE "C",
    -- E.164.
    phone           text COLLATE "C",
    locale          text,
    note            text NOT NULL DEFAULT '',
    tags            text[] NOT NULL DEFAULT '{}',
    -- Sealed.
    medical         bytea,
    medical_at      timestamptz,
    source          text NOT NULL CHECK (source IN ('booking', 'staff', 'import', 'demo', 'queue')),
    version         integer NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    -- The record that this one was merged into; undone, it is empty again.
    merged_into     uuid,
    erased_at       timestamptz,
    archived_at     timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, merged_into) REFERENCES customers (tenant_id, id)
);
CREATE INDEX customers_by_email ON customers (tenant_id, email_key) WHERE email_key IS NOT NULL;
CREATE INDEX customers_by_phone ON customers (tenant_id, phone) WHERE phone IS NOT NULL;
CREATE INDEX customers_by_name ON customers (tenant_id, name_key, id);
CALL lock_to_tenant('customers', 'SELECT, INSERT, UPDATE', 'SELECT, INSERT');

-- Two records that may be one person.
CREATE TABLE merge_suggestions (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    customer_id  uuid NOT NULL,
    other_id     uuid NOT NULL,
    reason       text NOT NULL CHECK (reason IN ('email', 'phone', 'email_and_phone')),
    created_at   timestamptz NOT NULL,
    dismissed_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT merge_suggestions_once UNIQUE (tenant_id, customer_id, other_id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    FOREIGN KEY (tenant_id, other_id) REFERENCES customers (tenant_id, id)
);
CALL lock_to_tenant('merge_suggestions', 'SELECT, INSERT, UPDATE', 'INSERT');

CREATE TABLE customer_merges (
    tenant_id  uuid NOT NULL,
    id         uuid NOT NULL,
    kept_id    uuid NOT NULL,
    gone_id    uuid NOT NULL,
    -- What was moved and changed, so that it can be undone.
    undo       jsonb NOT NULL,
    merged_by  text NOT NULL,
    created_at timestamptz NOT NULL,
    undone_at  timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, kept_id) REFERENCES customers (tenant_id, id),
    FOREIGN KEY (tenant_id, gone_id) REFERENCES customers (tenant_id, id)
);
CREATE INDEX customer_merges_by_kept ON customer_merges (tenant_id, kept_id);
CALL lock_to_tenant('customer_merges', 'SELECT, INSERT, UPDATE');

-- What a customer agreed to or withdrew, in the order in which it was said. The last word counts.
CREATE TABLE consents (
    tenant_id      uuid NOT NULL,
    id             uuid NOT NULL,
    customer_id    uuid NOT NULL,
    purpose        text NOT NULL CHECK (purpose IN ('form', 'marketing_email', 'marketing_sms', 'reminders_sms')),
    form_id        uuid,
    form_version   integer,
    granted        boolean NOT NULL,
    -- How it was said: at booking, by staff, in a file.
    source         text NOT NULL,
    appointment_id uuid,
    recorded_by    text NOT NULL,
    at             timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    FOREIGN KEY (tenant_id, form_id, form_version) REFERENCES form_versions (tenant_id, form_id, version),
    CHECK ((purpose = 'form') = (form_id IS NOT NULL))
);
CREATE INDEX consents_by_customer ON consents (tenant_id, customer_id, id);
CALL lock_to_tenant('consents', 'SELECT, INSERT, UPDATE (customer_id)', 'SELECT, INSERT');

-- Answers to intake forms: sealed, because they are about health.
CREATE TABLE form_answers (
    tenant_id      uuid NOT NULL,
    id             uuid NOT NULL,
    customer_id    uuid NOT NULL,
    form_id        uuid NOT NULL,
    form_version   integer NOT NULL,
    appointment_id uuid,
    answers        bytea NOT NULL,
    at             timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    FOREIGN KEY (tenant_id, form_id, form_version) REFERENCES form_versions (tenant_id, form_id, version)
);
CREATE INDEX form_answers_by_customer ON form_answers (tenant_id, customer_id, id);
CALL lock_to_tenant('form_answers', 'SELECT, INSERT, DELETE, UPDATE (customer_id)', 'SELECT, INSERT');

CREATE TABLE customer_memberships (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL,
    customer_id  uuid NOT NULL,
    plan_id      uuid NOT NULL,
    starts_on    date NOT NULL,
    ends_on      date NOT NULL CHECK (ends_on > starts_on),
    created_at   timestamptz NOT NULL,
    cancelled_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    FOREIGN KEY (tenant_id, plan_id) REFERENCES membership_plans (tenant_id, id)
);
CREATE INDEX customer_memberships_by_customer ON customer_memberships (tenant_id, customer_id);
CALL lock_to_tenant('customer_memberships', 'SELECT, INSERT, UPDATE', 'SELECT, INSERT');

-- A file of customers: checked first, then run by the worker.
CREATE TABLE customer_imports (
    tenant_id   uuid NOT NULL REFERENCES tenants (id),
    id          uuid NOT NULL,
    name        text NOT NULL,
    state       text NOT NULL CHECK (state IN ('checked', 'running', 'done', 'failed')),
    -- Sealed: it is people's data. Emptied when the import is done.
    file        bytea,
    rows_total  integer NOT NULL,
    rows_done   integer NOT NULL DEFAULT 0,
    created     integer NOT NULL DEFAULT 0,
    skipped     integer NOT NULL DEFAULT 0,
    report      jsonb NOT NULL,
    -- Why it came to nothing: 'unreadable', 'gave_up', 'not_run'.
    reason      text,
    created_by  text NOT NULL,
    created_at  timestamptz NOT NULL,
    started_at  timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX customer_imports_checked ON customer_imports (created_at) WHERE state = 'checked';
-- The sweeper forgets files that were looked at and never put in.
CALL lock_to_tenant('customer_imports', 'SELECT, INSERT, UPDATE',
                    'SELECT (tenant_id, id, state, created_at), UPDATE (state, reason, file, finished_at)');
