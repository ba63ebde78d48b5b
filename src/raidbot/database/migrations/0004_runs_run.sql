-- Why: a run lives from open to ended or cancelled; who is in it, and everything that happened to it, is kept.

CREATE TABLE run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    organizer_id bigint NOT NULL,
    dungeon text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'live', 'ended', 'cancelled')),
    party text CHECK (char_length(party) <= 100),
    location text CHECK (char_length(location) <= 100),
    note text CHECK (char_length(note) <= 500),
    join_locked boolean NOT NULL DEFAULT false,
    reason text,
    opened_at timestamptz NOT NULL,
    started_at timestamptz,
    closed_at timestamptz,
    auto_end_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    opening_interaction bigint NOT NULL UNIQUE,
    CHECK ((closed_at IS NULL) = (status IN ('open', 'live'))),
    CHECK (closed_at >= opened_at)
);

CREATE INDEX idx_run_due ON run (auto_end_at) WHERE status IN ('open', 'live');
CREATE INDEX idx_run_guild_active ON run (guild_id, id) WHERE status IN ('open', 'live');

CREATE TABLE organizer_activity (
    guild_id bigint NOT NULL,
    organizer_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('run', 'headcount')),
    subject_id bigint NOT NULL,
    PRIMARY KEY (guild_id, organizer_id, kind)
);

CREATE TABLE run_join (
    run_id bigint NOT NULL REFERENCES run,
    user_id bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('join', 'left')),
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (run_id, user_id)
);

CREATE TABLE run_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id bigint NOT NULL REFERENCES run,
    user_id bigint NOT NULL,
    kind text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}',
    happened_at timestamptz NOT NULL
);

CREATE INDEX idx_run_entry_run ON run_entry (run_id, id);
