-- From how many points on something more is asked of who books online, what, and how much of the price.
ALTER TABLE booking_policies
    ADD COLUMN risk_from            smallint CHECK (risk_from BETWEEN 1 AND 100),
    ADD COLUMN risk_asks            text NOT NULL DEFAULT 'approval' CHECK (risk_asks IN ('approval', 'deposit')),
    ADD COLUMN risk_deposit_percent smallint NOT NULL DEFAULT 50 CHECK (risk_deposit_percent BETWEEN 1 AND 100);
-- What is empty is as the business has it. From 0 on: never, whatever the business has.
ALTER TABLE service_policies
    ADD COLUMN risk_from            smallint CHECK (risk_from BETWEEN 0 AND 100),
    ADD COLUMN risk_asks            text CHECK (risk_asks IN ('approval', 'deposit')),
    ADD COLUMN risk_deposit_percent smallint CHECK (risk_deposit_percent BETWEEN 1 AND 100);

-- How likely it looked when it was booked that nobody comes, and why: [{sign, points}]. Empty: nobody reckoned, as
-- staff booked it, or a series did.
ALTER TABLE appointments
    ADD COLUMN risk_points  smallint CHECK (risk_points BETWEEN 0 AND 100),
    ADD COLUMN risk_reasons jsonb,
    ADD CONSTRAINT appointments_risk CHECK ((risk_points IS NULL) = (risk_reasons IS NULL));
