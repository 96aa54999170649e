-- What the runner needs to be looked after, and to keep its hours.

-- The request (or the job) that a job comes from, as the log names it.
ALTER TABLE jobs ADD COLUMN trace text;

-- An operator looks at one job, whoever's it is, and at the newest of a state.
CREATE INDEX jobs_by_id ON jobs (id);
-- All dead letters of a kind are driven again together.
CREATE INDEX jobs_dead_by_kind ON jobs (kind, id) WHERE state = 'dead';

-- Before, it was wiped when a job was put aside for good, and driving that again was of no use.
COMMENT ON COLUMN jobs.sealed IS
    'What must not lie around in the clear, such as the link in a mail. Wiped when the job is done; a dead job keeps it until it is discarded or swept.';

-- Whose turn it is to put something right: one row for each reconciler that works alone. Whoever has the
-- turn holds it under a lease and renews it; a lost worker's lease runs out.
CREATE TABLE turns (
    name        text PRIMARY KEY,
    due_at      timestamptz NOT NULL,
    lease_until timestamptz,
    leased_by   text,
    -- Somebody rang while it was somebody's turn: there may be more than that one saw.
    asked       boolean NOT NULL DEFAULT false
);
GRANT SELECT, INSERT, UPDATE ON turns TO openchair_system;

-- What a business has done again and again, by its own clock: at each time of the line a job of that name.
CREATE TABLE schedules (
    tenant_id  uuid NOT NULL REFERENCES tenants (id),
    -- The kind of the job.
    name       text NOT NULL,
    -- Minute, hour, day, month, weekday.
    line       text NOT NULL,
    zone       text NOT NULL,
    next_at    timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, name)
);
CREATE INDEX schedules_due ON schedules (next_at);
CALL lock_to_tenant('schedules', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, UPDATE');
