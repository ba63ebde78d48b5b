-- Transaction: none
-- Why: only those who were called for a free place can run out of time.

CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_run_join_called ON run_join (called_until) WHERE state = 'called';
