-- Why: only those who were called for a free place can run out of time; few runs follow another, or have just ended.
-- Transaction: none
-- squawk-ignore-file ban-concurrent-index-creation-in-transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_run_join_called ON run_join (called_until) WHERE state = 'called';
CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_run_follows ON run (follows_id) WHERE follows_id IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_run_claims_until ON run (claims_until) WHERE claims_until IS NOT NULL;
