-- The account that customers' money goes to when they pay by card: the business's own, at the provider.
CREATE TABLE payment_accounts (
    tenant_id         uuid NOT NULL REFERENCES tenants (id),
    provider          text NOT NULL CHECK (provider IN ('stripe', 'payfast')),
    account           text NOT NULL,
    details_submitted boolean NOT NULL,
    charges_enabled   boolean NOT NULL,
    payouts_enabled   boolean NOT NULL,
    -- What the provider still asks of the business, in its words.
    requirements      text[] NOT NULL,
    created_at        timestamptz NOT NULL,
    looked_at         timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, provider)
);
-- What the provider tells is about an account; whose that is isn't known before.
CREATE INDEX payment_accounts_by_account ON payment_accounts (account);
CALL lock_to_tenant('payment_accounts', 'SELECT, INSERT, UPDATE', 'SELECT');

-- What customers pay: at the desk, or by card at the provider's. A card itself is never here.
CREATE TABLE payments (
    tenant_id      uuid NOT NULL REFERENCES tenants (id),
    id             uuid NOT NULL,
    location_id    uuid NOT NULL,
    appointment_id uuid NOT NULL,
    way            text NOT NULL CHECK (way IN ('cash', 'card', 'terminal', 'other')),
    state          text NOT NULL CHECK (state IN ('open', 'processing', 'paid', 'over')),
    -- All of it; the tip is a part of it.
    amount_minor   bigint NOT NULL CHECK (amount_minor BETWEEN 1 AND 99999999999),
    tip_minor      bigint NOT NULL CHECK (tip_minor BETWEEN 0 AND amount_minor),
    -- What was given back or is on its way: never more than was paid.
    refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor BETWEEN 0 AND amount_minor),
    currency       text NOT NULL,
    note           text NOT NULL,
    -- At the provider: the account, what the payment is called there, and what was taken.
    account        text,
    reference      text,
    taken          text,
    -- Where the customer pays, as long as they can.
    url            text,
    taken_by       text,
    created_at     timestamptz NOT NULL,
    paid_at        timestamptz,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT payments_location FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    CONSTRAINT payments_appointment FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id),
    CHECK ((way = 'card') = (account IS NOT NULL)),
    CHECK ((state = 'paid') = (paid_at IS NOT NULL)),
    CHECK (refunded_minor = 0 OR state = 'paid')
);
-- One page at a time for a visit: nobody pays in two windows.
CREATE UNIQUE INDEX payments_unsettled ON payments (tenant_id, appointment_id) WHERE state IN ('open', 'processing');
CREATE INDEX payments_by_visit ON payments (tenant_id, appointment_id);
CREATE INDEX payments_by_day ON payments (tenant_id, location_id, paid_at);
-- What was begun at the provider and not heard of since, whosever it is.
CREATE INDEX payments_unheard ON payments (updated_at) WHERE state IN ('open', 'processing');
-- What the provider tells is about one of these names.
CREATE INDEX payments_by_reference ON payments (tenant_id, reference) WHERE reference IS NOT NULL;
CREATE INDEX payments_by_taken ON payments (tenant_id, taken) WHERE taken IS NOT NULL;
CALL lock_to_tenant('payments', 'SELECT, INSERT, UPDATE', 'SELECT');

-- What customers get back of it.
CREATE TABLE refunds (
    tenant_id    uuid NOT NULL REFERENCES tenants (id),
    id           uuid NOT NULL,
    payment_id   uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    state        text NOT NULL CHECK (state IN ('pending', 'done', 'failed')),
    reason       text NOT NULL,
    given_by     text NOT NULL,
    -- What it is called at the provider.
    reference    text,
    trouble      text,
    created_at   timestamptz NOT NULL,
    done_at      timestamptz,
    updated_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT refunds_payment FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id),
    CHECK ((state = 'done') = (done_at IS NOT NULL))
);
CREATE INDEX refunds_by_payment ON refunds (tenant_id, payment_id);
CREATE INDEX refunds_by_day ON refunds (tenant_id, done_at);
CREATE INDEX refunds_unheard ON refunds (updated_at) WHERE state = 'pending';
CREATE INDEX refunds_by_reference ON refunds (tenant_id, reference) WHERE reference IS NOT NULL;
CALL lock_to_tenant('refunds', 'SELECT, INSERT, UPDATE', 'SELECT');

-- The book. Each line moves money from one account to another, so that it can't but balance; no role of the
-- product can change or remove one (docs/adr/0019).
CREATE TABLE ledger (
    tenant_id      uuid NOT NULL REFERENCES tenants (id),
    id             uuid NOT NULL,
    at             timestamptz NOT NULL,
    location_id    uuid NOT NULL,
    -- Where it goes to, and where it comes from.
    debit          text NOT NULL CHECK (debit IN ('customers', 'card', 'cash', 'terminal', 'other', 'sales', 'fees', 'tips')),
    credit         text NOT NULL CHECK (credit IN ('card', 'customers', 'cash', 'terminal', 'other', 'sales', 'fees', 'tips')),
    amount_minor   bigint NOT NULL CHECK (amount_minor > 0),
    currency       text NOT NULL,
    appointment_id uuid NOT NULL,
    payment_id     uuid,
    refund_id      uuid,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT ledger_appointment FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id),
    CONSTRAINT ledger_payment FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id),
    CONSTRAINT ledger_refund FOREIGN KEY (tenant_id, refund_id) REFERENCES refunds (tenant_id, id),
    CHECK (debit <> credit)
);
-- What was paid is written once, and so is what was given back, whoever writes it.
CREATE UNIQUE INDEX ledger_paid_once ON ledger (tenant_id, payment_id, debit, credit) WHERE refund_id IS NULL AND payment_id IS NOT NULL;
CREATE UNIQUE INDEX ledger_refunded_once ON ledger (tenant_id, refund_id, debit, credit) WHERE refund_id IS NOT NULL;
CREATE INDEX ledger_by_visit ON ledger (tenant_id, appointment_id);
CREATE INDEX ledger_by_day ON ledger (tenant_id, location_id, at);
CALL lock_to_tenant('ledger', 'SELECT, INSERT');

-- The end of a day at the till: what should be in it, and what was counted.
CREATE TABLE till_closes (
    tenant_id           uuid NOT NULL REFERENCES tenants (id),
    id                  uuid NOT NULL,
    location_id         uuid NOT NULL,
    day                 date NOT NULL,
    currency            text NOT NULL,
    total_minor         bigint NOT NULL,
    cash_expected_minor bigint NOT NULL,
    cash_counted_minor  bigint NOT NULL CHECK (cash_counted_minor BETWEEN 0 AND 99999999999),
    note                text NOT NULL,
    closed_by           text NOT NULL,
    closed_at           timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT till_closes_location FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    CONSTRAINT till_closes_once UNIQUE (tenant_id, location_id, day)
);
CALL lock_to_tenant('till_closes', 'SELECT, INSERT');

-- What the provider told us, each thing once. It only says that it is time to ask: nothing of it is believed.
CREATE TABLE provider_events (
    provider    text NOT NULL,
    id          text NOT NULL,
    kind        text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (provider, id)
);
CREATE INDEX provider_events_received ON provider_events (received_at);
GRANT SELECT, INSERT, DELETE ON provider_events TO openchair_system;
