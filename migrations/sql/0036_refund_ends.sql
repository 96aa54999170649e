-- What of a refund was due and needn't be paid again: an amount, as what was too much wasn't due anyway
-- (docs/adr/0028).
ALTER TABLE refunds
    ADD COLUMN waived_minor bigint NOT NULL DEFAULT 0 CHECK (waived_minor BETWEEN 0 AND amount_minor - tip_minor);
UPDATE refunds SET waived_minor = amount_minor - tip_minor WHERE waived;
-- additive: 0035 is of the same release, and nobody else has written this.
ALTER TABLE refunds DROP COLUMN waived;
