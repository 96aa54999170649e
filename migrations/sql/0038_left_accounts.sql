-- Accounts at Stripe that businesses took away. What was paid there can still be given back, disputed by who paid, or
-- come back from a bank: that is told of the account, and is that business's as before.
CREATE TABLE left_accounts (
    tenant_id  uuid NOT NULL REFERENCES tenants (id),
    account    text NOT NULL,
    created_at timestamptz NOT NULL,
    left_at    timestamptz NOT NULL,
    -- When Stripe last knew nothing of it, or didn't let us in: it is asked again a day later, as it may have been our key.
    gone_at    timestamptz,
    PRIMARY KEY (tenant_id, account)
);
CREATE INDEX left_accounts_by_account ON left_accounts (account);
CALL lock_to_tenant('left_accounts', 'SELECT, INSERT, UPDATE', 'SELECT');
