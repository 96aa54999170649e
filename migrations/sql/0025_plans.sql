-- Whether a business only looks at what it has, as its plan isn't paid; and when how its plan stands may change
-- next by time alone (null: never). Those who are here already are looked at once.
ALTER TABLE tenants
    ADD COLUMN read_only   boolean NOT NULL DEFAULT false,
    ADD COLUMN plan_due_at timestamptz DEFAULT 'epoch';
CREATE INDEX tenants_plan_due ON tenants (plan_due_at) WHERE plan_due_at IS NOT NULL;
CREATE INDEX tenants_read_only ON tenants (id) WHERE read_only;

-- What a business pays this installation for its plan, as the provider said last.
CREATE TABLE subscriptions (
    tenant_id      uuid NOT NULL REFERENCES tenants (id),
    -- What the business is called at the provider.
    customer       text,
    -- What it takes there: none, as long as it has only looked.
    reference      text,
    item           text,
    stage          text CHECK (stage IN ('active', 'trying', 'past_due', 'unpaid', 'paused', 'ended')),
    plan           text,
    amount_minor   bigint,
    currency       text,
    period_ends    timestamptz,
    ends_at        timestamptz,
    past_due_since timestamptz,
    ended_at       timestamptz,
    -- How often something was asked of the provider: what it is asked for under is made of that.
    asked          integer NOT NULL DEFAULT 0,
    -- The page where a plan can be taken, if one is open.
    page           text,
    page_url       text,
    page_plan      text,
    page_until     timestamptz,
    -- What its owners were told last of how it stands.
    told           text,
    looked_at      timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (tenant_id)
);
-- What the provider tells is about a customer; whose that is isn't known before.
CREATE INDEX subscriptions_by_customer ON subscriptions (customer);
-- What it is time to ask the provider about, whosever it is.
CREATE INDEX subscriptions_by_look ON subscriptions (looked_at) WHERE customer IS NOT NULL;
CALL lock_to_tenant('subscriptions', 'SELECT, INSERT, UPDATE', 'SELECT, UPDATE');

-- Texts that went out in a month, by the business's calendar: a plan has so many of them.
CREATE TABLE text_counts (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    month     date NOT NULL,
    texts     bigint NOT NULL CHECK (texts >= 0),
    PRIMARY KEY (tenant_id, month)
);
CALL lock_to_tenant('text_counts', 'SELECT, INSERT, UPDATE', 'SELECT, INSERT, UPDATE');
