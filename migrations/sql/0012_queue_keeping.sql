-- Some days after somebody's wait is over, nothing in the line says who it was: neither name, telephone
-- and note, nor the ticket.
ALTER TABLE queue_entries ADD COLUMN forgotten boolean NOT NULL DEFAULT false;
CREATE INDEX queue_entries_to_forget ON queue_entries (ended_at) WHERE ended_at IS NOT NULL AND NOT forgotten;
GRANT SELECT (ended_at, forgotten) ON queue_entries TO openchair_system;

-- From which address of the network somebody joined on the shop's page, hashed, while they wait: so few
-- can't fill a line with tickets of nobody.
ALTER TABLE queue_entries ADD COLUMN taken_from bytea;

-- A number that nobody has confirmed says nothing about whose it is: typed on the shop's page it keeps
-- nobody out, and tells nobody who waits. The desk sees whom it puts in: there a number waits once.
-- additive: the previous release refuses a number less often; it needs no row to be kept out.
DROP INDEX queue_once;
CREATE UNIQUE INDEX queue_once ON queue_entries (tenant_id, location_id, phone)
    WHERE state IN ('waiting', 'called') AND phone IS NOT NULL AND source = 'desk';
