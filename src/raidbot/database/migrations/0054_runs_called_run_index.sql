-- Why: who was called when their run ended stays so. Each turn of a job read all of them, instead of asking the runs that
-- go on.
-- Transaction: none
-- squawk-ignore-file ban-concurrent-index-creation-in-transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_run_join_called_run ON run_join (run_id, called_until) WHERE state = 'called';
DROP INDEX CONCURRENTLY IF EXISTS idx_run_join_called;
