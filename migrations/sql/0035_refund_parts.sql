-- What of a refund is of the tip, and whether what goes back needn't be paid again.
ALTER TABLE refunds
    ADD COLUMN tip_minor bigint NOT NULL DEFAULT 0 CHECK (tip_minor BETWEEN 0 AND amount_minor),
    ADD COLUMN waived boolean NOT NULL DEFAULT false;
ALTER TABLE payments
    ADD COLUMN tip_refunded_minor bigint NOT NULL DEFAULT 0
        CHECK (tip_refunded_minor BETWEEN 0 AND tip_minor);

-- Until now what isn't of the tip went first.
ALTER TABLE payments NO FORCE ROW LEVEL SECURITY;
ALTER TABLE refunds NO FORCE ROW LEVEL SECURITY;
UPDATE payments SET tip_refunded_minor = refunded_minor - (amount_minor - tip_minor)
WHERE refunded_minor > amount_minor - tip_minor;
UPDATE refunds r SET tip_minor = least(r.amount_minor, s.so_far - s.own)
FROM (
    SELECT r.tenant_id, r.id, p.amount_minor - p.tip_minor AS own,
           sum(r.amount_minor) OVER (PARTITION BY r.tenant_id, r.payment_id ORDER BY r.id) AS so_far
    FROM refunds r JOIN payments p ON p.tenant_id = r.tenant_id AND p.id = r.payment_id
    WHERE r.state <> 'failed' AND p.tip_refunded_minor > 0
) s
WHERE s.tenant_id = r.tenant_id AND s.id = r.id AND s.so_far > s.own;
ALTER TABLE refunds FORCE ROW LEVEL SECURITY;
ALTER TABLE payments FORCE ROW LEVEL SECURITY;
