-- Why: each pop stands for itself: who led it, who popped which key, how it went, and who was in when its
-- window closed. A run without pops gets one at its end, with the number 0, so that all runs are paid alike.

ALTER TABLE run_join VALIDATE CONSTRAINT run_join_state_check;

CREATE TABLE run_pop (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id bigint NOT NULL REFERENCES run,
    guild_id bigint NOT NULL,
    number bigint NOT NULL CHECK (number BETWEEN 0 AND 999),
    dungeon text NOT NULL,
    key text,
    popper_id bigint,
    leader_id bigint NOT NULL,
    outcome text NOT NULL DEFAULT 'completed' CHECK (outcome IN ('completed', 'failed', 'nobody')),
    popped_at timestamptz NOT NULL,
    popped_by bigint NOT NULL,
    window_ends_at timestamptz NOT NULL,
    closed_at timestamptz,
    undone_at timestamptz,
    undone_by bigint
);

-- Why partial and unique: of two presses for the same pop one counts; one that was undone frees its number.
CREATE UNIQUE INDEX idx_run_pop_number ON run_pop (run_id, number) WHERE undone_at IS NULL;
-- Why partial: only open windows fall due.
CREATE INDEX idx_run_pop_window ON run_pop (window_ends_at) WHERE closed_at IS NULL AND undone_at IS NULL;

CREATE TABLE run_snapshot (
    pop_id bigint NOT NULL REFERENCES run_pop,
    user_id bigint NOT NULL,
    class text,
    added_at timestamptz NOT NULL,
    added_by bigint NOT NULL DEFAULT 0,
    struck_at timestamptz,
    struck_by bigint,
    PRIMARY KEY (pop_id, user_id)
);

CREATE INDEX idx_run_snapshot_member ON run_snapshot (user_id, pop_id);
