-- Why: exalts may have a raid channel, an early location channel and a join role of their own; so may one dungeon.

CREATE TABLE guild_scoped (
    guild_id bigint NOT NULL,
    -- The key of a dungeon, or of a category.
    scope text NOT NULL,
    key text NOT NULL CHECK (key IN ('raid', 'early_loc', 'verified_raider')),
    target_id bigint NOT NULL,
    PRIMARY KEY (guild_id, scope, key)
);

-- The role that may join this run, fixed when it opens. Null: the guild's verified role, as it is mapped.
ALTER TABLE run ADD COLUMN join_role_id bigint;
