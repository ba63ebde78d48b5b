-- Why: each key that was really used is one row, from the pop until somebody has said whose it was.

CREATE TABLE key_use (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    run_id bigint,
    pop_id bigint,
    dungeon text NOT NULL,
    key text NOT NULL,
    user_id bigint,
    state text NOT NULL CHECK (state IN ('open', 'logged', 'unknown', 'dismissed')),
    used_at timestamptz NOT NULL,
    logged_at timestamptz,
    logged_by bigint,
    -- Counted up by each change of the name, so that each is paid once.
    revision bigint NOT NULL DEFAULT 0,
    CHECK ((state = 'logged') = (user_id IS NOT NULL))
);

CREATE INDEX idx_key_use_run ON key_use (run_id, id) WHERE run_id IS NOT NULL;
-- Why partial: only keys without a name are asked about and closed after a week.
CREATE INDEX idx_key_use_open ON key_use (guild_id, used_at) WHERE state = 'open';
