-- Why: what Discord is to show of a member (role, nickname) is wanted by the record first, and tried
-- until Discord has it. The newest wish for one thing replaces the one before.

CREATE TABLE chore (
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('give_role', 'nickname')),
    target bigint NOT NULL,
    value text NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    state text NOT NULL CHECK (state IN ('open', 'parked', 'done')),
    tries bigint NOT NULL DEFAULT 0,
    last_error text,
    not_before timestamptz NOT NULL,
    PRIMARY KEY (guild_id, user_id, kind, target)
);

CREATE INDEX idx_chore_open ON chore (guild_id, not_before) WHERE state = 'open';
