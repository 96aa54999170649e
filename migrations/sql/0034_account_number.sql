-- How many accounts at Stripe a business had and took away: whoever connects again gets another one.
ALTER TABLE tenants ADD COLUMN accounts_left integer NOT NULL DEFAULT 0;

-- Since when the provider knows nothing of an account any more, or doesn't let us in.
ALTER TABLE payment_accounts ADD COLUMN gone_at timestamptz;
