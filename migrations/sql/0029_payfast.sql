-- A business's keys at PayFast, sealed, and the last part of the address where PayFast tells what was paid: whose
-- that is isn't known before.
ALTER TABLE payment_accounts
    ADD COLUMN sealed bytea,
    ADD COLUMN hook   text,
    ADD CHECK (provider <> 'payfast' OR (sealed IS NOT NULL AND hook IS NOT NULL));
CREATE INDEX payment_accounts_by_hook ON payment_accounts (hook) WHERE hook IS NOT NULL;
-- Keys that are taken away are gone.
GRANT DELETE ON payment_accounts TO openchair_app;

-- Who takes a payment; empty: it was paid at the desk.
ALTER TABLE payments ADD COLUMN provider text CHECK (provider IN ('stripe', 'payfast'));
UPDATE payments SET provider = 'stripe' WHERE way = 'card';
-- PayFast's pages can't be closed: what was given up may be paid all the same.
CREATE INDEX payments_given_up ON payments (created_at) WHERE state = 'over' AND provider = 'payfast';

-- Where the provider keeps no keys: what it had given back of the payment before it was asked for this refund, and
-- until when nobody else asks for it.
ALTER TABLE refunds
    ADD COLUMN mark        text,
    ADD COLUMN asked_until timestamptz;
