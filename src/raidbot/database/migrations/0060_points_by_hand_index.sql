-- Why: what is taken away by hand is measured against what a member has of that kind in that dungeon. Told by the member
-- alone, PostgreSQL went through all that they ever earned. Only keys and leading are logged by hand, once or twice a
-- pop, so that the raiders' entries cost nothing more.
-- Transaction: none
-- squawk-ignore-file ban-concurrent-index-creation-in-transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_award_by_hand ON award (guild_id, user_id, kind, dungeon)
    INCLUDE (quantity) WHERE kind IN ('key', 'lead');
