-- In which currency the amounts of an offer are; empty: in that of the business, as until now.
ALTER TABLE voucher_offers ADD COLUMN currency text;
UPDATE voucher_offers o SET currency = t.currency FROM tenants t WHERE t.id = o.tenant_id;

-- Whether it was paid once more for what had been sold already: it goes back, and nothing hangs on it.
ALTER TABLE payments ADD COLUMN surplus boolean NOT NULL DEFAULT false;
