-- Why: AutoMod times members out by itself, and pruning puts many out in one act. Both are facts as other acts by hand are.

-- The rule of AutoMod that did it, and then acted_by is 0; empty: an account did.
ALTER TABLE hand_act ADD COLUMN automod_rule text NOT NULL DEFAULT '';

CREATE TABLE hand_prune (
    guild_id bigint NOT NULL,
    -- Of Discord's audit log.
    entry_id bigint NOT NULL,
    pruned_by bigint NOT NULL,
    by_bot boolean NOT NULL,
    -- How many were put out; Discord does not say who.
    members bigint NOT NULL CHECK (members >= 0),
    -- Days without a sign of life after which they were.
    inactive_days bigint NOT NULL CHECK (inactive_days >= 0),
    -- As the audit log has it; empty: none was given.
    reason text NOT NULL CHECK (length(reason) <= 512),
    pruned_at timestamptz NOT NULL,
    PRIMARY KEY (guild_id, entry_id)
);
