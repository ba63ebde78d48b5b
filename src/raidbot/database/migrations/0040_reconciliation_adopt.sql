-- Why: what an administrator lets Discord be right about is taken over into the record bit by bit, each bit once.

ALTER TABLE reconciliation ADD COLUMN adopting boolean NOT NULL DEFAULT false;
ALTER TABLE reconciliation_change ADD COLUMN adopted boolean NOT NULL DEFAULT false;

-- Why partial: few are ever being taken over. Comparisons write a row a day: nobody waits for the build.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX idx_reconciliation_adopting ON reconciliation (decided_at) WHERE adopting;
