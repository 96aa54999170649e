-- What of a refund was due and needn't be paid again: an amount, as what was too much wasn't due anyway
-- (docs/adr/0028). And when what was given back came back: it was done on one day, and on another one it wasn't.
ALTER TABLE refunds
    ADD COLUMN waived_minor bigint NOT NULL DEFAULT 0 CHECK (waived_minor BETWEEN 0 AND amount_minor - tip_minor),
    -- Whether that was of what it cost that the visit didn't take place, and not of its price.
    ADD COLUMN waived_fee boolean NOT NULL DEFAULT false,
    ADD COLUMN came_back_at timestamptz;
-- additive: what the release before writes of what came back, done at no time, is let through by these, too.
ALTER TABLE refunds
    DROP CONSTRAINT refunds_check,
    ADD CONSTRAINT refunds_done CHECK ((state = 'done') = (done_at IS NOT NULL AND came_back_at IS NULL)),
    ADD CONSTRAINT refunds_came_back CHECK (came_back_at IS NULL OR (state = 'failed' AND done_at IS NOT NULL));
CREATE INDEX refunds_back_by_day ON refunds (tenant_id, came_back_at) WHERE came_back_at IS NOT NULL;

ALTER TABLE refunds NO FORCE ROW LEVEL SECURITY;
ALTER TABLE ledger NO FORCE ROW LEVEL SECURITY;
ALTER TABLE payments NO FORCE ROW LEVEL SECURITY;
ALTER TABLE appointments NO FORCE ROW LEVEL SECURITY;
UPDATE refunds SET waived_minor = amount_minor - tip_minor WHERE waived;
UPDATE refunds r SET waived_fee = true
FROM payments p JOIN appointments a ON a.tenant_id = p.tenant_id AND a.id = p.appointment_id
WHERE r.waived AND p.tenant_id = r.tenant_id AND p.id = r.payment_id AND a.status IN ('cancelled', 'no_show', 'expired');
-- When something went and came back until now is in the book.
UPDATE refunds r SET done_at = b.went_at, came_back_at = b.came_at
FROM (
    SELECT tenant_id, refund_id, min(at) AS went_at, max(at) AS came_at
    FROM ledger WHERE refund_id IS NOT NULL GROUP BY tenant_id, refund_id
) b
WHERE r.state = 'failed' AND b.tenant_id = r.tenant_id AND b.refund_id = r.id;
ALTER TABLE appointments FORCE ROW LEVEL SECURITY;
ALTER TABLE payments FORCE ROW LEVEL SECURITY;
ALTER TABLE ledger FORCE ROW LEVEL SECURITY;
ALTER TABLE refunds FORCE ROW LEVEL SECURITY;

-- additive: 0035 is of the same release, and nobody else has written this.
ALTER TABLE refunds DROP COLUMN waived;
