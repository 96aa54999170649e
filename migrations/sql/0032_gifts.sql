-- What a business sells of vouchers on its page.
CREATE TABLE voucher_offers (
    tenant_id     uuid PRIMARY KEY REFERENCES tenants (id),
    offered       boolean NOT NULL,
    -- What is suggested, ascending.
    amounts_minor bigint[] NOT NULL,
    least_minor   bigint NOT NULL CHECK (least_minor BETWEEN 1 AND 10000000000),
    most_minor    bigint NOT NULL CHECK (most_minor BETWEEN 1 AND 10000000000),
    -- For how many months a voucher is good.
    months        smallint NOT NULL CHECK (months BETWEEN 1 AND 120),
    -- Whose till the money belongs to; empty: that of the oldest place that is open.
    location_id   uuid,
    version       integer NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    CONSTRAINT voucher_offers_location FOREIGN KEY (tenant_id, location_id) REFERENCES locations (tenant_id, id),
    CONSTRAINT voucher_offers_most CHECK (most_minor >= least_minor)
);
CALL lock_to_tenant('voucher_offers', 'SELECT, INSERT, UPDATE', 'SELECT');

-- Who buys a voucher there, and for whom: what becomes a voucher once it is paid.
CREATE TABLE voucher_orders (
    tenant_id       uuid NOT NULL REFERENCES tenants (id),
    id              uuid NOT NULL,
    sale_id         uuid NOT NULL,
    -- It is found by the hash of its link; the link itself is sealed, to be sent with the receipt. Both are gone where
    -- it was never paid and was forgotten.
    token_hash      bytea,
    token_sealed    bytea,
    buyer_name      text NOT NULL,
    buyer_email     text,
    locale          text NOT NULL,
    recipient_name  text NOT NULL,
    recipient_email text,
    message         text NOT NULL,
    months          smallint NOT NULL CHECK (months BETWEEN 1 AND 120),
    -- Until when a page for it is opened. What is paid later all the same is honoured.
    pay_until       timestamptz NOT NULL,
    -- What it became.
    voucher_id      uuid,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT voucher_orders_sale FOREIGN KEY (tenant_id, sale_id) REFERENCES sales (tenant_id, id),
    CONSTRAINT voucher_orders_voucher FOREIGN KEY (tenant_id, voucher_id) REFERENCES vouchers (tenant_id, id),
    CONSTRAINT voucher_orders_of_sale UNIQUE (tenant_id, sale_id)
);
-- Who buys shows the link before anybody knows the tenant.
CREATE INDEX voucher_orders_by_token ON voucher_orders (token_hash) WHERE token_hash IS NOT NULL;
-- What was never paid and is to be forgotten, whosever it is.
CREATE INDEX voucher_orders_unpaid ON voucher_orders (created_at) WHERE voucher_id IS NULL AND token_hash IS NOT NULL;
CALL lock_to_tenant('voucher_orders', 'SELECT, INSERT, UPDATE', 'SELECT');

-- additive: what there was is among what there is.
ALTER TABLE payments
    DROP CONSTRAINT payments_kind_check,
    ADD CONSTRAINT payments_kind_check CHECK (kind IN ('deposit', 'rest', 'fee', 'desk', 'gift'));
