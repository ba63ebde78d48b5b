-- Why: each end asks whether a pop was taken back with an end before it, and is not made to wait for all pops there ever were.
-- Transaction: none
-- squawk-ignore-file ban-concurrent-index-creation-in-transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_run_pop_undone ON run_pop (run_id, id) WHERE undone_at IS NOT NULL;
