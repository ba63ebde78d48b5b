-- Why: what one member has from a pop is asked by both. Told by the pop alone, PostgreSQL went through all that the
-- member ever earned as well. A pop alone is found by it as before, so the narrower index goes.
-- Transaction: none
-- squawk-ignore-file ban-concurrent-index-creation-in-transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_award_pop_member ON award (pop_id, user_id) WHERE pop_id IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS idx_award_pop;
