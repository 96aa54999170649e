-- What waits of one kind, the oldest first: a worker finds what it understands behind any number of jobs
-- that it doesn't, and how many there are is counted without reading all that waits.
CREATE INDEX jobs_by_kind ON jobs (kind, version, run_at) WHERE state = 'waiting';
-- additive: the release before sorts what waits where it walked this index; it finds the same.
DROP INDEX jobs_due;
