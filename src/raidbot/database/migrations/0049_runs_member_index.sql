-- Why: a member asks which runs they were part of lately, and is not made to wait for all runs that there ever were.
-- Transaction: none
-- squawk-ignore-file ban-concurrent-index-creation-in-transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_run_join_member ON run_join (user_id, run_id);
