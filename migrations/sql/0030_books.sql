-- Payments that customers went to their bank about.
CREATE TABLE disputes (
    tenant_id    uuid NOT NULL REFERENCES tenants (id),
    id           uuid NOT NULL,
    payment_id   uuid NOT NULL,
    -- What it is called at the provider.
    reference    text NOT NULL,
    account      text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency     text NOT NULL,
    state        text NOT NULL CHECK (state IN ('inquiry', 'needs_response', 'under_review', 'won', 'lost', 'closed')),
    -- In the provider's words.
    reason       text NOT NULL,
    -- Whether the payment can still be given back.
    refundable   boolean NOT NULL,
    -- Whether the provider took the money away, and whether it came back.
    withdrawn    boolean NOT NULL,
    reinstated   boolean NOT NULL,
    -- Until when the business may say something.
    due_at       timestamptz,
    opened_at    timestamptz NOT NULL,
    closed_at    timestamptz,
    created_at   timestamptz NOT NULL,
    looked_at    timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT disputes_payment FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id),
    CONSTRAINT disputes_once UNIQUE (tenant_id, reference),
    CHECK ((state IN ('won', 'lost', 'closed')) = (closed_at IS NOT NULL))
);
CREATE INDEX disputes_by_payment ON disputes (tenant_id, payment_id);
-- What isn't decided and wasn't heard of for a while, whosever it is.
CREATE INDEX disputes_unheard ON disputes (looked_at) WHERE closed_at IS NULL;
CALL lock_to_tenant('disputes', 'SELECT, INSERT, UPDATE', 'SELECT');

-- What the provider sends to a business's bank.
CREATE TABLE payouts (
    tenant_id    uuid NOT NULL REFERENCES tenants (id),
    id           uuid NOT NULL,
    reference    text NOT NULL,
    account      text NOT NULL,
    -- Less than nothing: the provider takes it from the bank.
    amount_minor bigint NOT NULL,
    currency     text NOT NULL,
    state        text NOT NULL CHECK (state IN ('pending', 'in_transit', 'paid', 'failed', 'cancelled')),
    arrives_on   date NOT NULL,
    -- Why it failed, in the provider's words.
    trouble      text,
    sent_at      timestamptz NOT NULL,
    created_at   timestamptz NOT NULL,
    looked_at    timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT payouts_once UNIQUE (tenant_id, reference)
);
CREATE INDEX payouts_by_time ON payouts (tenant_id, sent_at);
CREATE INDEX payouts_unheard ON payouts (looked_at) WHERE state IN ('pending', 'in_transit');
CALL lock_to_tenant('payouts', 'SELECT, INSERT, UPDATE', 'SELECT');

-- The provider's book of a day beside ours, as they were when they were compared last.
CREATE TABLE book_checks (
    tenant_id   uuid NOT NULL REFERENCES tenants (id),
    id          uuid NOT NULL,
    -- By UTC, as the provider's days are.
    day         date NOT NULL,
    -- Whether the day was over by then.
    complete    boolean NOT NULL,
    -- Sums of each currency on both sides; what differs, with its reason.
    sums        jsonb NOT NULL,
    differences jsonb NOT NULL,
    -- How much differs that shouldn't, and how much a look put right.
    amiss       integer NOT NULL CHECK (amiss >= 0),
    mended      integer NOT NULL CHECK (mended >= 0),
    compared_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT book_checks_once UNIQUE (tenant_id, day)
);
CREATE INDEX book_checks_amiss ON book_checks (compared_at) WHERE amiss > 0;
CALL lock_to_tenant('book_checks', 'SELECT, INSERT, UPDATE', 'SELECT');

-- Whether money was given back at the provider's own pages, and not here.
ALTER TABLE refunds ADD COLUMN made_there boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX refunds_made_there ON refunds (tenant_id, reference) WHERE made_there;

-- What a dispute takes away and brings back. Its lines carry the dispute and not the payment: of that there is one
-- line from one account to another.
-- additive: the accounts that there were are all among those that there are.
ALTER TABLE ledger
    ADD COLUMN dispute_id uuid,
    ADD CONSTRAINT ledger_dispute FOREIGN KEY (tenant_id, dispute_id) REFERENCES disputes (tenant_id, id),
    DROP CONSTRAINT ledger_debit_check,
    DROP CONSTRAINT ledger_credit_check,
    ADD CONSTRAINT ledger_debit_check CHECK (debit IN (
        'customers', 'card', 'cash', 'terminal', 'other', 'sales', 'fees', 'tips',
        'vouchers', 'passes', 'memberships', 'expired', 'discounts', 'disputed', 'lost')),
    ADD CONSTRAINT ledger_credit_check CHECK (credit IN (
        'card', 'customers', 'cash', 'terminal', 'other', 'sales', 'fees', 'tips',
        'vouchers', 'passes', 'memberships', 'expired', 'discounts', 'disputed', 'lost'));
CREATE INDEX ledger_by_dispute ON ledger (tenant_id, dispute_id) WHERE dispute_id IS NOT NULL;
-- What moved at the provider in a day.
CREATE INDEX ledger_at_provider ON ledger (tenant_id, at) WHERE debit = 'card' OR credit = 'card';
