-- Why: each pop asks who helped to lead when its key popped, also of those who no longer do.
-- Transaction: none
-- squawk-ignore-file ban-concurrent-index-creation-in-transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_run_leader_run ON run_leader (run_id);
