-- Why: whenever roles or channels change, what Discord did not allow is tried again. Few rows wait for that among all that
-- members ever got and were told, and each time all of a server's were read.
-- Transaction: none
-- squawk-ignore-file ban-concurrent-index-creation-in-transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_chore_parked ON chore (guild_id) WHERE state = 'parked';
CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_notice_parked ON notice (guild_id, lapses_at) WHERE state = 'parked';
