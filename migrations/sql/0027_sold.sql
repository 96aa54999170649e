-- What is sold ahead: something that customers pay for now and use later.
CREATE TABLE sales (
    tenant_id   uuid NOT NULL REFERENCES tenants (id),
    id          uuid NOT NULL,
    -- Where it was sold: its money belongs to that till.
    location_id uuid NOT NULL,
    what        text NOT NULL CHECK (what IN ('voucher', 'pass', 'membership')),
    state       text NOT NULL CHECK (state IN ('sold', 'open', 'over')),
    title       text NOT NULL,
    price_minor bigint NOT NULL CHECK (price_minor BETWEEN 0 AND 10000000000),
    currency    text NOT NULL,
    -- Who bought it, if that is known.
    customer_id uuid,
    sold_by     text NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT sales_location FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    CONSTRAINT sales_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);
CREATE INDEX sales_by_customer ON sales (tenant_id, customer_id) WHERE customer_id IS NOT NULL;
CALL lock_to_tenant('sales', 'SELECT, INSERT, UPDATE');

-- Gift vouchers: an amount that whoever knows the code pays with.
CREATE TABLE vouchers (
    tenant_id        uuid NOT NULL REFERENCES tenants (id),
    id               uuid NOT NULL,
    sale_id          uuid NOT NULL,
    -- It is found by the hash; the code itself is sealed, to be sent again.
    code_hash        bytea NOT NULL,
    code_sealed      bytea,
    code_end         text NOT NULL,
    state            text NOT NULL CHECK (state IN ('used', 'active', 'expired', 'refunded')),
    value_minor      bigint NOT NULL CHECK (value_minor BETWEEN 1 AND 10000000000),
    left_minor       bigint NOT NULL CHECK (left_minor BETWEEN 0 AND value_minor),
    currency         text NOT NULL,
    recipient_name   text NOT NULL,
    recipient_email  text,
    recipient_locale text,
    message          text NOT NULL,
    -- The last day on which it is good, and when that is over where it was sold.
    last_day         date NOT NULL,
    expires_at       timestamptz NOT NULL,
    mailed_at        timestamptz,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT vouchers_sale FOREIGN KEY (tenant_id, sale_id) REFERENCES sales (tenant_id, id),
    CONSTRAINT vouchers_code UNIQUE (tenant_id, code_hash),
    CONSTRAINT vouchers_of_sale UNIQUE (tenant_id, sale_id),
    CHECK ((state = 'active') = (left_minor <> 0))
);
CREATE INDEX vouchers_expiring ON vouchers (expires_at) WHERE state = 'active';
CALL lock_to_tenant('vouchers', 'SELECT, INSERT, UPDATE', 'SELECT');

