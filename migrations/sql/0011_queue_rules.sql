-- Who is being served and was forgotten there doesn't stay on the screens for ever. Those who are being
-- served now are as if that had always been so.
ALTER TABLE queue_entries NO FORCE ROW LEVEL SECURITY;
UPDATE queue_entries SET expires_at = started_at + interval '12 hours' WHERE state = 'serving';
ALTER TABLE queue_entries FORCE ROW LEVEL SECURITY;
