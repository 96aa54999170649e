-- Demo businesses begin with weeks behind them, and with what was paid in those: it is written when they are founded,
-- and never changed by anybody, as everything in the book.
CREATE POLICY named_reason ON ledger TO openchair_system USING (true) WITH CHECK (true);
CREATE POLICY named_reason ON till_closes TO openchair_system USING (true) WITH CHECK (true);
GRANT INSERT ON payments, refunds, ledger, till_closes TO openchair_system;