-- Kinds of pass: so many visits for one price.
CREATE TABLE pass_kinds (
    tenant_id   uuid NOT NULL REFERENCES tenants (id),
    id          uuid NOT NULL,
    name        text NOT NULL,
    description text NOT NULL,
    uses        smallint NOT NULL CHECK (uses BETWEEN 1 AND 100),
    price_minor bigint NOT NULL CHECK (price_minor BETWEEN 1 AND 10000000000),
    valid_days  integer NOT NULL CHECK (valid_days BETWEEN 1 AND 3650),
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    archived_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CALL lock_to_tenant('pass_kinds', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE pass_kind_services (
    tenant_id  uuid NOT NULL,
    kind_id    uuid NOT NULL,
    service_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, kind_id, service_id),
    FOREIGN KEY (tenant_id, kind_id) REFERENCES pass_kinds (tenant_id, id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id)
);
CREATE INDEX pass_kind_services_by_service ON pass_kind_services (tenant_id, service_id);
CALL lock_to_tenant('pass_kind_services', 'SELECT, INSERT, DELETE');

-- Passes that were sold: they stay as they were sold, whatever becomes of their kind.
CREATE TABLE passes (
    tenant_id   uuid NOT NULL REFERENCES tenants (id),
    id          uuid NOT NULL,
    sale_id     uuid NOT NULL,
    kind_id     uuid NOT NULL,
    name        text NOT NULL,
    -- What one use pays for.
    services    uuid[] NOT NULL,
    state       text NOT NULL CHECK (state IN ('used', 'active', 'expired', 'refunded')),
    price_minor bigint NOT NULL CHECK (price_minor BETWEEN 1 AND 10000000000),
    currency    text NOT NULL,
    uses        smallint NOT NULL CHECK (uses BETWEEN 1 AND 100),
    uses_left   smallint NOT NULL CHECK (uses_left BETWEEN 0 AND uses),
    last_day    date NOT NULL,
    expires_at  timestamptz NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT passes_sale FOREIGN KEY (tenant_id, sale_id) REFERENCES sales (tenant_id, id),
    CONSTRAINT passes_kind FOREIGN KEY (tenant_id, kind_id) REFERENCES pass_kinds (tenant_id, id),
    CONSTRAINT passes_of_sale UNIQUE (tenant_id, sale_id),
    CHECK ((state = 'active') = (uses_left <> 0))
);
CREATE INDEX passes_by_kind ON passes (tenant_id, kind_id);
CREATE INDEX passes_expiring ON passes (expires_at) WHERE state = 'active';
CALL lock_to_tenant('passes', 'SELECT, INSERT, UPDATE', 'SELECT');

-- Memberships that were paid for.
ALTER TABLE customer_memberships
    ADD COLUMN sale_id uuid,
    ADD CONSTRAINT customer_memberships_sale FOREIGN KEY (tenant_id, sale_id) REFERENCES sales (tenant_id, id);
CREATE UNIQUE INDEX customer_memberships_of_sale ON customer_memberships (tenant_id, sale_id) WHERE sale_id IS NOT NULL;

-- A payment is for a visit or for something that is sold ahead; and it can be made with what was.
-- additive: what the release before writes keeps to this, too; payments without a visit are only of who sells ahead,
-- which needs this release.
ALTER TABLE payments
    ALTER COLUMN appointment_id DROP NOT NULL,
    ADD COLUMN sale_id uuid,
    ADD COLUMN voucher_id uuid,
    ADD COLUMN pass_id uuid,
    -- Which line of the visit a use of a pass pays for, and what the use is worth.
    ADD COLUMN line smallint,
    ADD COLUMN worth_minor bigint,
    ADD CONSTRAINT payments_sale FOREIGN KEY (tenant_id, sale_id) REFERENCES sales (tenant_id, id),
    ADD CONSTRAINT payments_voucher FOREIGN KEY (tenant_id, voucher_id) REFERENCES vouchers (tenant_id, id),
    ADD CONSTRAINT payments_pass FOREIGN KEY (tenant_id, pass_id) REFERENCES passes (tenant_id, id),
    DROP CONSTRAINT payments_way_check,
    ADD CONSTRAINT payments_way_check CHECK (way IN ('cash', 'card', 'terminal', 'other', 'voucher', 'pass')),
    ADD CONSTRAINT payments_for_one CHECK ((appointment_id IS NULL) <> (sale_id IS NULL)),
    ADD CHECK ((way = 'voucher') = (voucher_id IS NOT NULL)),
    ADD CHECK ((way = 'pass') = (pass_id IS NOT NULL)),
    ADD CHECK ((pass_id IS NULL) = (line IS NULL)),
    ADD CHECK ((pass_id IS NULL) = (worth_minor IS NULL)),
    -- A use is given back whole.
    ADD CHECK (pass_id IS NULL OR refunded_minor = 0 OR refunded_minor = amount_minor);
CREATE INDEX payments_by_sale ON payments (tenant_id, sale_id) WHERE sale_id IS NOT NULL;
CREATE INDEX payments_by_voucher ON payments (tenant_id, voucher_id) WHERE voucher_id IS NOT NULL;
CREATE INDEX payments_by_pass ON payments (tenant_id, pass_id) WHERE pass_id IS NOT NULL;
CREATE UNIQUE INDEX payments_unsettled_sale ON payments (tenant_id, sale_id) WHERE state IN ('open', 'processing');
-- A line is paid for by one use.
CREATE UNIQUE INDEX payments_line_once ON payments (tenant_id, appointment_id, line)
    WHERE pass_id IS NOT NULL AND refunded_minor = 0;

-- additive: the same; and the accounts that there were are all among those that there are.
ALTER TABLE ledger
    ALTER COLUMN appointment_id DROP NOT NULL,
    ADD COLUMN sale_id uuid,
    ADD CONSTRAINT ledger_sale FOREIGN KEY (tenant_id, sale_id) REFERENCES sales (tenant_id, id),
    ADD CONSTRAINT ledger_about_one CHECK ((appointment_id IS NULL) <> (sale_id IS NULL)),
    DROP CONSTRAINT ledger_debit_check,
    DROP CONSTRAINT ledger_credit_check,
    ADD CONSTRAINT ledger_debit_check CHECK (debit IN (
        'customers', 'card', 'cash', 'terminal', 'other', 'sales', 'fees', 'tips',
        'vouchers', 'passes', 'memberships', 'expired', 'discounts')),
    ADD CONSTRAINT ledger_credit_check CHECK (credit IN (
        'card', 'customers', 'cash', 'terminal', 'other', 'sales', 'fees', 'tips',
        'vouchers', 'passes', 'memberships', 'expired', 'discounts'));
CREATE INDEX ledger_by_sale ON ledger (tenant_id, sale_id) WHERE sale_id IS NOT NULL;
