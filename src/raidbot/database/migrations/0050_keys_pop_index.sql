-- Why: each end and each pop that is taken back asks for the keys of a pop, and is not made to wait for all keys ever used.
-- Transaction: none
-- squawk-ignore-file ban-concurrent-index-creation-in-transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_key_use_pop ON key_use (pop_id) WHERE pop_id IS NOT NULL;
