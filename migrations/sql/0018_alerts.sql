-- How much went well and how much didn't, minute by minute, over all processes: what is too much is told
-- to whoever runs the deployment. Kept for two days.
CREATE TABLE tallies (
    minute timestamptz NOT NULL,
    -- 'requests', 'messages', 'webhooks'.
    what   text NOT NULL,
    good   bigint NOT NULL,
    bad    bigint NOT NULL,
    PRIMARY KEY (minute, what)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON tallies TO openchair_system;

-- What isn't well, or wasn't.
CREATE TABLE alerts (
    id          uuid PRIMARY KEY,
    condition   text NOT NULL,
    -- What was found when it was looked last, how bad it was at the worst, and from where on that is bad.
    value       double precision NOT NULL,
    worst       double precision NOT NULL,
    threshold   double precision NOT NULL,
    raised_at   timestamptz NOT NULL,
    last_bad_at timestamptz NOT NULL,
    cleared_at  timestamptz
);
-- Each thing is wrong once at a time, however many look.
CREATE UNIQUE INDEX alerts_open ON alerts (condition) WHERE cleared_at IS NULL;
CREATE INDEX alerts_cleared ON alerts (cleared_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON alerts TO openchair_system;

-- Who was told what last, and when.
CREATE TABLE alert_tellings (
    alert_id uuid NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    target   text NOT NULL CHECK (target IN ('email', 'slack', 'webhook')),
    about    text NOT NULL CHECK (about IN ('raised', 'cleared')),
    told_at  timestamptz NOT NULL,
    PRIMARY KEY (alert_id, target)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON alert_tellings TO openchair_system;
