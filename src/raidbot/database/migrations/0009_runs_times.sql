-- Why: the organizer is warned before a run ends by itself, everything due waits after an outage,
-- and whom a run calls is decided once.

-- Null: warned already, or too near to warn.
ALTER TABLE run ADD COLUMN warn_at timestamptz;

-- When a backend was last alive, so that the next one knows how long nobody could act.
CREATE TABLE heartbeat (
    part text PRIMARY KEY,
    beat_at timestamptz NOT NULL,
    process text NOT NULL
);

CREATE TABLE run_ping (
    run_id bigint NOT NULL REFERENCES run,
    moment text NOT NULL CHECK (moment IN ('open', 'start')),
    guild_id bigint NOT NULL,
    here boolean NOT NULL,
    role_id bigint,
    here_left_out boolean NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (run_id, moment),
    CHECK (NOT (here AND here_left_out))
);

-- Why partial: asked only for the last @here of a guild.
CREATE INDEX idx_run_ping_here ON run_ping (guild_id, decided_at DESC) WHERE here;
