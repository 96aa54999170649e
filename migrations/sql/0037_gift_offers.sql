-- In which currency the amounts of an offer are; empty: in that of the business. What there is was said in that.
ALTER TABLE voucher_offers ADD COLUMN currency text;
ALTER TABLE voucher_offers NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY;
UPDATE voucher_offers o SET currency = t.currency FROM tenants t WHERE t.id = o.tenant_id;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
ALTER TABLE voucher_offers FORCE ROW LEVEL SECURITY;

-- When staff ended it without giving money back: whatever is put back on it then isn't owed.
ALTER TABLE vouchers ADD COLUMN taken_away_at timestamptz;

-- Whether it was paid once more for what had been sold already: it goes back, and nothing hangs on it.
ALTER TABLE payments ADD COLUMN surplus boolean NOT NULL DEFAULT false;
