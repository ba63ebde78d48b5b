-- Why: what /setup makes in Discord is written down before it is made, so that a press repeated, or a process
-- killed in between, makes nothing twice.

CREATE TABLE guild_setup (
    guild_id bigint PRIMARY KEY,
    skipped text[] NOT NULL DEFAULT '{}'
);

CREATE TABLE guild_creation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('role', 'category', 'channel')),
    key text NOT NULL,
    name text NOT NULL,
    -- In which order they are made.
    place bigint NOT NULL,
    wanted_by bigint NOT NULL,
    wanted_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'made', 'failed')),
    tries bigint NOT NULL DEFAULT 0,
    attempted_at timestamptz,
    -- The role, category or channel that it became.
    made bigint,
    error text,
    UNIQUE (guild_id, kind, key),
    CHECK ((state = 'made') = (made IS NOT NULL))
);
