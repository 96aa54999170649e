-- Demo businesses begin with weeks behind them, and with what was paid in those: it is written when they are founded,
-- and never changed by anybody, as everything in the book.
CREATE POLICY demo ON ledger FOR INSERT TO openchair_system WITH CHECK (true);
CREATE POLICY demo ON till_closes FOR INSERT TO openchair_system WITH CHECK (true);
GRANT INSERT ON payments, refunds, ledger, till_closes TO openchair_system;
