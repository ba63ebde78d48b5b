-- Why: while a whole server waits to be shown in Discord, what one member waits for is found at once: ten thousands
-- of rows stand behind it, and are never sorted anew.
-- Transaction: none
-- squawk-ignore-file ban-concurrent-index-creation-in-transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_chore_due
    ON chore (guild_id, bulk, not_before, user_id, kind, target) WHERE state = 'open';
