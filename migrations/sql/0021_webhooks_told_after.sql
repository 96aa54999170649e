-- Up to this event of the business an endpoint wasn't there, or switched off: what happened by then doesn't
-- come by itself, also if nobody has got round to it when the endpoint is switched on.
ALTER TABLE webhook_endpoints ADD COLUMN told_after bigint NOT NULL DEFAULT 0;
